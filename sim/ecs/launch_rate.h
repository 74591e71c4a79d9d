#pragma once

#include <algorithm>
#include <cstdint>

#include "core/time.h"

namespace skyreplay::ecs {

/// How many tasks Fargate launches: a bucket of tokens, full at first, of which each launch takes
/// one (C49, C114). **Exactly** in 10^-9 of a token.
class LaunchRate {
 public:
  /// REQUIRES both at least 1 and at most 10^6.
  LaunchRate(std::uint32_t burst, std::uint32_t per_second, TimePoint now)
      : most_(burst * kToken), per_second_(per_second), tokens_(most_), filled_(now) {}

  bool may_launch(TimePoint now) {
    fill(now);
    return tokens_ >= kToken;
  }
  /// REQUIRES may_launch(now).
  void launch() { tokens_ -= kToken; }
  /// When the next may be launched. REQUIRES not now.
  TimePoint next() const {
    return filled_ + Duration{(kToken - tokens_ + per_second_ - 1) / per_second_};
  }

 private:
  static constexpr std::int64_t kToken = 1'000'000'000;

  void fill(TimePoint now) {
    const std::int64_t until_full = (most_ - tokens_) / per_second_ + 1;  // ns
    const std::int64_t passed = std::min<std::int64_t>((now - filled_).count(), until_full);
    tokens_ = std::min(most_, tokens_ + passed * per_second_);
    filled_ = now;
  }

  std::int64_t most_;
  std::int64_t per_second_;
  std::int64_t tokens_;
  TimePoint filled_;
};

}  // namespace skyreplay::ecs
