#pragma once

#include <string>

#include "balancing/fleet_scaling.h"
#include "scaling/running_cooldowns.h"

namespace skyreplay::ecs {

class ServiceScheduler;

/// What scales a service: Application Auto Scaling, which differs from that of groups in what is
/// current, and in what it waits for.
///
/// **Current** are the tasks that run (C100), here those registered with the target group and not
/// on their way out. No task is warming, and none that stops counts.
/// What it waits for are its cooldowns (C101); while a deployment is in progress nothing is taken
/// away either (C59).
class ServiceScaling final : public balancing::FleetScaling {
 public:
  using FleetScaling::FleetScaling;

  /// Whose deployments it waits for; outlives this.
  void wait_for(const ServiceScheduler& scheduler) { scheduler_ = &scheduler; }

  scaling::ScalableTarget target(Duration warmup) const override;
  void scale(const scaling::Decision& decision) override;
  std::string trigger(const std::string& alarm, const std::string& policy) const override;

 private:
  std::uint32_t running() const;

  scaling::RunningCooldowns cooldowns_;
  const ServiceScheduler* scheduler_ = nullptr;
};

}  // namespace skyreplay::ecs
