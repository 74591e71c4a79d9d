// Predictive policies of a group: what is refused, and why.
#include <doctest/doctest.h>

#include "scenario/support.h"

namespace skyreplay::scenario {
namespace {

using testing::mistakes_of;

std::string policy(const std::string& config, const std::string& name = "p") {
  return "{policy_name: " + name + ", predictive_scaling_configuration: {" + config + "}}";
}
std::string group(const std::string& policies) {
  return "version: 1\nservices: {web: {ec2: {min_size: 1, max_size: 9, instance_type: m7i.large, "
         "policies: [" +
         policies + "]}}}\n";
}
const std::string kPair =
    "target_value: 50, predefined_metric_pair_specification: {predefined_metric_type: "
    "ASGCPUUtilization}";
std::string metrics(const std::string& fields) {
  return "metric_specifications: [{" + fields + "}]";
}

/// The first mistake, without its place and the first policy's path.
std::string told(const std::string& policies) {
  std::string text = mistakes_of(group(policies));
  const std::size_t at = text.find("policies[");
  if (at != std::string::npos) text = text.substr(at);
  const std::string own = "policies[0].predictive_scaling_configuration";
  if (text.starts_with(own)) text = text.substr(own.size());
  return text.substr(0, text.find('\n'));
}

TEST_CASE(
    "E78, E79, E80: a predictive policy forecasts only, five minutes ahead, unless it says more") {
  const Scenario scenario = Scenario::parse(group(policy(metrics(kPair))), "shop.yaml");
  const auto& config =
      scenario.message().services().at("web").ec2().policies(0).predictive_scaling_configuration();
  CHECK(config.mode() == proto::PredictiveScalingConfiguration::FORECAST_ONLY);
  CHECK(config.scheduling_buffer_time() == 300);
  CHECK(config.max_capacity_breach_behavior() ==
        proto::PredictiveScalingConfiguration::HONOR_MAX_CAPACITY);
  CHECK(Scenario::parse(scenario.to_yaml(), "shop.yaml").digest() == scenario.digest());
}

TEST_CASE("E81: a predictive policy has one pair of metrics") {
  CHECK(told(policy("mode: ForecastOnly")) == ".metric_specifications: is missing");
  CHECK(told(policy("metric_specifications: [{" + kPair + "}, {" + kPair + "}]")) ==
        ".metric_specifications: must be one");
  const std::string load =
      "predefined_load_metric_specification: {predefined_metric_type: ASGTotalCPUUtilization}";
  const std::string scaling = "predefined_scaling_metric_specification: {predefined_metric_type: ";
  CHECK(told(policy(metrics("target_value: 50, " + load))) ==
        ".metric_specifications[0]: must have predefined_metric_pair_specification, or both "
        "predefined_load_metric_specification and predefined_scaling_metric_specification");
  CHECK(told(policy(metrics("target_value: 50, " + load + ", " + scaling +
                            "ASGAverageCPUUtilization}")))
            .empty());
  CHECK(told(policy(metrics("target_value: 50, " + load + ", " + scaling + "ASGAverageNetworkIn}")))
            .empty());
  CHECK(told(policy(metrics(kPair + ", customized_load_metric_specification: {}")))
            .starts_with(".metric_specifications[0].customized_load_metric_specification: metric "
                         "math is not built"));
}

TEST_CASE("E81: of metrics of two kinds the hours before the run have both") {
  const auto of = [](const std::string& scaling, const std::string& histories) {
    return told(policy(
        metrics("target_value: 50, predefined_load_metric_specification: {predefined_metric_type: "
                "ALBTargetGroupRequestCount}, predefined_scaling_metric_specification: "
                "{predefined_metric_type: " +
                scaling + "}") +
        ", assumed: {" + histories + "}"));
  };
  CHECK(of("ASGAverageCPUUtilization", "load_history: [1, 2], scaling_history: [3, 4]").empty());
  CHECK(of("ASGAverageCPUUtilization", "load_history: [1, 2]") ==
        ".assumed.scaling_history: must have as many hours as load_history, which has 2");
  CHECK(of("ALBRequestCountPerTarget", "load_history: [1], scaling_history: [3]") ==
        ".assumed.scaling_history: is for a scaling metric of another kind than the load metric: "
        "here it is the load");
}

TEST_CASE("E80: a buffer above the maximum goes with raising it") {
  const std::string own = metrics(kPair) + ", ";
  const std::string text =
      ".max_capacity_buffer: must be there with IncreaseMaxCapacity, and only then";
  CHECK(told(policy(own + "max_capacity_buffer: 10")) == text);
  CHECK(told(policy(own + "max_capacity_breach_behavior: IncreaseMaxCapacity")) == text);
  CHECK(told(policy(own + "max_capacity_breach_behavior: IncreaseMaxCapacity, "
                          "max_capacity_buffer: 0"))
            .empty());
}

TEST_CASE("E81: one predictive policy of a group may scale") {
  const std::string scales = metrics(kPair) + ", mode: ForecastAndScale";
  CHECK(told(policy(scales, "p") + ", " + policy(metrics(kPair), "q")).empty());
  CHECK(told(policy(scales, "p") + ", " + policy(scales, "q")) ==
        "policies[1].predictive_scaling_configuration.mode: another policy has ForecastAndScale "
        "already; one may");
}

TEST_CASE("a history of loads is a list of numbers, at most fourteen days of them") {
  const auto with = [](const std::string& list) {
    return policy(metrics(kPair) + ", assumed: {load_history: [" + list + "]}");
  };
  CHECK(told(with("1, 2.5, 3e3")).empty());
  CHECK(told(with("1, -2")).starts_with(".assumed.load_history[1]: must be "));
  CHECK(told(with("1, many")).starts_with(".assumed.load_history[1]: must be "));
  std::string long_list = "1";
  for (int i = 0; i < 336; ++i) long_list += ", 1";
  CHECK(told(with(long_list)) == ".assumed.load_history: has more than 336 hours");
  const Scenario scenario = Scenario::parse(group(with("1, 2.5, 3000")), "shop.yaml");
  CHECK(scenario.to_yaml().find("load_history: [1, 2.5, 3000]") != std::string::npos);
  CHECK(Scenario::parse(scenario.to_yaml(), "shop.yaml").digest() == scenario.digest());
}

TEST_CASE("no alarm acts on a predictive policy, and it has no fields of others") {
  const std::string alarm =
      "alarms: [{alarm_name: a, statistic: Average, evaluation_periods: 3, threshold: 50, "
      "comparison_operator: GreaterThanThreshold, namespace: AWS/EC2, metric_name: "
      "CPUUtilization, period: 60, alarm_actions: [p]}]";
  const std::string text = mistakes_of(
      "version: 1\nservices: {web: {ec2: {min_size: 1, max_size: 9, instance_type: m7i.large, "
      "policies: [" +
      policy(metrics(kPair)) + "], " + alarm + "}}}\n");
  CHECK(text.find("there is no step or simple policy 'p'") != std::string::npos);
  CHECK(told("{policy_name: p, cooldown: 60, predictive_scaling_configuration: {" + metrics(kPair) +
             "}}") == "policies[0].cooldown: is not for predictive scaling");
}

}  // namespace
}  // namespace skyreplay::scenario
