// Services on a cluster whose zones are evened out, and whose deployments shift traffic.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include "support/run_world.h"

namespace skyreplay::ecs {
namespace {

using testing::RowSource;
using testing::RunResult;
using namespace std::chrono_literals;

/// Instances of 2,048 CPU units and 8,000 MiB in two zones that register 60 s after their launch;
/// tasks of 1,024 and 2,000 whose image takes 10 s to pull and whose container takes 2 s to start.
struct World {
  std::uint32_t instances = 2;
  std::uint32_t tasks = 2;
  std::string service{};
  std::string top{};
  std::string provider{};

  std::string text() const {
    return fmt::format(
        "version: 1\ndrain: 0s\n{}clusters:\n  hosts: {{{}auto_scaling_group: {{min_size: 0, "
        "max_size: 9, desired_capacity: {}, instance_type: m7i.large, availability_zones: "
        "[us-east-1a, us-east-1b], ebs: {{volume_size: 0}}, assumed: {{boot_time: 60s, "
        "pending_time: 10s}}}}, assumed: {{registered_memory: 8000}}}}\nservices:\n  web:\n    "
        "ecs: {{cluster: hosts, desired_count: {}, {}task_definition: {{cpu: 1024, memory: 2000}}, "
        "target_group: {{health_check_interval_seconds: 10, deregistration_delay: 0s}}, assumed: "
        "{{image_size: 10MB, pull_rate: 1MB/s, container_start: 2s}}}}\n",
        top, provider, instances, tasks, service);
  }
};

/// The group has so many instances from 30 s on.
std::string grows(std::uint32_t instances, int at = 30) {
  return fmt::format(
      "changes: [{{at: +{}s, field: clusters.hosts.auto_scaling_group.desired_capacity, value: "
      "{}}}]\n",
      at, instances);
}

RunResult run(const World& world, Duration span = 600s) {
  RowSource source({{.name = "GET /"}}, {{.arrival = 0s, .work = 1ms}}, span);
  RunResult result(world.text(), source);
  result.without_health();
  return result;
}

std::vector<std::string> told(const RunResult& result, std::uint32_t service = 0) {
  std::vector<std::string> lines;
  for (const auto& activity : result.activities) {
    if (activity.service == service) lines.push_back(activity.kind + ": " + activity.cause);
  }
  return lines;
}

std::int64_t second_of(const RunResult& result, const std::string& what) {
  for (const auto& activity : result.activities) {
    if (activity.cause.find(what) == std::string::npos) continue;
    return std::chrono::floor<std::chrono::seconds>(activity.time.time_since_epoch()).count();
  }
  return -1;
}

// Both tasks are in the first zone, where the one instance is. Another one registers in the second
// zone at 90 s: a task is there 12 s later, and passes its first check within 10 s.
TEST_CASE("C52, C53: tasks are evened out over zones when an instance comes where there is none") {
  const RunResult result = run({.instances = 1, .top = grows(2)});
  const auto lines = told(result);
  REQUIRE(lines.size() == 2);
  CHECK(lines[0] == "launch: task 2 in us-east-1b: in service after 12s");
  CHECK(lines[1] == "terminate: task 0 in us-east-1a: stopped to balance Availability Zones");
  CHECK(second_of(result, "task 2 in") == 90);
  CHECK(second_of(result, "to balance") >= 102);
  CHECK(second_of(result, "to balance") <= 112);
}

TEST_CASE("C53: zones without an instance stay empty, whatever scales the group") {
  const RunResult result =
      run({.instances = 1, .provider = "auto_scaling_group_provider: {managed_scaling: {}}, "});
  CHECK(result.activities.empty());
}

// Packed, both tasks are on the one instance, and stay there.
TEST_CASE("C53: tasks that are not spread over zones first are not evened out over them") {
  const World packed{.instances = 1,
                     .service = "placement_strategies: [{type: binpack, field: memory}], ",
                     .top = grows(2)};
  CHECK(told(run(packed)).empty());
}

TEST_CASE("C58: a deployment on a cluster that shifts traffic has both sets of tasks there") {
  const World world{.service =
                        "deployments: [{at: +100s}], deployment_configuration: {strategy: "
                        "BLUE_GREEN, bake_time_in_minutes: 2}, "};
  const RunResult result = run(world);
  const auto lines = told(result);
  REQUIRE(lines.size() == 7);
  CHECK(lines[1] == "launch: task 2 in us-east-1a: in service after 12s");
  CHECK(lines[2] == "launch: task 3 in us-east-1b: in service after 12s");
  CHECK(lines[3].ends_with("has 100 % of the traffic"));
  CHECK(lines[4].starts_with("terminate: task"));
  CHECK(lines[5].starts_with("terminate: task"));
  CHECK(lines[6].find("deployment completed") != std::string::npos);
  CHECK(second_of(result, "has 100 %") >= 112);
  CHECK(second_of(result, "has 100 %") <= 122);
  CHECK(second_of(result, "stopped by") == second_of(result, "has 100 %") + 120);
}

// Two instances take four tasks: of three new ones one finds room. The third instance registers at
// 260 s.
TEST_CASE("C58, C70: tasks of a deployment that shifts traffic wait for room on the cluster") {
  const World world{.tasks = 3,
                    .service =
                        "deployments: [{at: +100s}], deployment_configuration: {strategy: CANARY, "
                        "canary_configuration: {canary_bake_time_in_minutes: 1}}, ",
                    .top = grows(3, 200)};
  const RunResult result = run(world);
  CHECK(second_of(result, "2 of 3 tasks wait") == 100);
  CHECK(second_of(result, "has 5 %") >= 272);
  CHECK(second_of(result, "has 5 %") <= 282);
  CHECK(second_of(result, "has 100 %") == second_of(result, "has 5 %") + 60);
  CHECK(told(result).back().find("deployment completed") != std::string::npos);
}

}  // namespace
}  // namespace skyreplay::ecs
