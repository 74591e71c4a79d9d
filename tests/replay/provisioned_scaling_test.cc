// What scales provisioned concurrency: target tracking on its utilization, and the clock.
#include <doctest/doctest.h>

#include "support/run_world.h"

namespace skyreplay::replay {
namespace {

using testing::RowSource;
using testing::RunResult;
using namespace std::chrono_literals;

/// A function whose provisioned concurrency takes 30 s and 10 ms an environment to be ready.
std::string function(std::uint32_t provisioned, const std::string& config,
                     const std::string& more = "") {
  return "version: 1\ndrain: 0s\nservices:\n  fn:\n    lambda: {memory_size: 1769, timeout: 900, "
         "provisioned_concurrency_config: {provisioned_concurrent_executions: " +
         std::to_string(provisioned) + ", min_capacity: 1, max_capacity: 9, " + config +
         "}, assumed: {provisioned_preparation_time: 30s, init_duration: 1s, "
         "platform_init_duration: 0s}}\n" +
         more;
}

const std::string kPredefined =
    "predefined_metric_specification: {predefined_metric_type: "
    "LambdaProvisionedConcurrencyUtilization}";

/// Half is to be in use; both alarms look on the full minute.
std::string tracking(const std::string& more = "", const std::string& metric = kPredefined) {
  return "policies: [{policy_name: p, target_tracking_scaling_policy_configuration: "
         "{target_value: 0.5, " +
         metric + ", " + more + "assumed: {high_evaluation_second: 0, low_evaluation_second: 0}}}]";
}

std::string customized(const std::string& statistic) {
  return "customized_metric_specification: {namespace: AWS/Lambda, metric_name: "
         "ProvisionedConcurrencyUtilization, statistic: " +
         statistic + "}";
}

std::string at(const std::string& time, const std::string& sets) {
  return "{scheduled_action_name: s, schedule: at(1970-01-01T" + time +
         "), scalable_target_action: {" + sets + "}}";
}

/// `busy` requests at a time from the beginning to `until`, each of `every`.
RunResult run(const std::string& scenario, int busy, Duration until, Duration span,
              Duration every = 1s, Duration wait = 1s) {
  std::vector<RowSource::Row> rows;
  for (Duration time{}; time < until; time += every) {
    for (int i = 0; i < busy; ++i) rows.push_back({time, 0s, wait});
  }
  RowSource source({{.name = "r"}}, rows, span);
  return {scenario, source};
}

/// "240: 4 to 6; ...": what happened of a kind.
std::string told(const RunResult& result, const std::string& kind) {
  std::string text;
  for (const Activity& activity : result.activities) {
    if (activity.kind != kind) continue;
    text += (text.empty() ? "" : "; ") + std::to_string(activity.time.time_since_epoch() / 1s);
    if (activity.from) text += ": " + std::to_string(*activity.from);
    if (activity.to) text += " to " + std::to_string(*activity.to);
  }
  return text;
}

std::string cause_of_first(const RunResult& result, const std::string& kind) {
  for (const Activity& activity : result.activities) {
    if (activity.kind == kind) return activity.cause;
  }
  return "none";
}

TEST_CASE("L39, L100: three minutes above the target provision in proportion to what is ready") {
  // Three of four are busy: 4 x 0.75 / 0.5 = 6. The third minute ends at 180 s and is known from
  // 240 s on; six are ready 30.02 s later.
  const RunResult result = run(function(4, tracking()), 3, 290s, 290s);
  CHECK(told(result, "scale_out") == "240: 4 to 6");
  CHECK(told(result, "launch") == "270: 4 to 6");
  CHECK(cause_of_first(result, "scale_out") ==
        "monitor alarm TargetTracking-function:fn-AlarmHigh-p in state ALARM triggered policy p: "
        "ProvisionedConcurrencyUtilization 0.75 > 0.5 for 3 of 3 datapoints; desired 4 → 6");
}

TEST_CASE("L39: what is prepared is not current, so that a minute later the same is no more") {
  // Preparation takes 90 s: at 300 s four are ready still, and 4 x 0.75 / 0.5 is six again.
  std::string slow = function(4, tracking());
  slow.replace(slow.find("preparation_time: 30s"), 21, "preparation_time: 90s");
  CHECK(told(run(slow, 3, 320s, 320s), "scale_out") == "240: 4 to 6");
  // Where six are ready by then, three of six would be half; of the minute to 240 s the metric
  // still says 0.75: 6 x 0.75 / 0.5.
  CHECK(told(run(function(4, tracking()), 3, 320s, 320s), "scale_out") ==
        "240: 4 to 6; 300: 6 to 9");
}

TEST_CASE("L39, C101: in a cooldown additions count from what was ready before it") {
  CHECK(told(run(function(4, tracking("scale_out_cooldown: 120, ")), 3, 320s, 320s), "scale_out") ==
        "240: 4 to 6");
}

TEST_CASE("L39: three minutes below nine tenths of the target take some away") {
  // One of four: 4 x 0.25 / 0.5 = 2.
  CHECK(told(run(function(4, tracking()), 1, 250s, 250s), "scale_in") == "240: 4 to 2");
  CHECK(told(run(function(4, tracking("disable_scale_in: true, ")), 1, 250s, 250s), "scale_in") ==
        "");
  // Two of four are the target itself.
  CHECK(told(run(function(4, tracking()), 2, 250s, 250s), "alarm") == "");
}

TEST_CASE("L39: a function that is idle has no datapoints, and nothing is taken away") {
  const RunResult result = run(function(4, tracking()), 2, 60s, 1800s);
  CHECK(told(result, "scale_in") == "");
  CHECK(cause_of_first(result, "alarm").find("→ INSUFFICIENT_DATA") != std::string::npos);
}

TEST_CASE("L39: by its maximum the utilization sees bursts that the mean of a minute hides") {
  // All four are busy for one second of the minute: 4 / 240 on the mean, all of them at most.
  const RunResult peak =
      run(function(4, tracking("", customized("Maximum"))), 4, 250s, 250s, 60s, 1s);
  CHECK(told(peak, "scale_out") == "240: 4 to 8");
  const RunResult mean =
      run(function(4, tracking("", customized("Average"))), 4, 250s, 250s, 60s, 1s);
  CHECK(told(mean, "scale_in") == "240: 4 to 1");
}

TEST_CASE("L39, C110: scheduled actions set the bounds, and what is provisioned follows") {
  const std::string actions = "scheduled_actions: [" +
                              at("00:02:00", "min_capacity: 5, max_capacity: 8") + ", " +
                              at("00:10:00", "min_capacity: 0, max_capacity: 0") + "]";
  std::string text = function(1, actions);
  text.replace(text.find("scheduled_action_name: s", text.find("00:02:00")), 24,
               "scheduled_action_name: t");
  const RunResult result = run(text, 1, 700s, 700s);
  CHECK(told(result, "scheduled") == "120; 600");
  CHECK(told(result, "scale_out") == "120: 1 to 5");
  CHECK(told(result, "launch") == "150: 1 to 5");
  CHECK(told(result, "scale_in") == "600: 5 to 0");
  CHECK(cause_of_first(result, "scheduled") ==
        "scheduled action name s was triggered: setting min capacity to 5 and max capacity to 8");
  // L93: the first for 600 s; four from 120 s on, 480 s, rounded up to 600 s: 5 x 600 s of 1,769
  // MB.
  CHECK(result.quantity("lambda.provisioned_concurrency_x86") == "5182.6171875");
}

TEST_CASE("L39: a change of something else leaves what policies have provisioned") {
  const RunResult result = run(
      function(4, tracking("scale_out_cooldown: 600, "),
               "changes: [{at: +280s, field: services.fn.lambda.timeout, value: 60}, {at: +281s, "
               "field: services.fn.lambda.provisioned_concurrency_config.max_capacity, value: "
               "5}]\n"),
      3, 330s, 330s);
  CHECK(told(result, "scale_out") == "240: 4 to 6");
  CHECK(told(result, "scale_in") == "281: 6 to 5");
  CHECK(told(result, "launch") == "270: 4 to 6; 311: 0 to 5");  // an update prepares all anew
}

TEST_CASE("L39, L43: what an action provisions is out of the others' reach from then on") {
  std::string text = function(1, "scheduled_actions: [" + at("00:01:00", "min_capacity: 5") + "]");
  text +=
      "  other: {lambda: {timeout: 900, assumed: {init_duration: 0s, platform_init_duration: "
      "0s}}}\n"
      "routes: [{match: r, service: fn}, {match: o, service: other}]\n"
      "account: {lambda: {concurrent_executions: 10, minimum_unreserved_concurrent_executions: "
      "0}}\n";
  std::vector<RowSource::Row> rows;
  for (int i = 0; i < 9; ++i) rows.push_back({10s, 0s, 1s, 1});
  for (int i = 0; i < 9; ++i) rows.push_back({70s, 0s, 1s, 1});
  RowSource source({{.name = "r"}, {.name = "o"}}, rows, 100s);
  const RunResult result(text, source);
  CHECK(result.outcome(metrics::Outcome::kThrottle) == 4);  // 10 - 5 of nine
}

TEST_CASE("E102, L39: the two alarms of a policy are billed, scheduled actions are not") {
  CHECK(run(function(4, tracking()), 1, 60s, 3600s).quantity("cloudwatch.alarm_standard") ==
        "0.002739726027397");
  CHECK(run(function(4, "scheduled_actions: [" + at("00:01:00", "min_capacity: 2") + "]"), 1, 60s,
            3600s)
            .quantity("cloudwatch.alarm_standard") == "none");
}

}  // namespace
}  // namespace skyreplay::replay
