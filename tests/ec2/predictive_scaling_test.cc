#include <doctest/doctest.h>

#include "support/run_world.h"

namespace skyreplay::ec2 {
namespace {

using testing::RowSource;
using testing::RunResult;
using namespace std::chrono_literals;

std::string history(double load, int hours = 24) {
  std::string list;
  for (int i = 0; i < hours; ++i) list += (i == 0 ? "" : ", ") + std::to_string(load);
  return "assumed: {load_history: [" + list + "]}";
}

/// A group of m5.large with one predictive policy of that metric pair, and what `more` says.
std::string group(const std::string& pair, double target, const std::string& config,
                  const std::string& more = "", std::uint32_t desired = 1) {
  return "version: 1\ndrain: 0s\nservices:\n  web:\n    ec2: {min_size: 1, max_size: 9, "
         "desired_capacity: " +
         std::to_string(desired) + ", instance_type: m5.large, " + more +
         "policies: [{policy_name: p, predictive_scaling_configuration: {mode: ForecastAndScale, "
         "metric_specifications: [{target_value: " +
         std::to_string(target) +
         ", predefined_metric_pair_specification: {predefined_metric_type: " + pair + "}}], " +
         config + "}}], assumed: {speed: 1, boot_time: 20s}}\n";
}

/// A request every ten seconds that takes `work`, for as long as `span`.
RunResult run(const std::string& scenario, Duration span, Duration work = 1ms) {
  std::vector<RowSource::Row> rows;
  for (Duration at{}; at < span; at += 10s) rows.push_back({at, work});
  RowSource source({{.name = "r"}}, rows, span);
  return {scenario, source};
}

/// "3300: 1 to 3; ...": when the desired number changed, in seconds.
std::string told(const RunResult& result) {
  std::string text;
  for (const replay::Activity& activity : result.activities) {
    if (activity.kind != "scale_out" && activity.kind != "scale_in") continue;
    text += (text.empty() ? "" : "; ") + std::to_string(activity.time.time_since_epoch() / 1s) +
            ": " + std::to_string(*activity.from) + " to " + std::to_string(*activity.to);
  }
  return text;
}

TEST_CASE("E81: what an instance bears in an hour is the target in each of its periods") {
  // 18,000 requests an hour at 100 a target and minute: three.
  const std::string requests = group("ALBRequestCount", 100, history(18'000 - 500));
  CHECK(told(run(requests, 3400s)) == "3300: 1 to 3");
  // 50 % in twelve points an hour are 600, in sixty 3,000: 1,100 are two, and one.
  CHECK(told(run(group("ASGCPUUtilization", 50, history(1'100)), 3400s)) == "3300: 1 to 2");
  CHECK(told(run(group("ASGCPUUtilization", 50, history(1'100), "monitoring: detailed, "), 3400s))
            .empty());
}

TEST_CASE("E81: with metrics of two kinds it is learned what the load takes of the other") {
  // 18,000 requests an hour have taken 9,000 % of CPU in 60 points an hour, 150 % at a time: three
  // instances at 50.
  std::string scenario = group("X", 50, history(18'000), "monitoring: detailed, ");
  const std::string pair = "predefined_metric_pair_specification: {predefined_metric_type: X}";
  scenario.replace(scenario.find(pair), pair.size(),
                   "predefined_load_metric_specification: {predefined_metric_type: "
                   "ALBTargetGroupRequestCount}, predefined_scaling_metric_specification: "
                   "{predefined_metric_type: ASGAverageCPUUtilization}");
  std::string totals;
  for (int i = 0; i < 24; ++i) totals += i == 0 ? "9000" : ", 9000";
  scenario.insert(scenario.find("load_history"), "scaling_history: [" + totals + "], ");
  CHECK(told(run(scenario, 3400s)) == "3300: 1 to 3");
}

TEST_CASE("E79: the buffer says how long before the hour") {
  const std::string early = "scheduling_buffer_time: 1200, " + history(17'500);
  CHECK(told(run(group("ALBRequestCount", 100, early), 3700s)) == "2400: 1 to 3");
  const std::string at_once = "scheduling_buffer_time: 0, " + history(17'500);
  CHECK(told(run(group("ALBRequestCount", 100, at_once), 3700s)) == "3600: 1 to 3");
}

TEST_CASE("E78: without a history the first forecast is of the run's first day") {
  // 360 requests an hour at 1 a target and minute: six, from the first hour after the forecast on.
  const RunResult result = run(group("ALBRequestCount", 1, ""), 26h);
  CHECK(told(result) == std::to_string(24 * 3600 + 3300) + ": 1 to 6");
  std::string first;
  for (const replay::Activity& activity : result.activities) {
    if (activity.kind == "forecast" && first.empty()) first = activity.cause;
  }
  CHECK(
      first.starts_with("policy p: RequestCount forecast from 24 h: in the hours from "
                        "1970-01-02T00:00:00Z on it takes 6 6 6 "));
}

TEST_CASE("E80: a raised maximum is the group's from then on") {
  const std::string raise =
      "max_capacity_breach_behavior: IncreaseMaxCapacity, max_capacity_buffer: 10, " +
      history(71'500);
  const RunResult result = run(group("ALBRequestCount", 100, raise), 3400s);
  CHECK(told(result) == "3300: 1 to 12");
  // 12 x 1.1 = 13.2; a change may use it.
  const std::string change =
      "changes: [{at: +3350s, field: services.web.ec2.desired_capacity, value: 9}]\n";
  CHECK(told(run(group("ALBRequestCount", 100, raise) + change, 3400s)) ==
        "3300: 1 to 12; 3350: 12 to 9");
  const std::string honors = history(71'500);
  CHECK(told(run(group("ALBRequestCount", 100, honors), 3400s)) == "3300: 1 to 9");
}

TEST_CASE("E54: target tracking takes nothing away below the forecast") {
  // Idle: target tracking would go to one instance after fifteen minutes.
  const std::string tracking =
      "{policy_name: t, target_tracking_configuration: {target_value: 50, "
      "predefined_metric_specification: {predefined_metric_type: ASGAverageCPUUtilization}, "
      "assumed: {low_evaluation_second: 0}}}, ";
  std::string scenario = group("ALBRequestCount", 100, history(17'500),
                               "monitoring: detailed, default_instance_warmup: 0, ");
  scenario.insert(scenario.find("{policy_name: p"), tracking);
  CHECK(told(run(scenario, 6000s)) == "3300: 1 to 3");
}

}  // namespace
}  // namespace skyreplay::ec2
