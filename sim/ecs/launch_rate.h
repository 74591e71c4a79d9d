#pragma once

#include <algorithm>
#include <cstdint>

#include "core/time.h"

namespace skyreplay::ecs {

/// How many tasks are launched: a bucket of tokens, full at first, of which each launch takes one
/// (C48, C49, C114). **Exactly**: in as many parts of a token as `per` has ns.
class LaunchRate {
 public:
  /// So many at once, and `rate` in each `per` in the long run. REQUIRES both at least 1 and at
  /// most 10^6, per at most a minute.
  LaunchRate(std::uint32_t burst, std::uint32_t rate, TimePoint now,
             Duration per = std::chrono::seconds{1})
      : token_(per.count()), most_(burst * token_), rate_(rate), tokens_(most_), filled_(now) {}

  bool may_launch(TimePoint now) {
    fill(now);
    return tokens_ >= token_;
  }
  /// How many may be launched now.
  std::uint32_t available(TimePoint now) {
    fill(now);
    return static_cast<std::uint32_t>(tokens_ / token_);
  }
  /// REQUIRES available(now) >= launches.
  void launch(std::uint32_t launches = 1) { tokens_ -= launches * token_; }
  /// When the next may be launched. REQUIRES not now.
  TimePoint next() const { return filled_ + Duration{(token_ - tokens_ + rate_ - 1) / rate_}; }

 private:
  void fill(TimePoint now) {
    const std::int64_t until_full = (most_ - tokens_) / rate_ + 1;  // ns
    const std::int64_t passed = std::min<std::int64_t>((now - filled_).count(), until_full);
    tokens_ = std::min(most_, tokens_ + passed * rate_);
    filled_ = now;
  }

  std::int64_t token_;
  std::int64_t most_;
  std::int64_t rate_;
  std::int64_t tokens_;
  TimePoint filled_;
};

}  // namespace skyreplay::ecs
