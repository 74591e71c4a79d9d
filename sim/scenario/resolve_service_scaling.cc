#include "scenario/resolve_service_scaling.h"

#include <fmt/format.h>

#include <set>
#include <vector>

#include "core/text.h"
#include "scaling/schedule_expression.h"
#include "scenario/field_path.h"

namespace skyreplay::scenario {
namespace {

constexpr std::uint32_t kMinute = 60;
constexpr int kMostPolicies = 50;  // C112
constexpr int kMostActions = 200;  // C110

std::string element(const std::string& path, const char* list, int index) {
  return join_index(path + "." + list, static_cast<std::size_t>(index));
}

}  // namespace

void ServiceScalingResolver::service(proto::EcsService& service, const std::string& path) {
  bounds(service, path);
  for (int i = 0; i < service.policies_size(); ++i) {
    policy(*service.mutable_policies(i), element(path, "policies", i));
  }
  for (int i = 0; i < service.alarms_size(); ++i) {
    alarm(*service.mutable_alarms(i), element(path, "alarms", i));
  }
  names(service, path);
  for (int i = 0; i < service.scheduled_actions_size(); ++i) {
    scheduled_action(service.scheduled_actions(i), element(path, "scheduled_actions", i));
  }
  const bool has_alarms = service.policies_size() + service.alarms_size() > 0;
  priced(has_alarms, "cloudwatch.alarm_standard", region_,
         path + (service.policies_size() > 0 ? ".policies" : ".alarms"));
}

/// Who is scaled has bounds, and nobody else.
void ServiceScalingResolver::bounds(const proto::EcsService& service, const std::string& path) {
  const bool is_scaled = service.policies_size() + service.scheduled_actions_size() > 0;
  const auto check = [&](bool is_given, const char* field) {
    if (is_given == is_scaled || mistakes_.at(path + field)) return;
    mistake(path + field, is_scaled ? "is missing: policies and scheduled_actions need it"
                                    : "is for policies and scheduled_actions");
  };
  check(service.has_min_capacity(), ".min_capacity");
  check(service.has_max_capacity(), ".max_capacity");
  if (service.has_max_capacity() && service.min_capacity() > service.max_capacity()) {
    mistake(path + ".max_capacity",
            fmt::format("must not be below min_capacity, {}", grouped(service.min_capacity())));
  }
  if (service.policies_size() > kMostPolicies) {
    mistake(path + ".policies", fmt::format("has more than {} policies", kMostPolicies));
  }
  if (service.scheduled_actions_size() > kMostActions) {
    mistake(path + ".scheduled_actions", fmt::format("has more than {} actions", kMostActions));
  }
}

void ServiceScalingResolver::policy(proto::ServiceScalingPolicy& policy, const std::string& path) {
  if (mistakes_.at(path)) return;  // nothing of it was understood
  const bool tracks = policy.has_target_tracking_scaling_policy_configuration();
  if (tracks == policy.has_step_scaling_policy_configuration()) {
    if (mistakes_.below(path)) return;
    return mistake(path,
                   "must have one of target_tracking_scaling_policy_configuration and "
                   "step_scaling_policy_configuration");
  }
  if (tracks) {
    return target_tracking(*policy.mutable_target_tracking_scaling_policy_configuration(),
                           path + ".target_tracking_scaling_policy_configuration");
  }
  step(policy.step_scaling_policy_configuration(), path + ".step_scaling_policy_configuration");
}

void ServiceScalingResolver::target_tracking(
    proto::TargetTrackingScalingPolicyConfiguration& config, const std::string& path) {
  const bool has_customized = config.has_customized_metric_specification();
  if (has_customized == config.has_predefined_metric_specification()) {
    if (mistakes_.below(path)) return;
    return mistake(path,
                   "must have one of predefined_metric_specification and "
                   "customized_metric_specification");
  }
  if (has_customized) {
    const auto& customized = config.customized_metric_specification();
    metric(customized.namespace_(), customized.metric_name(), kMinute,
           path + ".customized_metric_specification");
  }
  datapoints(*config.mutable_assumed(), path + ".assumed");
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
  std::set<std::string> seen;
  std::vector<std::string> may_act;
  for (int i = 0; i < service.policies_size(); ++i) {
    const proto::ServiceScalingPolicy& policy = service.policies(i);
    if (policy.has_step_scaling_policy_configuration()) may_act.push_back(policy.policy_name());
    if (!policy.has_policy_name() || seen.insert(policy.policy_name()).second) continue;
    mistake(element(path, "policies", i) + ".policy_name", "is another policy's name already");
  }
  const std::set<std::string> acting = actions(service.alarms(), may_act, path);
  for (int i = 0; i < service.policies_size(); ++i) {
    const proto::ServiceScalingPolicy& policy = service.policies(i);
    const bool is_idle = policy.has_step_scaling_policy_configuration() &&
                         policy.has_policy_name() && !acting.contains(policy.policy_name());
    const std::string own = element(path, "policies", i);
    if (is_idle && !mistakes_.below(own)) mistake(own, "no alarm's alarm_actions name it");
  }
  seen.clear();
  for (int i = 0; i < service.scheduled_actions_size(); ++i) {
    const proto::ServiceScheduledAction& action = service.scheduled_actions(i);
    if (!action.has_scheduled_action_name()) continue;  // reported already
    if (seen.insert(action.scheduled_action_name()).second) continue;
    mistake(element(path, "scheduled_actions", i) + ".scheduled_action_name",
            "is another action's name already");
  }
}

void ServiceScalingResolver::scheduled_action(const proto::ServiceScheduledAction& action,
                                              const std::string& path) {
  if (mistakes_.at(path)) return;
  const proto::ScalableTargetAction& sets = action.scalable_target_action();
  const std::string own = path + ".scalable_target_action";
  if (!sets.has_min_capacity() && !sets.has_max_capacity() && !mistakes_.below(own) &&
      !mistakes_.at(own)) {
    mistake(own, "sets neither min_capacity nor max_capacity");
  }
  if (sets.has_max_capacity() && sets.min_capacity() > sets.max_capacity()) {
    mistake(own + ".min_capacity", "must not be above max_capacity");
  }
  times(action, path);
}

/// C110.
void ServiceScalingResolver::times(const proto::ServiceScheduledAction& action,
                                   const std::string& path) {
  if (!action.has_schedule()) return;  // reported already
  std::string text;
  const auto schedule = scaling::parse_schedule(action.schedule(), scaling::kUtc, text);
  if (!schedule) return mistake(path + ".schedule", text);
  const bool is_once = schedule->start_time.has_value();
  if (is_once && action.has_start_time()) mistake(path + ".start_time", "is not for at(...)");
  if (is_once && action.has_end_time()) mistake(path + ".end_time", "is not for at(...)");
  if (schedule->every && !action.has_start_time() && !mistakes_.below(path)) {
    mistake(path + ".start_time", "is missing: a rate counts from it");
  }
  if (action.has_start_time() && action.has_end_time() &&
      action.start_time().when_case() == action.end_time().when_case()) {
    const auto ns_of = [](const proto::Moment& moment) {
      return moment.has_offset_ns() ? moment.offset_ns() : moment.instant_ns();
    };
    const bool is_over = ns_of(action.end_time()) <= ns_of(action.start_time());
    if (is_over) mistake(path + ".end_time", "must be later than start_time");
  }
  if (!action.has_timezone()) return;
  if (schedule->every) return mistake(path + ".timezone", "is not for rate(...)");
  if (!scaling::parse_schedule(action.schedule(), action.timezone(), text)) {
    mistake(path + ".timezone", text);
  }
}

}  // namespace skyreplay::scenario
