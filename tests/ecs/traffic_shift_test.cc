#include "ecs/traffic_shift.h"

#include <doctest/doctest.h>

#include "support/run_world.h"

namespace skyreplay::ecs {
namespace {

using testing::RowSource;
using testing::RunResult;
using namespace std::chrono_literals;

/// Tasks of one vCPU that run 10 s after their creation, checked every 5 s: healthy within 15 s. A
/// version that takes four times the work comes at 100 s.
RunResult run(std::uint32_t desired, const std::string& rules, Duration end,
              const std::vector<RowSource::Row>& rows = {{1s, 1s}},
              const std::string& assumed = "work_factor: 4", const std::string& more = "") {
  RowSource source({{.name = "r"}}, rows, end);
  return {"version: 1\ndrain: 0s\nservices:\n  web:\n    ecs: {desired_count: " +
              std::to_string(desired) +
              ", task_definition: {cpu: 1024, memory: 2048}, availability_zones: [us-east-1a], "
              "target_group: {health_check_interval_seconds: 5, health_check_timeout_seconds: 2, "
              "healthy_threshold_count: 2, deregistration_delay: 0s}, deployment_configuration: {" +
              rules + "}, deployments: [{at: +100s, assumed: {" + assumed + "}}" + more +
              "], assumed: {infrastructure_time: 10s, image_size: 0B, container_start: 0s}}\n",
          source};
}

/// When something of a kind happened, from 100 s on.
std::vector<TimePoint> times(const RunResult& result, const std::string& kind) {
  std::vector<TimePoint> all;
  for (const replay::Activity& activity : result.activities) {
    if (activity.kind == kind && activity.time >= TimePoint{100s}) all.push_back(activity.time);
  }
  return all;
}

std::vector<std::string> told(const RunResult& result) {
  std::vector<std::string> all;
  for (const replay::Activity& activity : result.activities) {
    if (activity.kind == "deploy") all.push_back(activity.cause);
  }
  return all;
}

/// What a run has of it in the minute that begins then.
template <typename Field>
auto in_minute(const RunResult& result, Duration minute, Field metrics::WindowRow::* field) {
  for (const auto& [start, row] : result.timeline) {
    if (start.time_since_epoch() == minute) return row.*field;
  }
  return Field{};
}

TEST_CASE("C58: blue/green shifts all traffic once all are healthy, and bakes before old ones go") {
  const RunResult result =
      run(2, "strategy: BLUE_GREEN, bake_time_in_minutes: 2", 400s, {{105s, 1s}, {200s, 1s}});
  const std::vector<TimePoint> deploys = times(result, "deploy");
  REQUIRE(deploys.size() == 3);
  CHECK(told(result)[1] == "(service web) (deployment 1) has 100 % of the traffic");
  CHECK(deploys[1] > TimePoint{110s});
  CHECK(deploys[1] <= TimePoint{115s});
  const std::vector<TimePoint> stopped = times(result, "terminate");
  REQUIRE(stopped.size() == 2);
  CHECK(stopped[0] == deploys[1] + 2min);
  CHECK(stopped[1] == deploys[1] + 2min);
  CHECK(deploys[2] == deploys[1] + 2min);
  CHECK(result.service(0).latency_max_ns == 4'000'000'000);
  CHECK(in_minute(result, 120s, &metrics::WindowRow::capacity_running_ns) == 4 * 60'000'000'000);
}

TEST_CASE("C58: linear deployments shift as much again and again, and canaries the rest") {
  const RunResult linear = run(1,
                               "strategy: LINEAR, linear_configuration: {step_percent: 40, "
                               "step_bake_time_in_minutes: 1}",
                               400s);
  REQUIRE(told(linear).size() == 5);
  CHECK(told(linear)[1].ends_with("has 40 % of the traffic"));
  CHECK(told(linear)[2].ends_with("has 80 % of the traffic"));
  CHECK(told(linear)[3].ends_with("has 100 % of the traffic"));
  const std::vector<TimePoint> steps = times(linear, "deploy");
  CHECK(steps[2] == steps[1] + 1min);
  CHECK(steps[3] == steps[1] + 2min);
  CHECK(times(linear, "terminate") == std::vector<TimePoint>{steps[3]});

  const RunResult canary = run(1,
                               "strategy: CANARY, canary_configuration: {canary_percent: 2.5, "
                               "canary_bake_time_in_minutes: 3}",
                               400s);
  REQUIRE(told(canary).size() == 4);
  CHECK(told(canary)[1].ends_with("has 2.5 % of the traffic"));
  CHECK(times(canary, "deploy")[2] == times(canary, "deploy")[1] + 3min);
}

// 1,000 requests of 1 ms in the minute from 180 s on, of which a tenth need 4 ms: 1 + 0.3 s, and
// less than four times the square root of 1,000 x 0.1 x 0.9, times 3 ms, more or less.
TEST_CASE("C58: a canary gets its part of the requests") {
  std::vector<RowSource::Row> rows;
  for (int i = 0; i < 1'000; ++i) rows.push_back({180s + i * 60ms, 1ms});
  const RunResult result =
      run(1, "strategy: CANARY, canary_configuration: {canary_percent: 10}", 400s, rows);
  const auto busy = in_minute(result, 180s, &metrics::WindowRow::cpu_busy_ns);
  CHECK(static_cast<double>(busy) == doctest::Approx(1.3e9).epsilon(0.114 / 1.3));
}

TEST_CASE("C45, C58: a deployment that fails gives its traffic back") {
  const std::string breaker = "deployment_circuit_breaker: {enable: true, rollback: true}, ";
  // Its second task fails checks from 110 s on, and none is shifted to it; the requests are
  // answered by the first version.
  const RunResult never = run(1, breaker + "strategy: BLUE_GREEN, bake_time_in_minutes: 10", 600s,
                              {{500s, 1s}}, "never_healthy: 1, work_factor: 4");
  for (const std::string& what : told(never)) CHECK(what.find("traffic") == std::string::npos);
  CHECK(told(never).back().find("deployment 0") != std::string::npos);
  CHECK(never.service(0).latency_max_ns == 1'000'000'000);
}

TEST_CASE("C58: a deployment that is overtaken while it bakes gives its traffic back") {
  const RunResult result = run(1, "strategy: BLUE_GREEN, bake_time_in_minutes: 10", 250s,
                               {{205s, 1s}}, "work_factor: 4", ", {at: +200s}");
  // At 205 s only the first version has traffic, and the tasks of the second are gone.
  CHECK(result.service(0).latency_max_ns == 1'000'000'000);
  CHECK(times(result, "terminate") == std::vector<TimePoint>{TimePoint{200s}});
}

}  // namespace
}  // namespace skyreplay::ecs
