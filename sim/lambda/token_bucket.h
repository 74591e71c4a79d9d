#pragma once

#include <algorithm>
#include <cstdint>

#include "core/time.h"

namespace skyreplay::lambda {

/// A token bucket in exact integers: full at the start, refilled continuously at `per_second`,
/// never above `capacity`. REQUIRES capacity and per_second at most 10^9.
class TokenBucket {
 public:
  TokenBucket(std::uint64_t capacity, std::uint64_t per_second)
      : full_(capacity * kToken),
        level_(full_),
        per_second_(per_second),
        fills_in_(per_second == 0 ? Duration::max()
                                  : Duration{static_cast<std::int64_t>(full_ / per_second + 1)}) {}

  /// Takes a whole token if there is one. REQUIRES `now` not before the call before.
  bool take(TimePoint now) {
    const Duration elapsed = now - last_;
    last_ = now;
    level_ =
        elapsed >= fills_in_
            ? full_
            : std::min(full_, level_ + static_cast<std::uint64_t>(elapsed.count()) * per_second_);
    if (level_ < kToken) return false;
    level_ -= kToken;
    return true;
  }

 private:
  /// One token is 10^9 units, so a rate per second adds a whole number of units per nanosecond.
  static constexpr std::uint64_t kToken = 1'000'000'000;

  std::uint64_t full_;
  std::uint64_t level_;
  std::uint64_t per_second_;
  Duration fills_in_;
  TimePoint last_{};
};

}  // namespace skyreplay::lambda
