#include "scenario/predictive_checks.h"
#include "scenario/resolve_scaling.h"

namespace skyreplay::scenario {

/// E80, E81.
void ScalingResolver::predictive(const proto::ScalingPolicy& policy, const std::string& path) {
  refuse_fields(policy,
                {"adjustment_type", "min_adjustment_magnitude", "metric_aggregation_type",
                 "cooldown", "estimated_instance_warmup"},
                "predictive scaling", path);
  predictive_config(policy.predictive_scaling_configuration(),
                    path + ".predictive_scaling_configuration");
}

void ScalingResolver::one_scales_ahead(const proto::AutoScalingGroup& group,
                                       const std::string& path) {
  ScalingChecks::one_scales_ahead(
      group.policies(), path, "predictive_scaling_configuration",
      [](const auto& policy) { return policy.predictive_scaling_configuration(); });
}

}  // namespace skyreplay::scenario
