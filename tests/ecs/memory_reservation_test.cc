#include <doctest/doctest.h>
#include <fmt/format.h>

#include <string>
#include <vector>

#include "support/run_world.h"

namespace skyreplay::ecs {
namespace {

using testing::RowSource;
using testing::RunResult;
using namespace std::chrono_literals;

/// One instance of 2,048 CPU units and 8,192 MiB, and tasks of 256 and 4,096 that use 1 GiB and as
/// much for each request inside.
std::string scenario(std::uint32_t tasks, const std::string& task,
                     const std::string& service = "") {
  return fmt::format(
      "version: 1\ndrain: 0s\nclusters:\n  hosts: {{auto_scaling_group: {{min_size: 1, max_size: "
      "1, "
      "instance_type: m7i.large, availability_zones: [us-east-1a]}}, assumed: {{registered_memory: "
      "8192}}}}\nservices:\n  web:\n    ecs: {{cluster: hosts, desired_count: {}, "
      "task_definition: {{cpu: 256, memory: 4096{}}}, {}assumed: {{memory_base: 1GiB, "
      "memory_per_request: 1GiB}}}}\n",
      tasks, task, service);
}

/// So many requests of 10 s each, one a second.
RunResult run(const std::string& text, int requests) {
  std::vector<RowSource::Row> rows;
  for (int i = 0; i < requests; ++i) rows.push_back({.arrival = 1s * i, .wait = 10s});
  RowSource source({{.name = "r"}}, rows, 2min);
  return {text, source};
}

std::vector<std::string> causes(const RunResult& result, const std::string& kind) {
  std::vector<std::string> found;
  for (const replay::Activity& activity : result.activities) {
    if (activity.kind == kind) found.push_back(activity.cause);
  }
  return found;
}

std::uint32_t most_running(const RunResult& result) {
  std::uint32_t most = 0;
  for (const auto& [start, row] : result.timeline) {
    if (row.service == 0) most = std::max(most, row.capacity_running_max);
  }
  return most;
}

TEST_CASE("C5: tasks are placed by what they reserve, not by their hard limit") {
  CHECK(most_running(run(scenario(8, ""), 1)) == 2);
  CHECK(most_running(run(scenario(8, ", memory_reservation: 4096"), 1)) == 2);
  CHECK(most_running(run(scenario(8, ", memory_reservation: 2048"), 1)) == 4);
  CHECK(most_running(run(scenario(8, ", memory_reservation: 1024"), 1)) == 8);
}

TEST_CASE("C5: a deployment may reserve another part of its memory") {
  const RunResult result =
      run(scenario(4, "",
                   "deployment_configuration: {minimum_healthy_percent: 0}, deployments: [{at: "
                   "+10s, memory_reservation: 2048}], "),
          1);
  CHECK(most_running(result) == 4);
}

TEST_CASE("C4: a task lives beyond what it reserves, and dies beyond its memory") {
  // The fourth, at 3 s, would need 5 GiB.
  CHECK(causes(run(scenario(1, ", memory_reservation: 1024"), 3), "terminate").empty());
  const auto killed = causes(run(scenario(1, ", memory_reservation: 1024"), 4), "terminate");
  REQUIRE(killed.size() == 1);
  CHECK(killed[0].find("need 5120.0 MiB of 4096") != std::string::npos);
}

TEST_CASE("C93: MemoryUtilization is of what is reserved, so that it may be above 100 %") {
  // One after another is inside, from the first second on: 2 GiB.
  std::vector<RowSource::Row> rows;
  for (int i = 0; i < 120; ++i) rows.push_back({.arrival = 1s * i, .wait = 1s});
  const std::string alarm =
      "min_capacity: 1, max_capacity: 9, alarms: [{alarm_name: a, namespace: AWS/ECS, metric_name: "
      "MemoryUtilization, statistic: Average, period: 60, evaluation_periods: 1, "
      "comparison_operator: GreaterThanThreshold, threshold: 150, alarm_actions: [s], assumed: "
      "{evaluation_second: 0}}], policies: [{policy_name: s, step_scaling_policy_configuration: "
      "{adjustment_type: ExactCapacity, step_adjustments: [{metric_interval_lower_bound: 0, "
      "scaling_adjustment: 3}]}}], ";
  RowSource source({{.name = "r"}}, rows, 4min);
  const RunResult result(scenario(1, ", memory_reservation: 1024", alarm), source);
  const auto alarms = causes(result, "alarm");
  REQUIRE(!alarms.empty());
  CHECK(alarms[0].find("MemoryUtilization 200 > 150") != std::string::npos);
}

}  // namespace
}  // namespace skyreplay::ecs
