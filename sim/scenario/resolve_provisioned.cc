#include "scenario/resolve_provisioned.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/text.h"

namespace skyreplay::scenario {

std::uint32_t most_provisioned(const proto::ProvisionedConcurrencyConfig& config) {
  std::uint32_t most = std::max(config.provisioned_concurrent_executions(), config.max_capacity());
  for (const proto::ServiceScheduledAction& action : config.scheduled_actions()) {
    const proto::ScalableTargetAction& sets = action.scalable_target_action();
    most = std::max({most, sets.min_capacity(), sets.max_capacity()});
  }
  return most;
}

void ProvisionedResolver::function(proto::LambdaFunction& function, const std::string& path) {
  if (!function.has_provisioned_concurrency_config()) return;
  proto::ProvisionedConcurrencyConfig& config = *function.mutable_provisioned_concurrency_config();
  const std::string own = path + ".provisioned_concurrency_config";
  within_reserved(function, own);
  bounds(config, own);
  for (int i = 0; i < config.policies_size(); ++i) {
    policy(*config.mutable_policies(i), element(own, "policies", i));
  }
  unique_names(config.policies(), own);
  scheduled_actions(config.scheduled_actions(), own);
  priced(config.policies_size() > 0, "cloudwatch.alarm_standard", region_, own + ".policies");
}

/// L35: of what is reserved it is a part, however far it is scaled.
void ProvisionedResolver::within_reserved(const proto::LambdaFunction& function,
                                          const std::string& path) {
  if (!function.has_reserved_concurrent_executions()) return;
  const std::uint32_t reserved = function.reserved_concurrent_executions();
  const auto check = [&](std::uint32_t value, const std::string& field) {
    if (value <= reserved) return;
    mistake(field, fmt::format("must not be above reserved_concurrent_executions, {} (L35)",
                               grouped(reserved)));
  };
  const proto::ProvisionedConcurrencyConfig& config = function.provisioned_concurrency_config();
  check(config.provisioned_concurrent_executions(), path + ".provisioned_concurrent_executions");
  check(config.max_capacity(), path + ".max_capacity");
  for (int i = 0; i < config.scheduled_actions_size(); ++i) {
    const proto::ScalableTargetAction& sets = config.scheduled_actions(i).scalable_target_action();
    const std::string own = element(path, "scheduled_actions", i) + ".scalable_target_action";
    check(sets.min_capacity(), own + ".min_capacity");
    check(sets.max_capacity(), own + ".max_capacity");
  }
}

void ProvisionedResolver::policy(proto::ProvisionedScalingPolicy& policy, const std::string& path) {
  if (!policy.has_target_tracking_scaling_policy_configuration()) return;  // reported already
  proto::ProvisionedTargetTracking& config =
      *policy.mutable_target_tracking_scaling_policy_configuration();
  const std::string own = path + ".target_tracking_scaling_policy_configuration";
  if (config.customized_metric_specification().metrics_size() > 0) {
    return mistake(own + ".customized_metric_specification.metrics",
                   "is for services of tasks: of a function metric math is not built");
  }
  target_tracking(config, own);
  if (!config.customized_metric_specification().has_statistic()) return;
  const auto statistic = config.customized_metric_specification().statistic();
  const bool has =
      statistic == proto::CloudWatchAlarm::AVERAGE || statistic == proto::CloudWatchAlarm::MAXIMUM;
  if (has) return;
  mistake(own + ".customized_metric_specification.statistic",
          "must be Average or Maximum: of a utilization nothing else means anything");
}

}  // namespace skyreplay::scenario
