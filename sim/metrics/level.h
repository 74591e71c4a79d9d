#pragma once

#include <cstdint>

namespace skyreplay::metrics {

/// How many of something there are, with its time integral over a window.
///
/// The integral of a count over [0, length) is (count at the end) x length + sum of the times of
/// leaving - sum of the times of entering, so a change costs one addition and no multiplication.
struct Integral {
  std::int64_t sum = 0;  ///< sum of (leaving times - entering times), ns since the window's start
  std::uint32_t value = 0;

  void enter(std::int64_t since_start_ns) {
    sum -= since_start_ns;
    ++value;
  }
  void leave(std::int64_t since_start_ns) {
    sum += since_start_ns;
    --value;
  }
  /// The integral over the window in units x ns; the next window starts where this one ends.
  std::uint64_t close(std::int64_t length_ns) {
    const std::int64_t integral = sum + static_cast<std::int64_t>(value) * length_ns;
    sum = 0;
    return static_cast<std::uint64_t>(integral);
  }
};

/// The same with the largest number over the window.
struct Level : Integral {
  std::uint32_t max = 0;

  void enter(std::int64_t since_start_ns) {
    Integral::enter(since_start_ns);
    if (value > max) max = value;
  }
  std::uint64_t close(std::int64_t length_ns) {
    max = value;
    return Integral::close(length_ns);
  }
};
static_assert(sizeof(Level) == 16);

}  // namespace skyreplay::metrics
