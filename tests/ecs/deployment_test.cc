#include <doctest/doctest.h>

#include <algorithm>

#include "ecs/circuit_breaker.h"
#include "ecs/restart_throttle.h"
#include "ecs/service_scheduler.h"
#include "support/run_world.h"

namespace skyreplay::ecs {
namespace {

using metrics::Outcome;
using testing::RowSource;
using testing::RunResult;
using namespace std::chrono_literals;

/// Tasks of one vCPU that run 10 s after their creation, checked every 5 s: healthy within 15 s.
/// `deployment` comes at 100 s.
std::string service(std::uint32_t desired, const std::string& rules, const std::string& deployment,
                    const std::string& more = "", const std::string& assumed = "",
                    const std::string& top = "") {
  return "version: 1\ndrain: 0s\n" + top +
         "services:\n  web:\n    ecs: {desired_count: " + std::to_string(desired) +
         ", task_definition: {cpu: 1024, memory: 2048}, availability_zones: [us-east-1a], "
         "target_group: {health_check_interval_seconds: 5, health_check_timeout_seconds: 2, "
         "healthy_threshold_count: 2, deregistration_delay: 0s}, " +
         more + "deployment_configuration: {" + rules + "}, deployments: [{at: +100s" + deployment +
         "}], assumed: {infrastructure_time: 10s, image_size: 0B, container_start: 0s, " + assumed +
         "}}\n";
}

std::string percent(int least, int most, const std::string& more = "") {
  return "minimum_healthy_percent: " + std::to_string(least) +
         ", maximum_percent: " + std::to_string(most) + more;
}
const std::string kBreaker = ", deployment_circuit_breaker: {enable: true, rollback: true}";

RunResult run(const std::string& scenario, Duration end,
              const std::vector<RowSource::Row>& rows = {{1s, 1s}}) {
  RowSource source({{.name = "r"}}, rows, end);
  return {scenario, source};
}

/// Seconds at which something of a kind happened, within [from, to].
std::vector<std::int64_t> times(const RunResult& result, const std::string& kind,
                                Duration from = 0s, Duration to = 24h) {
  std::vector<std::int64_t> all;
  for (const replay::Activity& activity : result.activities) {
    const Duration at = activity.time.time_since_epoch();
    if (activity.kind == kind && at >= from && at <= to) all.push_back(at / 1s);
  }
  return all;
}

std::vector<std::string> told(const RunResult& result, const std::string& kind) {
  std::vector<std::string> all;
  for (const replay::Activity& activity : result.activities) {
    if (activity.kind == kind) all.push_back(activity.cause);
  }
  return all;
}

TEST_CASE("C37, C39: of four tasks at 50 and 100 percent two are stopped before two are started") {
  const RunResult result = run(service(4, percent(50, 100), ""), 300s);
  CHECK(times(result, "terminate", 100s, 100s).size() == 2);
  CHECK(times(result, "launch", 100s, 100s).size() == 2);
  CHECK(times(result, "launch").size() == 4);
  CHECK(times(result, "terminate").size() == 4);
  REQUIRE(told(result, "deploy").size() == 2);
  CHECK(told(result, "deploy")[0] ==
        "(service web) (deployment 1) has begun: 4 tasks desired, 2 healthy at least, 4 at most");
  CHECK(told(result, "deploy")[1] ==
        "(service web) (deployment 1) deployment completed: has reached a steady state of 4 tasks");
}

TEST_CASE("C37, C39: of four tasks at 100 and 200 percent four are started before one is stopped") {
  const RunResult result = run(service(4, percent(100, 200), ""), 300s);
  CHECK(times(result, "launch", 100s, 100s).size() == 4);
  CHECK(times(result, "terminate", 100s, 109s).empty());
  CHECK(times(result, "terminate", 110s, 115s).size() == 4);
}

TEST_CASE("C37: the minimum is rounded up and the maximum down") {
  // Of three: at least 1.5, so 2, and at most 4.5, so 4. One is started beside the three, one of
  // them stopped, and one more started.
  const RunResult result = run(service(3, percent(50, 150), ""), 109s);
  CHECK(times(result, "launch").size() == 2);
  CHECK(times(result, "terminate").size() == 1);
}

TEST_CASE("C38: a task that stops does not count to the maximum") {
  // The request holds its old task until 200 s; its new one is started nevertheless.
  const std::string scenario = service(1, percent(0, 100), "", "") + "";
  const std::string slow = [&] {
    std::string text = scenario;
    const std::string delay = "deregistration_delay: 0s";
    return text.replace(text.find(delay), delay.size(), "deregistration_delay: 300s");
  }();
  const RunResult result = run(slow, 300s, {{90s, 0s, 50s}});
  CHECK(times(result, "launch") == std::vector<std::int64_t>{100});
  CHECK(result.outcome(Outcome::kCompleted) == 1);
}

TEST_CASE("C39: a deployment that may neither start nor stop a task says so and waits") {
  const RunResult result = run(service(4, percent(100, 100), ""), 300s);
  CHECK(times(result, "launch").empty());
  CHECK(times(result, "terminate").empty());
  REQUIRE(told(result, "deploy").size() == 2);
  CHECK(told(result, "deploy")[1].find("was unable to stop or start tasks during a deployment") !=
        std::string::npos);
}

TEST_CASE("C40: an old task is stopped once a new one's target is healthy, not when it runs") {
  // With an interval of 30 s a new task waits up to that long for its first check.
  const RunResult result = run(service(1, percent(100, 200), ""), 300s);
  const std::vector<std::int64_t> healthy = times(result, "health", 110s);
  REQUIRE(healthy.size() == 1);
  CHECK(times(result, "terminate") == healthy);
}

TEST_CASE("C41: an unhealthy task is replaced, and goes when the other is healthy") {
  // Its one worker is taken for 50 s, and no check gets through: unhealthy after the second.
  const std::string scenario =
      service(2, percent(100, 200), ", cpu: 1024", "", "workers: 1, backlog: 0, ");
  const RunResult result = run(scenario, 99s, {{20s, 0s, 50s}});
  const std::vector<std::int64_t> launches = times(result, "launch");
  const std::vector<std::int64_t> stops = times(result, "terminate");
  REQUIRE(launches.size() == 1);
  REQUIRE(stops.size() == 1);
  CHECK(launches[0] >= 25);
  CHECK(launches[0] <= 30);
  CHECK(stops[0] >= launches[0] + 10);
  CHECK(stops[0] <= launches[0] + 15);
  CHECK(told(result, "terminate")[0] == "task 0 in us-east-1a: Task failed ELB health checks");
}

TEST_CASE("C41: where the maximum has no room an unhealthy task goes first") {
  const std::string scenario = service(2, percent(50, 100), "", "", "workers: 1, backlog: 0, ");
  const RunResult result = run(scenario, 99s, {{20s, 0s, 50s}});
  CHECK(times(result, "launch").size() == 1);
  CHECK(times(result, "launch") == times(result, "terminate"));
}

TEST_CASE("C41: what is lost of the old tasks while a deployment fails is replaced as it was") {
  // Nothing of the deployment ever runs. A kill takes one of the two old tasks.
  const RunResult result =
      run(service(2, percent(100, 200), ", assumed: {start_failures: 1}", "", "",
                  "faults: [{at: +120s, kill_instances: {service: web, count: 1}}]\n"),
          165s);
  CHECK(times(result, "launch", 120s, 120s).empty());  // held up until 170 s (C46)
  const RunResult later =
      run(service(2, percent(100, 200), ", assumed: {start_failures: 1}", "",
                  "first_restart_delay: 0s, ",
                  "faults: [{at: +125s, kill_instances: {service: web, count: 1}}]\n"),
          160s);
  bool runs = false;
  for (const replay::Activity& activity : later.activities) {
    runs |= activity.kind == "health" && activity.time > TimePoint{130s};
  }
  CHECK(runs);
}

TEST_CASE(
    "C35, C42: a slow application fails its checks unless the grace period covers its start") {
  // It answers 60 s after it runs: two checks in a row fail before.
  const std::string slow = ", assumed: {application_start: 60s}";
  const RunResult result = run(service(1, percent(100, 200), slow), 300s);
  CHECK(told(result, "deploy").size() == 1);
  CHECK(times(result, "terminate").size() > 3);
  const RunResult in_grace =
      run(service(1, percent(100, 200), slow, "health_check_grace_period_seconds: 90, "), 300s);
  CHECK(told(in_grace, "deploy").size() == 2);
  CHECK(times(in_grace, "terminate").size() == 1);
}

TEST_CASE("C43: half of the desired tasks may fail, but 3 at least and 200 at most") {
  CircuitBreaker breaker({.enable = true});
  CHECK(breaker.threshold(1) == 3);
  CHECK(breaker.threshold(6) == 3);
  CHECK(breaker.threshold(25) == 13);
  CHECK(breaker.threshold(400) == 200);
  CHECK(breaker.threshold(800) == 200);
}

TEST_CASE("C44: the threshold may be another part, unbounded, or a count") {
  using Threshold = CircuitBreakerConfig::Threshold;
  CHECK(CircuitBreaker({.threshold = Threshold::kBoundedPercent, .value = 10}).threshold(25) == 3);
  CHECK(CircuitBreaker({.threshold = Threshold::kUnboundedPercent, .value = 10}).threshold(4) == 1);
  CHECK(CircuitBreaker({.threshold = Threshold::kUnboundedPercent, .value = 50}).threshold(800) ==
        400);
  CHECK(CircuitBreaker({.threshold = Threshold::kCount, .value = 7}).threshold(800) == 7);
}

TEST_CASE("C44: a healthy task resets the count unless it is told not to") {
  CircuitBreaker breaker({.enable = true});
  breaker.begin(true);
  CHECK_FALSE(breaker.failed(4));
  CHECK_FALSE(breaker.failed(4));
  breaker.healthy();
  CHECK_FALSE(breaker.failed(4));
  CHECK(breaker.failures() == 1);
  CircuitBreaker keeps({.enable = true, .reset_on_healthy_task = false});
  keeps.begin(true);
  CHECK_FALSE(keeps.failed(4));
  CHECK_FALSE(keeps.failed(4));
  keeps.healthy();
  CHECK(keeps.failed(4));
}

TEST_CASE("C43, C45: a deployment whose tasks stay unhealthy fails and is rolled back") {
  std::vector<RowSource::Row> rows;
  for (int i = 0; i < 200; ++i) rows.push_back({1s * i, 0s, 500ms});
  const RunResult result =
      run(service(4, percent(100, 200, kBreaker), ", assumed: {never_healthy: 1}"), 200s, rows);
  const std::vector<std::string> deploys = told(result, "deploy");
  REQUIRE(deploys.size() == 4);
  CHECK(deploys[1] ==
        "(service web) (deployment 1) deployment failed: 3 tasks failed to start or were "
        "unhealthy, of 4 desired");
  CHECK(deploys[2].starts_with("(service web) (deployment 0) is rolled back to: 4 tasks"));
  CHECK(deploys[3].starts_with("(service web) (deployment 0) deployment completed"));
  CHECK(result.outcome(Outcome::kCompleted) == 200);
  CHECK(result.timeline.back().row.capacity_desired_ns == 4 * 20'000'000'000);
}

TEST_CASE("C45: without a rollback a failed deployment launches nothing more") {
  const RunResult result =
      run(service(2, percent(100, 200, ", deployment_circuit_breaker: {enable: true}"),
                  ", assumed: {never_healthy: 1}"),
          1000s);
  CHECK(told(result, "deploy").size() == 2);
  CHECK(times(result, "launch", 150s).empty());
  CHECK(result.outcome(Outcome::kRefused) == 0);
}

TEST_CASE("C46: launches wait 1, 2, 4, 8, 16 and 27 minutes after tasks that never ran") {
  RestartThrottle throttle(1min);
  TimePoint now{};
  std::vector<std::int64_t> minutes;
  for (int i = 0; i < 7; ++i) {
    CHECK(throttle.failed(now));
    CHECK_FALSE(throttle.failed(now));  // of the same attempt
    minutes.push_back((throttle.until() - now) / 1min);
    now = throttle.until();
  }
  CHECK(minutes == std::vector<std::int64_t>{1, 2, 4, 8, 16, 27, 27});
  throttle.reset();
  CHECK_FALSE(throttle.holds(now));
}

TEST_CASE("C46: a version that never starts is tried again and again, ever more rarely") {
  // Each fails 10 s after its launch.
  const RunResult result =
      run(service(1, percent(100, 200), ", assumed: {start_failures: 1}"), 900s);
  CHECK(times(result, "launch") == std::vector<std::int64_t>{100, 170, 300, 550});
  CHECK(told(result, "deploy")[1] ==
        "(service web) is unable to consistently start tasks successfully: launches nothing for "
        "1m");
  CHECK(told(result, "terminate")[0] == "task 1 in us-east-1a: Essential container in task exited");
}

// 80 at once, and one each 120 ms from then on: at 0.12 to 2.4 s.
TEST_CASE("C48, C50: of many tasks a service launches a burst, and then 500 a minute") {
  const std::string cold =
      "version: 1\nstart: cold\nservices:\n  web:\n    ecs: {desired_count: 100, task_definition: "
      "{cpu: 256, memory: 512}}\n";
  const RunResult result = run(cold, 60s);
  const std::vector<std::int64_t> launched = times(result, "launch");
  REQUIRE(launched.size() == 100);
  CHECK(std::count(launched.begin(), launched.end(), 0) == 88);
  CHECK(std::count(launched.begin(), launched.end(), 1) == 8);
  CHECK(std::count(launched.begin(), launched.end(), 2) == 4);
}

TEST_CASE("C59: policies take nothing away while a deployment is in progress") {
  const std::string scaled =
      "min_capacity: 1, max_capacity: 9, policies: [{policy_name: s, "
      "step_scaling_policy_configuration: {adjustment_type: ChangeInCapacity, step_adjustments: "
      "[{metric_interval_upper_bound: 0, scaling_adjustment: -1}]}}], alarms: [{alarm_name: a, "
      "namespace: AWS/ECS, metric_name: CPUUtilization, statistic: Average, period: 60, "
      "evaluation_periods: 1, comparison_operator: LessThanThreshold, threshold: 50, "
      "alarm_actions: [s], assumed: {evaluation_second: 0}}], ";
  // It is idle; the first datapoint can be seen at 180 s.
  CHECK(times(run(service(4, percent(100, 200), "", scaled), 400s), "scale_in").size() == 1);
  CHECK(times(run(service(4, percent(100, 100), "", scaled), 400s), "scale_in").empty());
}

TEST_CASE("C52: tasks are evened out one by one, each launched before another is stopped") {
  // Of four tasks two are lost with their zone at 50 s, and replaced in the other. It is back at
  // 110 s: one is launched there, and when it is healthy one of the four goes; and so once more.
  const auto evened = [](const std::string& more) {
    return run(
        "version: 1\ndrain: 0s\nservices:\n  web:\n    ecs: {desired_count: 4, task_definition: "
        "{cpu: "
        "1024, memory: 2048}, availability_zones: [us-east-1a, us-east-1b], " +
            more +
            "target_group: {health_check_interval_seconds: 5, health_check_timeout_seconds: 2}, "
            "assumed: {infrastructure_time: 10s, image_size: 0B, container_start: 0s}}\n"
            "faults: [{at: +50s, for: 60s, zone_loss: {zone: us-east-1b}}]\n",
        300s);
  };
  const RunResult result = evened("");
  const std::vector<std::string> launches = told(result, "launch");
  REQUIRE(launches.size() == 4);
  CHECK(launches[2].starts_with("task 6 in us-east-1b: "));
  CHECK(launches[3].starts_with("task 7 in us-east-1b: "));
  const std::vector<std::int64_t> launched = times(result, "launch", 100s);
  const std::vector<std::int64_t> stopped = times(result, "terminate", 100s);
  CHECK(launched[0] == 110);
  REQUIRE(stopped.size() == 2);
  CHECK(stopped[0] >= 120);
  CHECK(stopped[0] <= 125);
  CHECK(launched[1] == stopped[0]);
  CHECK(told(result, "terminate").back() ==
        "task 2 in us-east-1a: stopped to balance Availability Zones");
  CHECK(told(evened("availability_zone_rebalancing: DISABLED, "), "launch").size() == 2);
  CHECK(told(evened("deployment_configuration: {maximum_percent: 100}, "), "launch").size() == 2);
}

TEST_CASE("C119: tasks of another size are billed by that size") {
  // One vCPU until 110 s and a little, which is when the other is healthy; two from the pull on.
  const RunResult result = run(service(1, percent(0, 100), ", cpu: 2048, memory: 4096"), 280s);
  // 100 s of one vCPU, 170 s of two: 440 vCPU-s, and twice as many GB-s.
  CHECK(result.quantity("fargate.linux_x86_vcpu") == "0.122222222222222");
  CHECK(result.quantity("fargate.linux_x86_memory") == "0.244444444444444");
}

TEST_CASE("a slower version takes longer for the same request") {
  const RunResult result = run(service(1, percent(0, 100), ", assumed: {work_factor: 2.5}"), 300s,
                               {{1s, 1s}, {200s, 1s}});
  CHECK(result.service(0).latency_max_ns == 2'500'000'000);
}

}  // namespace
}  // namespace skyreplay::ecs
