#pragma once

#include <string>

#include "ecs/service_metric_names.h"
#include "scenario/application_scaling_checks.h"

namespace skyreplay::scenario {

/// Derives what the policies, alarms and scheduled actions of an ECS service leave open, and checks
/// what takes more than one field to check.
class ServiceScalingResolver : ApplicationScalingChecks {
 public:
  ServiceScalingResolver(const std::string& region, const Places& places, Mistakes& mistakes)
      : ApplicationScalingChecks(places, mistakes, ecs::service_metrics(), "a service"),
        region_(region) {}

  /// `path` is the service's (`services.web.ecs`).
  void service(proto::EcsService& service, const std::string& path);

 private:
  void policy(proto::ServiceScalingPolicy& policy, const std::string& path);
  void step(const proto::StepScalingPolicyConfiguration& config, const std::string& path);
  void closely(const proto::TargetTrackingScalingPolicyConfiguration& config,
               const std::string& path);
  std::string period_mistake(const scaling::MetricName& metric,
                             std::uint32_t period) const override;
  static bool has_short_alarms(const proto::EcsService& service);
  static bool uses_container_insights(const proto::EcsService& service);
  void names(const proto::EcsService& service, const std::string& path);

  const std::string& region_;
  const proto::EcsService* service_ = nullptr;  ///< in hand
};

}  // namespace skyreplay::scenario
