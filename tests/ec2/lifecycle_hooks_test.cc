#include "ec2/lifecycle_hooks.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "ec2/group_run.h"

namespace skyreplay::ec2 {
namespace {

using metrics::Outcome;
using skyreplay::testing::RunResult;
using namespace std::chrono_literals;
using Result = LifecycleHook::Result;

HookWait wait_for(std::vector<LifecycleHook> hooks) {
  static std::vector<LifecycleHook> kept;
  kept = std::move(hooks);
  return LifecycleHooks(kept, 1, "services.web").wait(0);
}

LifecycleHook hook(Duration timeout, Result result, std::optional<Duration> work = std::nullopt) {
  LifecycleHook hook{.name = "h", .heartbeat_timeout = timeout, .default_result = result};
  if (work) hook.completes_after = Distribution{Distribution::Constant{*work}};
  return hook;
}

/// In service 20 s after a launch, running after 15.
std::string group(std::uint32_t instances, const std::string& hooks, const std::string& desired) {
  return testing::group(
      instances, "boot_time: 20s, pending_time: 15s", "",
      "availability_zones: [us-east-1a], lifecycle_hook_specification_list: [" + hooks + "], ",
      "changes: [{at: +100s, field: services.web.ec2.desired_capacity, value: " + desired + "}]\n");
}

std::string hook(const std::string& transition, const std::string& timeout,
                 const std::string& result, const std::string& work = "") {
  return "{lifecycle_hook_name: setup, lifecycle_transition: \"autoscaling:EC2_INSTANCE_" +
         transition + "\", heartbeat_timeout: " + timeout + ", default_result: " + result +
         (work.empty() ? "" : ", assumed: {completes_after: " + work + "}") + "}";
}

/// "100 s launch; ...": what happened, health apart.
std::string told(RunResult result) {
  std::string text;
  for (const workload::Activity& activity : result.without_health().activities) {
    if (activity.from) continue;
    text += (text.empty() ? "" : "; ") + std::to_string(activity.time.time_since_epoch() / 1ms) +
            " ms " + activity.kind + " " + activity.cause;
  }
  return text;
}

TEST_CASE("E9: a hook ends when its work is done, else at its timeout by its default result") {
  CHECK(wait_for({hook(30s, Result::kAbandon, 12s)}).lasts == 12s);
  CHECK(wait_for({hook(30s, Result::kAbandon, 30s)}).abandoned_by == nullptr);  // just in time
  CHECK(wait_for({hook(30s, Result::kAbandon, 31s)}).abandoned_by != nullptr);
  CHECK(wait_for({hook(30s, Result::kAbandon)}).lasts == 30s);
  CHECK(wait_for({hook(30s, Result::kContinue)}).abandoned_by == nullptr);
  CHECK(wait_for({hook(30s, Result::kContinue, 31s)}).lasts == 30s);
}

TEST_CASE("E9: heartbeats put the timeout off, to 100 times its length and 48 h at most") {
  const auto wait = [](Duration timeout, Duration interval, Duration work) {
    LifecycleHook beating = hook(timeout, Result::kAbandon, work);
    beating.heartbeat_interval = interval;
    return wait_for({beating});
  };
  CHECK(wait(30s, 30s, 40min).lasts == 40min);
  CHECK(wait(30s, 31s, 40min).lasts == 30s);  // too late
  CHECK(wait(30s, 10s, 51min).lasts == 50min);
  CHECK(wait(30s, 10s, 51min).abandoned_by != nullptr);
  CHECK(wait(2h, 1h, 49h).lasts == 48h);
}

TEST_CASE("E9: hooks run side by side: the last one ends the wait, or the first ABANDON") {
  CHECK(wait_for({hook(60s, Result::kAbandon, 20s), hook(60s, Result::kAbandon, 40s)}).lasts ==
        40s);
  const HookWait wait = wait_for(
      {hook(300s, Result::kContinue), hook(60s, Result::kAbandon), hook(30s, Result::kAbandon)});
  CHECK(wait.lasts == 30s);
  CHECK(wait.abandoned_by != nullptr);
}

TEST_CASE("E6, E7: an instance waits for launching hooks from running on, while it boots") {
  const auto launched = [](const std::string& work) {
    return told(testing::run(group(0, hook("LAUNCHING", "300", "ABANDON", work), "1"), {}, 300s));
  };
  // 15 s until it runs, then 60 s of work; 3 s are over before it has booted.
  CHECK(launched("60s") == "100000 ms launch instance 0 in us-east-1a: in service after 1m15s");
  CHECK(launched("3s") == "100000 ms launch instance 0 in us-east-1a: in service after 20s");
}

TEST_CASE("E6: Pending:Wait is pending, and billed") {
  const RunResult result =
      testing::run(group(0, hook("LAUNCHING", "300", "ABANDON", "60s"), "1"), {}, 200s);
  // Pending from 100 s to 175 s, billed from 115 s to 200 s.
  std::int64_t pending_ns = 0;
  for (const auto& row : result.timeline) pending_ns += row.row.capacity_pending_ns;
  CHECK(pending_ns == 75'000'000'000);
  CHECK(result.quantity("ec2.on_demand.m5.large") == "0.023611111111111");  // 85 s of an hour
}

TEST_CASE("E9: a launch that is abandoned is terminated, billed, and made again") {
  const RunResult result =
      testing::run(group(0, hook("LAUNCHING", "40", "ABANDON"), "1"), {}, 200s);
  CHECK(told(result) ==
        "100000 ms launch instance 0 in us-east-1a: abandoned after 55s; "
        "155000 ms terminate instance 0 in us-east-1a: lifecycle hook setup timed out after 40s: "
        "ABANDON; 155000 ms launch instance 1 in us-east-1a: abandoned after 55s");
  // 60 s, the least for 40 s, and 30 s of the second, for which 60 are due.
  CHECK(result.quantity("ec2.on_demand.m5.large") == "0.033333333333333");
}

TEST_CASE("E9: by CONTINUE an instance is in service when the heartbeat has timed out") {
  CHECK(told(testing::run(group(0, hook("LAUNCHING", "40", "CONTINUE"), "1"), {}, 200s)) ==
        "100000 ms launch instance 0 in us-east-1a: in service after 55s");
}

TEST_CASE("E6, E8: an instance that has drained waits for terminating hooks, and is billed") {
  // Its request is over at 130 s; then 40 s of work.
  const RunResult result =
      testing::run(group(1, hook("TERMINATING", "300", "ABANDON", "40s"), "0"), {{90s, 40s}}, 400s);
  CHECK(result.outcome(Outcome::kCompleted) == 1);
  std::int64_t running_ns = 0;
  for (const auto& row : result.timeline) running_ns += row.row.capacity_running_ns;
  CHECK(running_ns == 130'000'000'000);
  CHECK(result.quantity("ec2.on_demand.m5.large") == "0.047222222222222");  // 170 s of an hour
}

TEST_CASE("E8: what the deregistration delay cuts fails before hooks run") {
  const std::string hooks = hook("TERMINATING", "300", "CONTINUE");
  const std::string scenario = testing::group(
      1, "", "deregistration_delay: 10s",
      "availability_zones: [us-east-1a], lifecycle_hook_specification_list: [" + hooks + "], ",
      "changes: [{at: +100s, field: services.web.ec2.desired_capacity, value: 0}]\n");
  const RunResult result = testing::run(scenario, {{90s, 40s}}, 500s);
  CHECK(result.outcome(Outcome::kError) == 1);
  // Cut at 110 s, it ends at 410 s.
  CHECK(result.quantity("ec2.on_demand.m5.large") == "0.113888888888889");
}

TEST_CASE("E11: an instance that waits for its end is terminating, and no longer measured") {
  const std::string alarm =
      "alarms: [{alarm_name: a, namespace: AWS/AutoScaling, metric_name: "
      "GroupTerminatingInstances, statistic: Average, period: 60, evaluation_periods: 1, "
      "comparison_operator: GreaterThanThreshold, threshold: 0, assumed: {evaluation_second: 0}}, "
      "{alarm_name: b, namespace: AWS/EC2, metric_name: CPUUtilization, statistic: SampleCount, "
      "period: 60, evaluation_periods: 1, comparison_operator: LessThanThreshold, threshold: 2, "
      "assumed: {evaluation_second: 0}}], monitoring: detailed, default_instance_warmup: 0, "
      "availability_zones: [us-east-1a], ";
  const std::string hooks = hook("TERMINATING", "300", "ABANDON", "100s");
  const std::string scenario =
      testing::group(2, "publication_delay: {ec2: 0s, auto_scaling: 0s}", "",
                     alarm + "lifecycle_hook_specification_list: [" + hooks + "], ",
                     "changes: [{at: +70s, field: services.web.ec2.desired_capacity, value: 1}]\n");
  // Taken out at 70 s, idle: it waits until 170 s. The minutes' ends at 120 s and 180 s tell.
  const RunResult result = testing::run(scenario, {}, 300s);
  const std::string text = told(result);
  CHECK(text.find("120000 ms alarm alarm a: OK → ALARM") != std::string::npos);
  CHECK(text.find("120000 ms alarm alarm b: OK → ALARM") != std::string::npos);
  CHECK(text.find("180000 ms alarm alarm a: ALARM → OK") != std::string::npos);
}

TEST_CASE("E31: an instance is launched when the decision's lag is over") {
  const std::string scenario = testing::group(
      0, "boot_time: 20s, pending_time: 15s, decision_lag: 6s", "",
      "availability_zones: [us-east-1a], ",
      "changes: [{at: +100s, field: services.web.ec2.desired_capacity, value: 1}]\n");
  const RunResult result = testing::run(scenario, {}, 200s);
  CHECK(told(result) == "100000 ms launch instance 0 in us-east-1a: in service after 26s");
  CHECK(result.quantity("ec2.on_demand.m5.large") == "0.021944444444444");  // 79 s of an hour
}

}  // namespace
}  // namespace skyreplay::ec2
