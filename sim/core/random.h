#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <string_view>

namespace skyreplay {

/// A generator positioned on one counter of a stream: a UniformRandomBitGenerator for Boost.Random.
/// Every counter owns 2^64 blocks of four draws, so draws at two counters never meet.
class RandomEngine {
 public:
  using result_type = std::uint64_t;
  static constexpr result_type min() { return 0; }
  static constexpr result_type max() { return std::numeric_limits<result_type>::max(); }

  RandomEngine(const std::array<std::uint64_t, 2>& key, const std::array<std::uint64_t, 3>& counter)
      : key_(key), counter_{counter[0], counter[1], counter[2], 0} {}

  result_type operator()() {
    if (next_ == block_.size()) refill();
    return block_[next_++];
  }

  /// Uniform in [0, 1) with 53 bits.
  double uniform() { return static_cast<double>((*this)() >> 11) * 0x1.0p-53; }

 private:
  void refill();

  std::array<std::uint64_t, 2> key_;
  std::array<std::uint64_t, 4> counter_;
  std::array<std::uint64_t, 4> block_{};
  std::size_t next_ = 4;
};

/// One stream of random numbers: Philox4x64-10 (Salmon et al., SC11) keyed by a hash of
/// (seed, entity's name path, purpose). Nothing is drawn in event order: the caller names the
/// counter, so moving one event shifts no other draw.
class RandomStream {
 public:
  /// `entity` is a name path such as "services.fn/3f2a"; `purpose` such as "init_duration".
  RandomStream(std::uint64_t seed, std::string_view entity, std::string_view purpose);

  /// The generator at a counter: (trace row, attempt, call ordinal) for a request, (ordinal) for
  /// an entity.
  RandomEngine at(std::uint64_t ordinal, std::uint64_t second = 0, std::uint64_t third = 0) const {
    return RandomEngine(key_, {ordinal, second, third});
  }

 private:
  std::array<std::uint64_t, 2> key_;
};

}  // namespace skyreplay
