#include "scenario/resolve_scaling.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <vector>

#include "scenario/check_scheduled_actions.h"
#include "scenario/field_path.h"
#include "scenario/schema.h"

namespace skyreplay::scenario {
namespace {

constexpr std::uint32_t kMinute = 60;

const std::vector<std::string> kProcesses = {"Launch",           "Terminate",   "AlarmNotification",
                                             "ScheduledActions", "HealthCheck", "ReplaceUnhealthy",
                                             "AZRebalance"};

std::string element(const std::string& path, const char* list, int index) {
  return join_index(path + "." + list, static_cast<std::size_t>(index));
}

bool is_exact(const proto::ScalingPolicy& policy) {
  return policy.adjustment_type() == proto::ScalingPolicy::EXACT_CAPACITY;
}

/// Target tracking has alarms of its own, predictive scaling none.
bool acts_on_alarms(const proto::ScalingPolicy& policy) {
  return !policy.has_target_tracking_configuration() &&
         !policy.has_predictive_scaling_configuration();
}

bool is_high_resolution(const proto::AutoScalingGroup& group) {
  const bool alarms = std::any_of(group.alarms().begin(), group.alarms().end(),
                                  [](const auto& alarm) { return alarm.period() < kMinute; });
  return alarms || std::any_of(group.policies().begin(), group.policies().end(), [](const auto& p) {
           const auto& tracking = p.target_tracking_configuration();
           return tracking.has_customized_metric_specification() &&
                  tracking.customized_metric_specification().period() < kMinute;
         });
}

bool uses_agent(const proto::AutoScalingGroup& group) {
  const std::string agent = "CWAgent";
  const bool alarms = std::any_of(group.alarms().begin(), group.alarms().end(),
                                  [&](const auto& alarm) { return alarm.namespace_() == agent; });
  return alarms ||
         std::any_of(group.policies().begin(), group.policies().end(), [&](const auto& p) {
           return p.target_tracking_configuration()
                      .customized_metric_specification()
                      .namespace_() == agent;
         });
}

}  // namespace

void ScalingResolver::group(proto::AutoScalingGroup& group, const std::string& path) {
  for (int i = 0; i < group.policies_size(); ++i) {
    policy(*group.mutable_policies(i), element(path, "policies", i));
  }
  for (int i = 0; i < group.alarms_size(); ++i) {
    alarm(*group.mutable_alarms(i), element(path, "alarms", i));
  }
  names(group, path);
  one_scales_ahead(group, path);
  actions_of(group, path);
  suspended_processes(group, path);
  check_scheduled_actions(group, path, places_, mistakes_);
  prices(group, path);
}

// --- Policies

void ScalingResolver::policy(proto::ScalingPolicy& policy, const std::string& path) {
  if (mistakes_.at(path)) return;  // nothing of it was understood
  const bool tracks = policy.has_target_tracking_configuration();
  const bool steps = policy.step_adjustments_size() > 0;
  const bool is_simple = policy.has_scaling_adjustment();
  const bool predicts = policy.has_predictive_scaling_configuration();
  if (tracks + steps + is_simple + predicts != 1) {
    if (mistakes_.below(path)) return;
    return mistake(path,
                   "must have one of target_tracking_configuration, step_adjustments, "
                   "scaling_adjustment and predictive_scaling_configuration");
  }
  if (predicts) return predictive(policy, path);
  if (tracks) return target_tracking(policy, path);
  steps ? step(policy, path) : simple(policy, path);
}

void ScalingResolver::refuse_fields(const proto::ScalingPolicy& policy,
                                    std::initializer_list<const char*> fields, const char* of,
                                    const std::string& path) {
  for (const char* name : fields) {
    const FieldDescriptor& field = *policy.GetDescriptor()->FindFieldByName(name);
    if (!policy.GetReflection()->HasField(policy, &field)) continue;
    mistake(path + "." + name, fmt::format("is not for {}", of));
  }
}

void ScalingResolver::target_tracking(proto::ScalingPolicy& policy, const std::string& path) {
  refuse_fields(
      policy,
      {"adjustment_type", "min_adjustment_magnitude", "metric_aggregation_type", "cooldown"},
      "target tracking", path);
  proto::TargetTrackingConfiguration& config = *policy.mutable_target_tracking_configuration();
  const std::string own = path + ".target_tracking_configuration";
  const bool has_customized = config.has_customized_metric_specification();
  if (has_customized == config.has_predefined_metric_specification()) {
    if (mistakes_.below(own)) return;
    return mistake(own,
                   "must have one of predefined_metric_specification and "
                   "customized_metric_specification");
  }
  std::uint32_t period = kMinute;
  if (has_customized) {
    const auto& customized = config.customized_metric_specification();
    period = customized.period();
    const std::string of = own + ".customized_metric_specification";
    if (period != 10 && period != 30 && period != kMinute) {
      mistake(of + ".period", "must be 10, 30 or 60");
    }
    metric(customized.namespace_(), customized.metric_name(), period, of);
  }
  proto::TargetTrackingAssumed& assumed = *config.mutable_assumed();
  if (!assumed.has_low_evaluation_periods()) {
    assumed.set_low_evaluation_periods(15 * kMinute / std::max(period, 1U));
  }
  datapoints(assumed, own + ".assumed");
}

/// Whether the policy says what its numbers mean, and they may mean that.
void ScalingResolver::adjusts(const proto::ScalingPolicy& policy, const std::string& path) {
  if (!policy.has_adjustment_type() && !mistakes_.below(path + ".adjustment_type")) {
    mistake(path + ".adjustment_type", "is missing");
  }
  const bool is_percent =
      policy.adjustment_type() == proto::ScalingPolicy::PERCENT_CHANGE_IN_CAPACITY;
  if (!is_percent && !mistakes_.at(path + ".min_adjustment_magnitude")) {
    refuse_fields(policy, {"min_adjustment_magnitude"}, "this adjustment_type", path);
  }
}

void ScalingResolver::step(const proto::ScalingPolicy& policy, const std::string& path) {
  refuse_fields(policy, {"cooldown"}, "step policies: they have none", path);
  adjusts(policy, path);
  steps(policy.step_adjustments(), is_exact(policy), path + ".step_adjustments");
}

void ScalingResolver::simple(const proto::ScalingPolicy& policy, const std::string& path) {
  refuse_fields(policy, {"metric_aggregation_type", "estimated_instance_warmup"}, "simple policies",
                path);
  adjusts(policy, path);
  whole(policy.scaling_adjustment(), is_exact(policy), path + ".scaling_adjustment");
}

void ScalingResolver::actions_of(const proto::AutoScalingGroup& group, const std::string& path) {
  std::vector<std::string> may_act;
  for (const proto::ScalingPolicy& policy : group.policies()) {
    if (acts_on_alarms(policy)) may_act.push_back(policy.policy_name());
  }
  const std::set<std::string> acting = actions(group.alarms(), may_act, path);
  for (int i = 0; i < group.policies_size(); ++i) {
    const proto::ScalingPolicy& policy = group.policies(i);
    const bool is_idle = acts_on_alarms(policy) && policy.has_policy_name() &&
                         !acting.contains(policy.policy_name());
    const std::string own = element(path, "policies", i);
    if (is_idle && !mistakes_.below(own)) mistake(own, "no alarm's alarm_actions name it");
  }
}

// --- The rest

void ScalingResolver::names(const proto::AutoScalingGroup& group, const std::string& path) {
  std::set<std::string> seen;
  for (int i = 0; i < group.policies_size(); ++i) {
    const proto::ScalingPolicy& policy = group.policies(i);
    if (!policy.has_policy_name() || seen.insert(policy.policy_name()).second) continue;
    mistake(element(path, "policies", i) + ".policy_name", "is another policy's name already");
  }
}

void ScalingResolver::suspended_processes(const proto::AutoScalingGroup& group,
                                          const std::string& path) {
  for (int i = 0; i < group.suspended_processes_size(); ++i) {
    const std::string& name = group.suspended_processes(i);
    if (std::find(kProcesses.begin(), kProcesses.end(), name) != kProcesses.end()) continue;
    mistake(
        element(path, "suspended_processes", i),
        fmt::format("{} is none of the processes that can be suspended here: {}{}", in_quotes(name),
                    fmt::join(kProcesses, ", "), suggestion(name, kProcesses)));
  }
}

/// E102: what is billed must have a price in the Region.
void ScalingResolver::prices(const proto::AutoScalingGroup& group, const std::string& path) {
  const auto check = [&](bool is_billed, const char* item, const char* field) {
    priced(is_billed, item, region_, path + field);
  };
  const bool has_alarms = group.policies_size() + group.alarms_size() > 0;
  const char* where = group.policies_size() > 0 ? ".policies" : ".alarms";
  check(group.monitoring() == proto::AutoScalingGroup::DETAILED,
        "cloudwatch.detailed_monitoring_per_instance", ".monitoring");
  check(has_alarms, "cloudwatch.alarm_standard", where);
  check(is_high_resolution(group), "cloudwatch.alarm_high_resolution", where);
  check(uses_agent(group), "cloudwatch.custom_metric", where);
}

}  // namespace skyreplay::scenario
