#pragma once

#include <algorithm>
#include <cstdint>

#include "core/time.h"

namespace skyreplay::lambda {

/// A token bucket in exact integers: full at the start, refilled continuously, never above its
/// capacity.
class TokenBucket {
 public:
  static constexpr std::uint64_t kMaxTokens = 10'000'000;

  /// `capacity` tokens and a refill of `per_second_thousandths` / 1,000 tokens a second, each at
  /// most kMaxTokens of its unit; a larger one is taken as that (no account comes near).
  TokenBucket(std::uint64_t capacity, std::uint64_t per_second_thousandths)
      : full_(std::min(capacity, kMaxTokens) * kToken),
        level_(full_),
        rate_(std::min(per_second_thousandths, kMaxTokens * 1'000)),
        fills_in_(full_ / kLongest >= rate_
                      ? Duration::max()
                      : Duration{static_cast<std::int64_t>(full_ / rate_ + 1)}) {}

  /// Takes a whole token if there is one. REQUIRES `now` not before the call before.
  bool take(TimePoint now) {
    const Duration elapsed = now - last_;
    last_ = now;
    const std::uint64_t refill =
        elapsed >= fills_in_ ? full_ : static_cast<std::uint64_t>(elapsed.count()) * rate_;
    level_ += std::min(refill, full_ - level_);  // level_ + refill may be above 2^64
    if (level_ < kToken) return false;
    level_ -= kToken;
    return true;
  }

 private:
  /// One token is 10^12 units, so a thousandth of a token a second is one unit a nanosecond.
  static constexpr std::uint64_t kToken = 1'000'000'000'000;
  static constexpr std::uint64_t kLongest = static_cast<std::uint64_t>(Duration::max().count());

  std::uint64_t full_;
  std::uint64_t level_;
  std::uint64_t rate_;  ///< units a nanosecond
  Duration fills_in_;
  TimePoint last_{};
};

}  // namespace skyreplay::lambda
