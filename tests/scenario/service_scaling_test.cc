// Policies, alarms and scheduled actions of a service of tasks: what is derived, what is refused.
#include <doctest/doctest.h>

#include "scenario/support.h"

namespace skyreplay::scenario {
namespace {

using testing::mistakes_of;

const std::string kBounds = "min_capacity: 1, max_capacity: 9, ";

std::string service(const std::string& more) {
  return "version: 1\nservices: {web: {ecs: {task_definition: {cpu: 1024, memory: 2048}, " + more +
         "}}}\n";
}

/// The first mistake, without its place and the service's path.
std::string told(const std::string& more) {
  std::string text = mistakes_of(service(more));
  const std::size_t at = text.find("services.web.ecs.");
  if (at != std::string::npos) text = text.substr(at + 17);
  return text.substr(0, text.find('\n'));
}

std::string policy(const std::string& fields) {
  return kBounds + "policies: [{policy_name: p, " + fields + "}]";
}
std::string tracking(const std::string& metric) {
  return policy("target_tracking_scaling_policy_configuration: {target_value: 50, " + metric + "}");
}
std::string predefined(const std::string& type) {
  return tracking("predefined_metric_specification: {predefined_metric_type: " + type + "}");
}
std::string scheduled(const std::string& fields) {
  return kBounds + "scheduled_actions: [{scheduled_action_name: s, " + fields + "}]";
}
const std::string kSets = "scalable_target_action: {min_capacity: 2}";

TEST_CASE("C97, C101: a service's target tracking has the observed alarms and cooldowns") {
  const Scenario scenario =
      Scenario::parse(service(predefined("ECSServiceAverageCPUUtilization")), "shop.yaml");
  const auto& config = scenario.message()
                           .services()
                           .at("web")
                           .ecs()
                           .policies(0)
                           .target_tracking_scaling_policy_configuration();
  CHECK(config.scale_out_cooldown() == 300);
  CHECK(config.scale_in_cooldown() == 300);
  CHECK(config.assumed().high_evaluation_periods() == 3);
  CHECK(config.assumed().high_datapoints_to_alarm() == 3);
  CHECK(config.assumed().low_evaluation_periods() == 15);
  CHECK(config.assumed().low_datapoints_to_alarm() == 15);
  CHECK(config.assumed().low_threshold_ratio() == 0.9);
}

TEST_CASE("C96: metrics of 20 s are refused by name, and of memory where nothing is said of it") {
  CHECK(told(predefined("ECSServiceAverageMemoryUtilization")).find("assumed.memory_base") !=
        std::string::npos);
  CHECK(told(predefined("ECSServiceAverageCPUUtilizationHighResolution")).find("20 s") !=
        std::string::npos);
  CHECK(told(predefined("ALBRequestCountPerTarget")) == "");
  CHECK(told(predefined("ASGAverageCPUUtilization")) != "");
}

TEST_CASE(
    "a policy is of one kind, on a metric that a service has, and alarms name step policies") {
  CHECK(told(policy(""))
            .ends_with("must have one of target_tracking_scaling_policy_configuration, "
                       "step_scaling_policy_configuration and "
                       "predictive_scaling_policy_configuration"));
  CHECK(told(tracking("customized_metric_specification: {namespace: AWS/EC2, metric_name: "
                      "CPUUtilization, statistic: Average}"))
            .find("a service has no metric 'AWS/EC2 CPUUtilization', did you mean 'AWS/ECS "
                  "CPUUtilization'?") != std::string::npos);
  CHECK(told(policy("step_scaling_policy_configuration: {adjustment_type: ChangeInCapacity, "
                    "step_adjustments: [{metric_interval_lower_bound: 0, scaling_adjustment: 1}]}"))
            .ends_with("no alarm's alarm_actions name it"));
  CHECK(told(policy("step_scaling_policy_configuration: {adjustment_type: ChangeInCapacity}"))
            .find("step_adjustments: is missing") != std::string::npos);
}

TEST_CASE("C107: steps of a service may neither overlap nor leave gaps") {
  CHECK(told(policy("step_scaling_policy_configuration: {adjustment_type: ChangeInCapacity, "
                    "step_adjustments: [{metric_interval_lower_bound: 0, "
                    "metric_interval_upper_bound: 5, scaling_adjustment: 1}, "
                    "{metric_interval_lower_bound: 6, scaling_adjustment: 1}]}"))
            .find("the steps leave a gap between 5 and 6") != std::string::npos);
}

TEST_CASE("C104: who is scaled has bounds, in order, and nobody else") {
  CHECK(told("policies: [{policy_name: p, target_tracking_scaling_policy_configuration: "
             "{target_value: 50, predefined_metric_specification: {predefined_metric_type: "
             "ECSServiceAverageCPUUtilization}}}]")
            .starts_with("min_capacity: is missing"));
  CHECK(told("min_capacity: 1").starts_with("min_capacity: is for policies"));
  CHECK(told("min_capacity: 5, max_capacity: 4, scheduled_actions: [{scheduled_action_name: s, "
             "schedule: at(2026-01-05T09:00:00), " +
             kSets + "}]") == "max_capacity: must not be below min_capacity, 5");
  CHECK(told(predefined("ECSServiceAverageCPUUtilization") + ", desired_count: 20") == "");
}

TEST_CASE("C110: a scheduled action has a schedule that can be, and sets something") {
  CHECK(told(scheduled("schedule: at(2026-01-05T09:00:00), " + kSets)) == "");
  CHECK(told(scheduled("schedule: every noon, " + kSets))
            .ends_with("schedule: must be cron(...), rate(...) or at(...)"));
  CHECK(told(scheduled("schedule: rate(5 minutes), " + kSets))
            .ends_with("start_time: is missing: a rate counts from it"));
  CHECK(told(scheduled("schedule: rate(5 minutes), start_time: +1m, end_time: +1m, " + kSets))
            .ends_with("end_time: must be later than start_time"));
  CHECK(told(scheduled("schedule: at(2026-01-05T09:00:00), start_time: +1m, " + kSets))
            .ends_with("start_time: is not for at(...)"));
  CHECK(told(scheduled("schedule: \"cron(0 8 * * ? *)\", timezone: Moon/Sea, " + kSets))
            .ends_with("timezone: there is no time zone 'Moon/Sea'"));
  CHECK(told(scheduled("schedule: at(2026-01-05T09:00:00), scalable_target_action: {}"))
            .ends_with("sets neither min_capacity nor max_capacity"));
}

TEST_CASE("C112: a service has at most fifty policies") {
  const auto many = [](int count) {
    std::string policies;
    for (int i = 0; i < count; ++i) {
      policies += "{policy_name: p" + std::to_string(i) +
                  ", target_tracking_scaling_policy_configuration: {target_value: 50, "
                  "predefined_metric_specification: {predefined_metric_type: "
                  "ALBRequestCountPerTarget}}}, ";
    }
    return kBounds + "policies: [" + policies + "]";
  };
  CHECK(told(many(50)) == "");
  CHECK(told(many(51)) == "policies: has more than 50 policies");
}

TEST_CASE("C111: a predictive policy has one pair of metrics, and one of a service scales") {
  const auto ahead = [](const std::string& metrics, const std::string& more) {
    return "predictive_scaling_policy_configuration: {" + more +
           "metric_specifications: [{target_value: 50, " + metrics + "}]}";
  };
  const std::string pair =
      "predefined_metric_pair_specification: {predefined_metric_type: ECSServiceCPUUtilization}";
  CHECK(told(policy(ahead(pair, ""))) == "");
  CHECK(told(policy(ahead("predefined_load_metric_specification: {predefined_metric_type: "
                          "TotalALBRequestCount}",
                          "")))
            .find("must have predefined_metric_pair_specification, or both") != std::string::npos);
  CHECK(told(policy(ahead(pair, "max_capacity_buffer: 10, ")))
            .find("must be there with IncreaseMaxCapacity, and only then") != std::string::npos);
  const std::string memory =
      "predefined_metric_pair_specification: {predefined_metric_type: ECSServiceMemoryUtilization}";
  CHECK(told(policy(ahead(memory, ""))).find("MemoryUtilization needs assumed.memory_base") !=
        std::string::npos);
  const std::string scales = ahead(pair, "mode: ForecastAndScale, ");
  CHECK(told(kBounds + "policies: [{policy_name: a, " + scales + "}, {policy_name: b, " + scales +
             "}]")
            .find("another policy has ForecastAndScale already; one may") != std::string::npos);
}

}  // namespace
}  // namespace skyreplay::scenario
