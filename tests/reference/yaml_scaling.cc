#include <fmt/chrono.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <map>

#include "reference/yaml_parts.h"

namespace skyreplay::reference {
namespace {

using reference::spelled;  // beside the overloads of this file

std::string seconds_of(Time time) { return std::to_string(time / std::chrono::seconds{1}); }

/// "namespace: AWS/EC2, metric_name: CPUUtilization, statistic: Average, period: 60".
std::string metric(const Alarm& a) {
  const std::size_t blank = a.metric.find(' ');
  return fmt::format("namespace: {}, metric_name: {}, statistic: {}, period: {}",
                     a.metric.substr(0, blank), a.metric.substr(blank + 1), a.statistic,
                     seconds_of(a.period));
}

std::string math(const Math& m) {
  const auto query = [](const char* id, const std::string& metric, const std::string& stat) {
    const std::size_t blank = metric.find(' ');
    return fmt::format(
        "{{id: {}, label: of {}, metric_stat: {{metric: {{namespace: {}, metric_name: {}}}, stat: "
        "{}}}, return_data: false}}",
        id, id, metric.substr(0, blank), metric.substr(blank + 1), stat);
  };
  return fmt::format(
      "customized_metric_specification: {{metrics: [{}, {}, {{id: e1, expression: \"m1 {} "
      "m2\"}}]}}",
      query("m1", m.left, m.left_statistic), query("m2", m.right, m.right_statistic), m.operation);
}

/// In the words of a predefined metric where there is one.
std::string tracked(const Alarm& a, const std::string& customized) {
  if (a.math) return math(*a.math);
  const std::pair<const char*, const char*> predefined[] = {
      {"AWS/EC2 CPUUtilization", "ASGAverageCPUUtilization"},
      {"AWS/ECS CPUUtilization", "ECSServiceAverageCPUUtilization"},
      {"AWS/ECS MemoryUtilization", "ECSServiceAverageMemoryUtilization"},
      {"AWS/Lambda ProvisionedConcurrencyUtilization", "LambdaProvisionedConcurrencyUtilization"},
      {"AWS/EC2 NetworkIn", "ASGAverageNetworkIn"},
      {"AWS/EC2 NetworkOut", "ASGAverageNetworkOut"},
      {"AWS/ApplicationELB RequestCountPerTarget", "ALBRequestCountPerTarget"}};
  const bool is_close = a.metric.starts_with("AWS/ECS") && a.period < std::chrono::minutes{1};
  for (const auto& [own, type] : predefined) {
    const bool sum = a.metric.starts_with("AWS/ApplicationELB");
    if (a.metric != own || a.statistic != (sum ? "Sum" : "Average")) continue;
    return fmt::format("predefined_metric_specification: {{predefined_metric_type: {}{}}}", type,
                       is_close ? "HighResolution" : "");
  }
  return "customized_metric_specification: {" + customized + "}";
}

std::string tracking(const Policy& p, const std::string& customized) {
  return fmt::format(
      "target_value: {}, {}, disable_scale_in: {}, assumed: "
      "{{high_evaluation_periods: {}, high_datapoints_to_alarm: {}, low_evaluation_periods: {}, "
      "low_datapoints_to_alarm: {}, {}{}low_threshold_ratio: {}}}",
      p.target, tracked(p.tracked, customized), p.disable_scale_in, p.high_n, p.high_m, p.low_n,
      p.low_m, optional("high_evaluation_second", p.tracked.second),
      optional("low_evaluation_second", p.low_second), p.low_ratio);
}

std::string adjusting(const Policy& p) {
  std::string text = fmt::format("adjustment_type: {}, {}", p.adjustment_type,
                                 optional("min_adjustment_magnitude", p.min_magnitude));
  if (p.kind == Policy::Kind::kSimple) {
    return text + optional("cooldown", p.cooldown) +
           fmt::format("scaling_adjustment: {}", p.number);
  }
  text += fmt::format("metric_aggregation_type: {}, step_adjustments: [", p.aggregation);
  for (const Step& step : p.steps) {
    text += fmt::format("{}{{{}{}scaling_adjustment: {}}}", &step == &p.steps[0] ? "" : ", ",
                        optional("metric_interval_lower_bound", step.lower),
                        optional("metric_interval_upper_bound", step.upper), step.number);
  }
  return text + "]";
}

/// What predictive policies of groups and services spell alike.
std::string ahead(const Policy& p, const std::string& what) {
  return fmt::format(
      "{{metric_specifications: [{{target_value: {}, {}}}], mode: {}, scheduling_buffer_time: {}, "
      "{}{}assumed: {{load_history: [{}], scaling_history: [{}]}}}}",
      p.target, what, p.scales ? "ForecastAndScale" : "ForecastOnly", p.buffer,
      p.max_buffer ? "max_capacity_breach_behavior: IncreaseMaxCapacity, " : "",
      optional("max_capacity_buffer", p.max_buffer), fmt::join(p.history, ", "),
      fmt::join(p.scaling_history, ", "));
}

/// The pair, the load metric and the scaling metric of a kind.
using Names = std::array<const char*, 3>;

/// Each in its turn: in one word, or in two.
std::string foreseen(const Policy& p, const std::map<std::string, Names>& metrics) {
  const Names& load = metrics.at(p.tracked.metric);
  const Names& scaling = metrics.at(p.scaling.empty() ? p.tracked.metric : p.scaling);
  if (p.history.size() % 2 == 0 && p.scaling.empty()) {
    return fmt::format("predefined_metric_pair_specification: {{predefined_metric_type: {}}}",
                       load[0]);
  }
  return fmt::format(
      "predefined_load_metric_specification: {{predefined_metric_type: {}}}, "
      "predefined_scaling_metric_specification: {{predefined_metric_type: {}}}",
      load[1], scaling[2]);
}

/// Of a service of tasks.
std::string spelled_for_service(const Policy& p) {
  if (p.kind == Policy::Kind::kPredictive) {
    const std::map<std::string, Names> metrics = {
        {"AWS/ECS CPUUtilization",
         {"ECSServiceCPUUtilization", "ECSServiceTotalCPUUtilization",
          "ECSServiceAverageCPUUtilization"}},
        {"AWS/ECS MemoryUtilization",
         {"ECSServiceMemoryUtilization", "ECSServiceTotalMemoryUtilization",
          "ECSServiceAverageMemoryUtilization"}},
        {"AWS/ApplicationELB RequestCount",
         {"ALBRequestCount", "TotalALBRequestCount", "ALBRequestCountPerTarget"}}};
    return fmt::format("{{policy_name: {}, predictive_scaling_policy_configuration: {}}}", p.name,
                       ahead(p, foreseen(p, metrics)));
  }
  if (p.kind == Policy::Kind::kStep) {
    return fmt::format("{{policy_name: {}, step_scaling_policy_configuration: {{{}{}}}}}", p.name,
                       optional("cooldown", p.cooldown), adjusting(p));
  }
  const std::string all = metric(p.tracked);
  return fmt::format(
      "{{policy_name: {}, target_tracking_scaling_policy_configuration: {{scale_out_cooldown: {}, "
      "scale_in_cooldown: {}, {}}}}}",
      p.name, p.out_cooldown, p.in_cooldown, tracking(p, all.substr(0, all.rfind(','))));
}

std::string predictive(const Policy& p) {
  const std::map<std::string, Names> metrics = {
      {"AWS/EC2 CPUUtilization",
       {"ASGCPUUtilization", "ASGTotalCPUUtilization", "ASGAverageCPUUtilization"}},
      {"AWS/EC2 NetworkIn", {"ASGNetworkIn", "ASGTotalNetworkIn", "ASGAverageNetworkIn"}},
      {"AWS/EC2 NetworkOut", {"ASGNetworkOut", "ASGTotalNetworkOut", "ASGAverageNetworkOut"}},
      {"AWS/ApplicationELB RequestCount",
       {"ALBRequestCount", "ALBTargetGroupRequestCount", "ALBRequestCountPerTarget"}}};
  return "predictive_scaling_configuration: " + ahead(p, foreseen(p, metrics));
}

std::string spelled(const Policy& p) {
  if (p.kind == Policy::Kind::kPredictive) {
    return fmt::format("{{policy_name: {}, {}}}", p.name, predictive(p));
  }
  return fmt::format("{{policy_name: {}, {}{}}}", p.name,
                     optional("estimated_instance_warmup", p.warmup),
                     p.kind == Policy::Kind::kTargetTracking
                         ? "target_tracking_configuration: {" + tracking(p, metric(p.tracked)) + "}"
                         : adjusting(p));
}

std::string spelled(const Alarm& a, const Fleet& f) {
  const std::map<std::string, const char*> operators = {{">", "GreaterThanThreshold"},
                                                        {">=", "GreaterThanOrEqualToThreshold"},
                                                        {"<", "LessThanThreshold"},
                                                        {"<=", "LessThanOrEqualToThreshold"}};
  std::string actions;
  for (const std::size_t policy : a.policies) {
    actions += (actions.empty() ? "" : ", ") + f.policies[policy].name;
  }
  return fmt::format(
      "{{alarm_name: {}, {}, evaluation_periods: {}, datapoints_to_alarm: {}, threshold: {}, "
      "comparison_operator: {}, treat_missing_data: {}, alarm_actions: [{}]{}}}",
      a.name, metric(a), a.n, a.m, a.threshold, operators.at(a.comparison), a.missing, actions,
      a.second ? fmt::format(", assumed: {{evaluation_second: {}}}", *a.second) : "");
}

std::string field(const std::vector<std::uint32_t>& list) {
  return list.empty() ? "*" : fmt::format("{}", fmt::join(list, ","));
}

std::string spelled(const ScheduledAction& a) {
  std::string text =
      fmt::format("{{scheduled_action_name: {}, {}{}{}", a.name, optional("min_size", a.min),
                  optional("max_size", a.max), optional("desired_capacity", a.desired));
  if (a.start) text += fmt::format("start_time: +{}, ", spelled(*a.start));
  if (a.end) text += fmt::format("end_time: +{}, ", spelled(*a.end));
  if (!a.recurs) return text + "}";
  return text + fmt::format("recurrence: \"{} {} * * {}\"}}", field(a.minutes), field(a.hours),
                            field(a.weekdays));
}

std::string spelled_for_service(const ScheduledAction& a, Time trace_start) {
  const auto shifted = [&] {  // 1 is Sunday
    std::vector<std::uint32_t> days = a.weekdays;
    for (std::uint32_t& day : days) ++day;
    return days;
  };
  std::string text =
      fmt::format("{{scheduled_action_name: {}, scalable_target_action: {{{}{}}}, ", a.name,
                  optional("min_capacity", a.min), optional("max_capacity", a.max));
  if (!a.recurs && !a.every) {  // at a whole minute
    const auto at = std::chrono::floor<std::chrono::seconds>(trace_start + *a.start);
    return text + fmt::format("schedule: \"at({:%Y-%m-%dT%H:%M:%S})\"}}", fmt::gmtime(at.count()));
  }
  if (a.start) text += fmt::format("start_time: +{}, ", spelled(*a.start));
  if (a.end) text += fmt::format("end_time: +{}, ", spelled(*a.end));
  if (a.every)
    return text + fmt::format("schedule: rate({} minutes)}}", *a.every / std::chrono::minutes{1});
  return text + fmt::format("schedule: \"cron({} {} {} * {} *)\"}}", field(a.minutes),
                            field(a.hours), a.weekdays.empty() ? "*" : "?",
                            a.weekdays.empty() ? "?" : field(shifted()));
}

}  // namespace

std::string suspended(std::uint32_t bits) {
  std::string names;
  for (const auto& [bit, name] :
       {std::pair(kLaunch, "Launch"), std::pair(kTerminate, "Terminate"),
        std::pair(kAlarmNotification, "AlarmNotification"),
        std::pair(kScheduledActions, "ScheduledActions"), std::pair(kHealthCheck, "HealthCheck"),
        std::pair(kReplaceUnhealthy, "ReplaceUnhealthy"), std::pair(kAzRebalance, "AZRebalance")}) {
    if ((bits & bit) != 0) names += (names.empty() ? "" : ", ") + std::string(name);
  }
  return "[" + names + "]";
}

std::string service_scaling(const Fleet& f, Time trace_start) {
  std::string policies, alarms, actions;
  if (f.policies.empty() && f.scheduled.empty()) return "";
  for (const ScheduledAction& a : f.scheduled) {
    actions += (actions.empty() ? "" : ", ") + spelled_for_service(a, trace_start);
  }
  for (const Policy& p : f.policies) {
    policies += (policies.empty() ? "" : ", ") + spelled_for_service(p);
  }
  for (const Alarm& a : f.alarms) alarms += (alarms.empty() ? "" : ", ") + spelled(a, f);
  if (!alarms.empty()) alarms = "alarms: [" + alarms + "], ";  // functions have none
  return fmt::format(
      "min_capacity: {}, max_capacity: {}, policies: [{}], {}scheduled_actions: [{}], ", f.min_size,
      f.max_size, policies, alarms, actions);
}

std::string scaling(const Fleet& f) {
  std::string policies, alarms, actions;
  for (const ScheduledAction& a : f.scheduled)
    actions += (actions.empty() ? "" : ", ") + spelled(a);
  for (const Policy& p : f.policies) policies += (policies.empty() ? "" : ", ") + spelled(p);
  for (const Alarm& a : f.alarms) alarms += (alarms.empty() ? "" : ", ") + spelled(a, f);
  return fmt::format(
      "policies: [{}], alarms: [{}], scheduled_actions: [{}], {}cooldown: {}, monitoring: {}, "
      "suspended_processes: {}, "
      "new_instances_protected_from_scale_in: {}, ",
      policies, alarms, actions, optional("default_instance_warmup", f.default_warmup), f.cooldown,
      f.detailed ? "detailed" : "basic", suspended(f.suspended), f.protects_new);
}

}  // namespace skyreplay::reference
