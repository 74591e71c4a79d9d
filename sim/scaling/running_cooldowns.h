#pragma once

#include <cstdint>

#include "scaling/scalable_target.h"

namespace skyreplay::scaling {

/// The cooldowns of one target of Application Auto Scaling that run (C101, C109). Whatever policy
/// scaled, its cooldown holds for the target.
///
/// After a scale-out, additions of all policies count from what was current when the cooldown
/// began, so that only a larger result adds anything, and that but the difference; it begins anew
/// then. After a scale-in nothing is taken away until its end, or until a scale-out, which ends it.
class RunningCooldowns {
 public:
  /// What of a target they say at `now`.
  void show(TimePoint now, ScalableTarget& target) const {
    target.holds_scale_in = now < scale_in_until_;
    if (now < scale_out_until_) target.cools_down_from = current_before_;
  }
  /// The target has scaled out at `now`, before which so much was current.
  void scaled_out(TimePoint now, Duration cooldown, std::uint32_t current) {
    if (now >= scale_out_until_) current_before_ = current;
    scale_out_until_ = now + cooldown;
    scale_in_until_ = {};
  }
  void scaled_in(TimePoint now, Duration cooldown) { scale_in_until_ = now + cooldown; }

 private:
  TimePoint scale_out_until_{};
  TimePoint scale_in_until_{};
  std::uint32_t current_before_ = 0;  ///< the scale-out whose cooldown runs
};

}  // namespace skyreplay::scaling
