#pragma once

#include <string>

#include "balancing/fleet_scaling.h"

namespace skyreplay::ecs {

/// What scales a service: Application Auto Scaling, which differs from that of groups in what is
/// current, and in what it waits for.
///
/// **Current** are the tasks that run (C100), here those registered with the target group and not
/// on their way out. No task is warming, and none that stops counts.
///
/// **Cooldowns** Whatever policy scaled, its cooldown holds for the service (C101). After a
/// scale-out, additions of all policies count from the tasks that ran when the cooldown began, so
/// that only a larger result adds anything, and that but the difference; it begins anew then. After
/// a scale-in nothing is taken away until its end, or until a scale-out, which ends it.
class ServiceScaling final : public balancing::FleetScaling {
 public:
  using FleetScaling::FleetScaling;

  scaling::ScalableTarget target(Duration warmup) const override;
  void scale(const scaling::Decision& decision) override;
  std::string trigger(const std::string& alarm, const std::string& policy) const override;

 private:
  std::uint32_t running() const;

  TimePoint scale_out_cools_until_{};
  TimePoint scale_in_cools_until_{};
  std::uint32_t ran_before_ = 0;  ///< the scale-out whose cooldown runs
};

}  // namespace skyreplay::ecs
