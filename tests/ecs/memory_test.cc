#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "support/run_world.h"

namespace skyreplay::ecs {
namespace {

using testing::RowSource;
using testing::RunResult;
using namespace std::chrono_literals;

/// Tasks of two vCPUs and 4 GiB that use 1 GiB, and 1 GiB for each request inside.
std::string service(std::uint32_t desired, const std::string& assumed = "",
                    const std::string& more = "") {
  return "version: 1\nservices:\n  web:\n    ecs: {desired_count: " + std::to_string(desired) +
         ", availability_zones: [us-east-1a], task_definition: {cpu: 2048, memory: 4096}, " + more +
         "assumed: {infrastructure_time: 10s, image_size: 0B, container_start: 0s, memory_base: "
         "1GiB, memory_per_request: 1GiB" +
         assumed + "}}\n";
}

/// So many requests of 10 s each, one every `pause`.
RunResult run(const std::string& scenario, int requests, Duration pause = 1s) {
  std::vector<RowSource::Row> rows;
  for (int i = 0; i < requests; ++i) rows.push_back({.arrival = pause * i, .wait = 10s});
  RowSource source({{.name = "r"}}, rows, 4min);
  return {scenario, source};
}

TEST_CASE("C4: a task that is as full as it may be lives") {
  // Three are inside at most, and 4 GiB is what there is.
  const RunResult result = run(service(1, ", workers: 3"), 10);
  CHECK(result.told("terminate").empty());
  CHECK(result.summary.overall.counters.completions() == 10);
}

TEST_CASE("C2, C4: a task that lets in one more than it has memory for is gone with all it has") {
  // The fourth, at 3 s, would need 5 GiB.
  const RunResult result = run(service(1), 4);
  REQUIRE(result.told("terminate").size() == 1);
  CHECK(result.told("terminate")[0] ==
        "3: task 0 in us-east-1a: OutOfMemoryError: 4 requests inside need 5120.0 MiB of 4096");
  CHECK(result.summary.overall.counters.completions() == 0);
  CHECK(result.summary.overall.counters
            .outcomes[static_cast<std::size_t>(metrics::Outcome::kError)] == 4);
  // ECS starts another at once, which runs 10 s later.
  REQUIRE(result.told("launch").size() == 1);
  CHECK(result.told("launch")[0].substr(0, 9) == "3: task 1");
}

TEST_CASE("C4: requests in the backlog take no memory, nor does what has left") {
  CHECK(run(service(1, ", workers: 3"), 20).told("terminate").empty());
  CHECK(run(service(1, ", workers: 4"), 20).told("terminate").size() == 1);
}

TEST_CASE("C4: a deployment that takes more memory for a request dies of what the old one bore") {
  const std::string deployment =
      "deployments: [{at: +30s, assumed: {memory_per_request: 1100MiB}}], ";
  // One every four seconds: three are inside at most.
  CHECK(run(service(1), 55, 4s).told("terminate").empty());
  const RunResult dies = run(service(1, "", deployment), 55, 4s);
  bool found = false;
  for (const std::string& cause : dies.told("terminate")) {
    found = found || cause.find("need 4324.0 MiB of 4096") != std::string::npos;
  }
  CHECK(found);
}

TEST_CASE("C93: MemoryUtilization is memory in use over time, of what the tasks have") {
  // From 0 to 60 s one request after another is inside: 2 of 4 GiB. Alarms see 50 %, not above.
  std::vector<RowSource::Row> rows;
  for (int i = 0; i < 120; ++i) rows.push_back({.arrival = 1s * i, .wait = 1s});
  const auto alarm = [](const char* threshold) {
    return std::string(
               "min_capacity: 1, max_capacity: 9, alarms: [{alarm_name: a, namespace: "
               "AWS/ECS, metric_name: MemoryUtilization, statistic: Average, period: 60, "
               "evaluation_periods: 1, comparison_operator: GreaterThanThreshold, "
               "threshold: ") +
           threshold +
           ", alarm_actions: [s], assumed: {evaluation_second: 0}}], policies: [{policy_name: s, "
           "step_scaling_policy_configuration: {adjustment_type: ExactCapacity, step_adjustments: "
           "[{metric_interval_lower_bound: 0, scaling_adjustment: 3}]}}], ";
  };
  const auto alarms = [&](const char* threshold) {
    RowSource source({{.name = "r"}}, rows, 4min);
    const RunResult result(service(1, "", alarm(threshold)), source);
    return result.told("alarm");
  };
  CHECK(alarms("50.1").size() == 0);
  REQUIRE(alarms("49.9").size() >= 1);
  CHECK(alarms("49.9")[0].find("MemoryUtilization 50 > 49.9") != std::string::npos);
}

}  // namespace
}  // namespace skyreplay::ecs
