#pragma once

#include <string>

#include "ecs/service_metric_names.h"
#include "scenario/scaling_checks.h"

namespace skyreplay::scenario {

/// Derives what the policies, alarms and scheduled actions of an ECS service leave open, and checks
/// what takes more than one field to check.
class ServiceScalingResolver : ScalingChecks {
 public:
  ServiceScalingResolver(const std::string& region, const Places& places, Mistakes& mistakes)
      : ScalingChecks(places, mistakes, ecs::service_metrics(), "a service"), region_(region) {}

  /// `path` is the service's (`services.web.ecs`).
  void service(proto::EcsService& service, const std::string& path);

 private:
  void bounds(const proto::EcsService& service, const std::string& path);
  void policy(proto::ServiceScalingPolicy& policy, const std::string& path);
  void target_tracking(proto::TargetTrackingScalingPolicyConfiguration& config,
                       const std::string& path);
  void step(const proto::StepScalingPolicyConfiguration& config, const std::string& path);
  void names(const proto::EcsService& service, const std::string& path);
  void scheduled_action(const proto::ServiceScheduledAction& action, const std::string& path);
  void times(const proto::ServiceScheduledAction& action, const std::string& path);

  const std::string& region_;
};

}  // namespace skyreplay::scenario
