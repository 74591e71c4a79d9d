// Policies and alarms of a group: what is derived, and what is refused.
#include <doctest/doctest.h>

#include "scenario/support.h"

namespace skyreplay::scenario {
namespace {

using testing::mistakes_of;

std::string group(const std::string& more, const std::string& region = "us-east-1") {
  return "version: 1\nregion: " + region +
         "\nservices: {web: {ec2: {min_size: 1, max_size: 9, instance_type: m7i.large, " + more +
         "}}}\n";
}

/// The first mistake, without its place and the group's path.
std::string told(const std::string& more) {
  std::string text = mistakes_of(group(more));
  const std::size_t at = text.find("services.web.ec2.");
  if (at != std::string::npos) text = text.substr(at + 17);
  return text.substr(0, text.find('\n'));
}

std::string policy(const std::string& fields) {
  return "policies: [{policy_name: p, " + fields + "}]";
}
std::string tracking(const std::string& fields) {
  return policy("target_tracking_configuration: {target_value: 50, " + fields + "}");
}
const std::string kCpu =
    "predefined_metric_specification: {predefined_metric_type: ASGAverageCPUUtilization}";

std::string alarm(const std::string& period, const std::string& more,
                  const std::string& metric = "AWS/EC2, metric_name: CPUUtilization") {
  return "alarms: [{alarm_name: a, statistic: Average, evaluation_periods: 3, threshold: 50, "
         "comparison_operator: GreaterThanThreshold, namespace: " +
         metric + ", period: " + period + ", " + more + "}]";
}

TEST_CASE("target tracking's alarms have the observed shape unless the scenario says another") {
  const auto shape = [](const std::string& more) {
    const Scenario scenario = Scenario::parse(group(tracking(more)), "shop.yaml");
    return scenario.message()
        .services()
        .at("web")
        .ec2()
        .policies(0)
        .target_tracking_configuration()
        .assumed();
  };
  CHECK(shape(kCpu).high_evaluation_periods() == 3);
  CHECK(shape(kCpu).high_datapoints_to_alarm() == 3);
  CHECK(shape(kCpu).low_evaluation_periods() == 15);
  CHECK(shape(kCpu).low_datapoints_to_alarm() == 15);
  CHECK(shape(kCpu).low_threshold_ratio() == 0.7);
  CHECK(shape("customized_metric_specification: {namespace: CWAgent, metric_name: "
              "cpu_usage_active, statistic: Average, period: 10}")
            .low_evaluation_periods() == 90);
}

TEST_CASE("a policy is of one type") {
  CHECK(told(policy("")) ==
        "policies[0]: must have one of target_tracking_configuration, step_adjustments, "
        "scaling_adjustment and predictive_scaling_configuration");
  CHECK(told(policy("scaling_adjustment: 1, step_adjustments: [{scaling_adjustment: 1}]")) ==
        "policies[0]: must have one of target_tracking_configuration, step_adjustments, "
        "scaling_adjustment and predictive_scaling_configuration");
}

TEST_CASE("a policy has the fields of its type and no others") {
  const std::string tracks = "target_tracking_configuration: {target_value: 50, " + kCpu + "}";
  CHECK(told(policy(tracks + ", cooldown: 60")) ==
        "policies[0].cooldown: is not for target tracking");
  CHECK(told(policy("scaling_adjustment: 1")) == "policies[0].adjustment_type: is missing");
  CHECK(told(policy("scaling_adjustment: 1, adjustment_type: ChangeInCapacity, "
                    "estimated_instance_warmup: 60")) ==
        "policies[0].estimated_instance_warmup: is not for simple policies");
  CHECK(told(policy("scaling_adjustment: 1.5, adjustment_type: ChangeInCapacity")) ==
        "policies[0].scaling_adjustment: must be a whole number");
  CHECK(told(policy("scaling_adjustment: -1, adjustment_type: ExactCapacity")) ==
        "policies[0].scaling_adjustment: must not be negative: it is the capacity itself");
  CHECK(told(policy("scaling_adjustment: -1, adjustment_type: ExactCapacity, "
                    "min_adjustment_magnitude: 2")) ==
        "policies[0].scaling_adjustment: must not be negative: it is the capacity itself");
}

TEST_CASE("E66: steps that leave a gap are refused where they stand") {
  CHECK(told(policy("adjustment_type: ChangeInCapacity, step_adjustments: "
                    "[{metric_interval_lower_bound: 0, metric_interval_upper_bound: 10, "
                    "scaling_adjustment: 1}, {metric_interval_lower_bound: 20, "
                    "scaling_adjustment: 2}]")) ==
        "policies[0].step_adjustments: the steps leave a gap between 10 and 20");
}

TEST_CASE("E56, E64: target tracking has one metric, and short periods only the agent's") {
  CHECK(told(tracking("")) ==
        "policies[0].target_tracking_configuration: must have one of "
        "predefined_metric_specification and customized_metric_specification");
  const auto customized = [](const std::string& metric, const std::string& period) {
    return tracking("customized_metric_specification: {namespace: " + metric +
                    ", statistic: Average, period: " + period + "}");
  };
  const std::string own =
      "policies[0].target_tracking_configuration.customized_metric_specification";
  CHECK(told(customized("AWS/EC2, metric_name: CPUUtilization", "10")) ==
        own + ".period: must be at least 60 for AWS/EC2 metrics");
  CHECK(told(customized("CWAgent, metric_name: cpu_usage_active", "20")) ==
        own + ".period: must be 10, 30 or 60");
  CHECK(told(customized("AWS/EC2, metric_name: CpuUtilization", "60"))
            .starts_with(own +
                         ".metric_name: a group has no metric 'AWS/EC2 CpuUtilization', did "
                         "you mean 'AWS/EC2 CPUUtilization'?; it has AWS/EC2 CPUUtilization"));
}

TEST_CASE("E84: an alarm's period is short or whole minutes") {
  CHECK(told(alarm("90", "")) == "alarms[0].period: must be 10, 20, 30 or a multiple of 60");
  CHECK(told(alarm("30", "")) == "alarms[0].period: must be at least 60 for AWS/EC2 metrics");
  CHECK(told(alarm("60", "datapoints_to_alarm: 4")) ==
        "alarms[0].datapoints_to_alarm: must be at most evaluation_periods, 3");
  CHECK(told(alarm("86400", "")).empty());
}

TEST_CASE("an alarm acts on step and simple policies, and they act on alarms") {
  const std::string simple = "scaling_adjustment: 1, adjustment_type: ChangeInCapacity";
  CHECK(told(policy(simple)) == "policies[0]: no alarm's alarm_actions name it");
  CHECK(told(policy(simple) + ", " + alarm("60", "alarm_actions: [p]")).empty());
  CHECK(told(policy(simple) + ", " + alarm("60", "alarm_actions: [p, q]")) ==
        "alarms[0].alarm_actions[1]: there is no step or simple policy 'q', did you mean 'p'?");
  CHECK(told(tracking(kCpu) + ", " + alarm("60", "alarm_actions: [p]")) ==
        "alarms[0].alarm_actions[0]: there is no step or simple policy 'p'");
}

TEST_CASE("names are a policy's own, and an alarm's") {
  const std::string one =
      "{policy_name: p, target_tracking_configuration: {target_value: 50, " + kCpu + "}}";
  CHECK(told("policies: [" + one + ", " + one + "]") ==
        "policies[1].policy_name: is another policy's name already");
}

TEST_CASE("E22: a process that cannot be suspended is refused with those that can") {
  CHECK(told("suspended_processes: [Lunch]") ==
        "suspended_processes[0]: 'Lunch' is none of the processes that can be suspended here: "
        "Launch, Terminate, AlarmNotification, ScheduledActions, HealthCheck, ReplaceUnhealthy, "
        "AZRebalance, did you mean 'Launch'?");
}

TEST_CASE("E102: what has no price in the Region is refused") {
  CHECK(mistakes_of(group("monitoring: detailed", "us-west-2"))
            .find("services.web.ec2.monitoring: ") != std::string::npos);
}

TEST_CASE("policies and alarms are shown as they were resolved, and read back to the same") {
  const Scenario scenario = Scenario::parse(
      group(tracking(kCpu) + ", " + alarm("60", "") + ", suspended_processes: [Launch]"),
      "shop.yaml");
  CHECK(scenario.to_yaml().find("suspended_processes: [Launch]") != std::string::npos);
  CHECK(Scenario::parse(scenario.to_yaml(), "shop.yaml").digest() == scenario.digest());
}

}  // namespace
}  // namespace skyreplay::scenario
