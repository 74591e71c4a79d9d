#include "scenario/resolve_service_scaling.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <vector>

#include "scenario/asked_metrics.h"
#include "scenario/predictive_checks.h"
#include "scenario/service_monitoring.h"

namespace skyreplay::scenario {

void ServiceScalingResolver::service(proto::EcsService& service, const std::string& path) {
  service_ = &service;
  bounds(service, path);
  for (int i = 0; i < service.policies_size(); ++i) {
    policy(*service.mutable_policies(i), element(path, "policies", i));
  }
  for (int i = 0; i < service.alarms_size(); ++i) {
    alarm(*service.mutable_alarms(i), element(path, "alarms", i));
  }
  names(service, path);
  one_scales_ahead(
      service.policies(), path, "predictive_scaling_policy_configuration",
      [](const auto& policy) { return policy.predictive_scaling_policy_configuration(); });
  scheduled_actions(service.scheduled_actions(), path);
  const bool has_alarms = service.policies_size() + service.alarms_size() > 0;
  const std::string where = path + (service.policies_size() > 0 ? ".policies" : ".alarms");
  priced(has_alarms, "cloudwatch.alarm_standard", region_, where);
  priced(has_short_alarms(service), "cloudwatch.alarm_high_resolution", region_, where);
  priced(uses_container_insights(service), "cloudwatch.custom_metric", region_, path + ".policies");
}

bool ServiceScalingResolver::has_short_alarms(const proto::EcsService& service) {
  const auto is_short = [](const proto::ServiceScalingPolicy& policy) {
    return is_high_resolution(policy.target_tracking_scaling_policy_configuration()
                                  .predefined_metric_specification()
                                  .predefined_metric_type());
  };
  return std::any_of(service.policies().begin(), service.policies().end(), is_short) ||
         std::any_of(service.alarms().begin(), service.alarms().end(), [](const auto& alarm) {
           return alarm.has_period() && alarm.period() <= kShortPeriod.count();
         });
}

bool ServiceScalingResolver::uses_container_insights(const proto::EcsService& service) {
  const std::vector<AskedMetric> asked = asked_metrics(service);
  return std::any_of(asked.begin(), asked.end(), [](const AskedMetric& metric) {
    return metric.metric_namespace == "ECS/ContainerInsights";
  });
}

void ServiceScalingResolver::policy(proto::ServiceScalingPolicy& policy, const std::string& path) {
  if (mistakes_.at(path)) return;  // nothing of it was understood
  const bool tracks = policy.has_target_tracking_scaling_policy_configuration();
  const bool foresees = policy.has_predictive_scaling_policy_configuration();
  const bool steps = policy.has_step_scaling_policy_configuration();
  if (int{tracks} + int{foresees} + int{steps} != 1) {
    if (mistakes_.below(path)) return;
    return mistake(path,
                   "must have one of target_tracking_scaling_policy_configuration, "
                   "step_scaling_policy_configuration and predictive_scaling_policy_configuration");
  }
  if (foresees) {
    return predictive_config(policy.predictive_scaling_policy_configuration(),
                             path + ".predictive_scaling_policy_configuration");
  }
  if (tracks) {
    const std::string own = path + ".target_tracking_scaling_policy_configuration";
    closely(policy.target_tracking_scaling_policy_configuration(), own);
    return target_tracking(*policy.mutable_target_tracking_scaling_policy_configuration(), own);
  }
  step(policy.step_scaling_policy_configuration(), path + ".step_scaling_policy_configuration");
}

/// C96: a metric of 20 s is one that the service reports so often.
void ServiceScalingResolver::closely(const proto::TargetTrackingScalingPolicyConfiguration& config,
                                     const std::string& path) {
  const auto type = config.predefined_metric_specification().predefined_metric_type();
  if (!is_high_resolution(type)) return;
  const bool is_cpu = type == proto::ServicePredefinedMetricSpecification::CPU_HIGH_RESOLUTION;
  const char* const metric = is_cpu ? "CPUUtilization" : "MemoryUtilization";
  if (is_monitored_closely(*service_, metric)) return;
  mistake(path + ".predefined_metric_specification.predefined_metric_type",
          fmt::format("needs {} every 20 s: monitoring.metric_configurations does not ask for it",
                      metric));
}

/// C94: alarms of 20 s too.
std::string ServiceScalingResolver::period_mistake(const scaling::MetricName& metric,
                                                   std::uint32_t period) const {
  const bool is_close = period == kShortPeriod.count() && metric.metric_namespace == "AWS/ECS" &&
                        is_monitored_closely(*service_, std::string(metric.name));
  if (is_close) return "";
  std::string text = ApplicationScalingChecks::period_mistake(metric, period);
  if (!text.empty() && metric.metric_namespace == "AWS/ECS") {
    text += ", or 20 where monitoring has the metric at that resolution";
  }
  return text;
}

/// C107, C108.
void ServiceScalingResolver::step(const proto::StepScalingPolicyConfiguration& config,
                                  const std::string& path) {
  const std::string own = path + ".step_adjustments";
  if (config.step_adjustments().empty() && !mistakes_.below(own) && !mistakes_.at(own)) {
    mistake(own, "is missing");
  }
  steps(config.step_adjustments(), config.adjustment_type() == proto::ScalingPolicy::EXACT_CAPACITY,
        own);
  const bool is_percent =
      config.adjustment_type() == proto::ScalingPolicy::PERCENT_CHANGE_IN_CAPACITY;
  if (config.has_min_adjustment_magnitude() && !is_percent) {
    mistake(path + ".min_adjustment_magnitude", "is not for this adjustment_type");
  }
}

void ServiceScalingResolver::names(const proto::EcsService& service, const std::string& path) {
  unique_names(service.policies(), path);
  std::vector<std::string> may_act;
  for (const proto::ServiceScalingPolicy& policy : service.policies()) {
    if (policy.has_step_scaling_policy_configuration()) may_act.push_back(policy.policy_name());
  }
  const std::set<std::string> acting = actions(service.alarms(), may_act, path);
  for (int i = 0; i < service.policies_size(); ++i) {
    const proto::ServiceScalingPolicy& policy = service.policies(i);
    const bool is_idle = policy.has_step_scaling_policy_configuration() &&
                         policy.has_policy_name() && !acting.contains(policy.policy_name());
    const std::string own = element(path, "policies", i);
    if (is_idle && !mistakes_.below(own)) mistake(own, "no alarm's alarm_actions name it");
  }
}

}  // namespace skyreplay::scenario
