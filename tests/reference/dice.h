#pragma once

#include <cstdint>
#include <initializer_list>
#include <iterator>

#include "reference/model/scenario.h"

namespace skyreplay::reference {

/// Random choices from a number alone (SplitMix64).
class Dice {
 public:
  explicit Dice(std::uint64_t number) : state_(number) { state_ = next() ^ number << 32; }

  std::uint64_t next() {
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15U);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
    return z ^ (z >> 31);
  }
  std::uint32_t below(std::uint64_t n) { return static_cast<std::uint32_t>(next() % n); }
  std::uint32_t between(std::uint32_t least, std::uint32_t most) {
    return least + below(most - least + 1);
  }
  bool chance(std::uint32_t percent) { return below(100) < percent; }
  template <typename T>
  T one_of(std::initializer_list<T> values) {
    return *std::next(values.begin(), below(values.size()));
  }

 private:
  std::uint64_t state_;
};

}  // namespace skyreplay::reference
