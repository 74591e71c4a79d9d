#pragma once

// Random draws as docs/models.md has them under Randomness: Philox4x64-10, keyed by
// XXH3-128(entity NUL purpose, seeded with the scenario's seed), low half first; counter words are
// (row or ordinal, attempt, path or 0, block), and the four words of a block are used in order.

#include <array>
#include <cstdint>
#include <string>

#include "reference/model/scenario.h"

namespace skyreplay::reference {

/// The 64-bit words at one counter of one stream.
class Bits {
 public:
  using result_type = std::uint64_t;
  static constexpr result_type min() { return 0; }
  static constexpr result_type max() { return ~result_type{0}; }

  Bits(std::uint64_t seed, const std::string& entity, const std::string& purpose,
       std::uint64_t first, std::uint64_t second = 0, std::uint64_t third = 0);

  result_type operator()();
  /// In [0, 1), from the upper 53 bits.
  double uniform();

 private:
  std::array<std::uint64_t, 2> key_{};
  std::array<std::uint64_t, 4> counter_{};
  std::array<std::uint64_t, 4> block_{};
  std::size_t used_ = 4;
};

/// One draw, rounded to the nearest nanosecond, halves away from zero, and never negative.
Time sample(const Law& law, Bits bits);

}  // namespace skyreplay::reference
