#include "ecs/managed_scaling.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "support/run_world.h"

namespace skyreplay::ecs {
namespace {

using testing::RowSource;
using testing::RunResult;
using namespace std::chrono_literals;

/// Instances that take two tasks each, and register 60 s after their launch; tasks that start in
/// 2 s once the image is there, which takes no time. The alarms see each minute 30 s after it.
struct World {
  std::uint32_t instances = 1;
  std::uint32_t tasks = 1;
  std::string scaling{};   ///< of managed_scaling
  std::string provider{};  ///< what else the provider says
  std::string service{};
  std::string changes{};
  std::uint32_t most = 9;

  std::string text() const {
    return fmt::format(
        "version: 1\ndrain: 0s\nchanges: [{}]\nclusters:\n  hosts: {{auto_scaling_group_provider: "
        "{{managed_scaling: {{{}}}, {}}}, auto_scaling_group: {{min_size: 0, max_size: {}, "
        "desired_capacity: {}, instance_type: m7i.large, availability_zones: [us-east-1a], ebs: "
        "{{volume_size: 0}}, assumed: {{boot_time: 60s, pending_time: 10s}}}}, assumed: "
        "{{registered_memory: 8000}}}}\nservices:\n  web:\n    ecs: {{cluster: hosts, "
        "desired_count: {}, {}task_definition: {{cpu: 1024, memory: 2000}}, assumed: {{image_size: "
        "0B, container_start: 2s}}}}\n",
        changes, scaling, provider, most, instances, tasks, service);
  }
};

RunResult run(const World& world, Duration span) {
  RowSource source({{.name = "GET /"}}, {{.arrival = 0s, .work = 1ms}}, span);
  return {world.text(), source};
}

/// "90: desired 1 → 3" and so on, of the group.
std::vector<std::string> scaled(const RunResult& result) {
  std::vector<std::string> lines;
  for (const auto& activity : result.activities) {
    const bool is_scaling = activity.kind == "scale_out" || activity.kind == "scale_in";
    if (!is_scaling || activity.service != 1 || !activity.from) continue;
    const auto at = std::chrono::floor<std::chrono::seconds>(activity.time.time_since_epoch());
    lines.push_back(fmt::format("{}: {} to {}", at.count(), *activity.from, *activity.to));
  }
  return lines;
}

std::string change(int at, std::uint32_t tasks) {
  return fmt::format("{{at: +{}s, field: services.web.ecs.desired_count, value: {}}},", at, tasks);
}

TEST_CASE("C76: from nothing 200, and at rest the target") {
  CHECK(Reservation{.needed = 3, .running = 0}.percent(80) == 200);
  CHECK(Reservation{.needed = 0, .running = 0}.percent(80) == 80);
  CHECK(Reservation{.needed = 3, .running = 2}.percent(80) == 150);
  // Two at first, whatever is asked for; then what is left needs one more.
  const RunResult result =
      run({.instances = 0, .tasks = 6, .scaling = "instance_warmup_period: 0"}, 300s);
  CHECK(scaled(result) == std::vector<std::string>{"90: 0 to 2", "210: 2 to 3"});
}

TEST_CASE("C75, C77: without waiting tasks those with a task are needed") {
  // One task on two instances: 50 of 100, but not for fifteen minutes.
  CHECK(scaled(run({.instances = 2, .tasks = 1}, 800s)).empty());
}

// Six tasks more, of which one finds room: five fill three instances.
TEST_CASE("C78: tasks that wait ask for the instances that they fill") {
  const RunResult result = run({.changes = change(10, 7)}, 300s);
  REQUIRE(scaled(result) == std::vector<std::string>{"90: 1 to 4"});
  for (const auto& activity : result.activities) {
    if (activity.kind != "scale_out" || activity.service != 1) continue;
    CHECK(activity.cause ==
          "CapacityProviderReservation 400 > 100 for 1 of 1 datapoints (M 4, N 1); desired 1 → 4");
  }
}

TEST_CASE("C79: a scale-out asks for the minimum step at least, and the maximum step at most") {
  CHECK(scaled(run({.scaling = "minimum_scaling_step_size: 3", .changes = change(10, 3)}, 300s)) ==
        std::vector<std::string>{"90: 1 to 4"});
  CHECK(scaled(run({.scaling = "maximum_scaling_step_size: 2", .changes = change(10, 9)}, 300s)) ==
        std::vector<std::string>{"90: 1 to 3"});
}

TEST_CASE("C83: below 100 whole instances are spare") {
  // Two busy of two: 100 > 50, so that ceil(2 x 100 / 50) are there.
  CHECK(scaled(run({.instances = 2, .tasks = 4, .scaling = "target_capacity: 50"}, 300s)) ==
        std::vector<std::string>{"90: 2 to 4"});
}

// The instances register at 150 s; what comes at 200 s waits until 300 s later.
TEST_CASE("C84: no scale-out follows while an instance is warming") {
  const std::string changes = change(10, 3) + change(200, 9);
  CHECK(scaled(run({.changes = changes}, 600s)) ==
        std::vector<std::string>{"90: 1 to 2", "450: 2 to 5"});
  CHECK(scaled(run({.scaling = "instance_warmup_period: 60", .changes = changes}, 600s)) ==
        std::vector<std::string>{"90: 1 to 2", "270: 2 to 5"});
}

// One task of six stays, by itself on an instance. Below the target from minute 2 on: fifteen
// minutes until minute 16.
TEST_CASE("C85: below the target for fifteen minutes, the group shrinks by one a minute") {
  const RunResult result = run({.instances = 3, .tasks = 6, .changes = change(70, 1)}, 1800s);
  CHECK(scaled(result) == std::vector<std::string>{"990: 3 to 2", "1050: 2 to 1"});
}

TEST_CASE("C87: with termination protection only an empty instance goes") {
  const RunResult result = run({.instances = 2,
                                .tasks = 3,
                                .provider = "managed_termination_protection: ENABLED, "
                                            "managed_draining: DISABLED, ",
                                .changes = change(70, 2)},
                               1800s);
  for (const auto& activity : result.activities) {
    if (activity.kind != "terminate" || activity.service != 0) continue;
    CHECK(activity.cause.find("its container instance is gone") == std::string::npos);
  }
}

TEST_CASE("C90: tasks of a launch type ask for nothing") {
  CHECK(scaled(run({.service = "launch_type: EC2, ", .changes = change(10, 7)}, 300s)).empty());
}

TEST_CASE("C90: the group's maximum holds") {
  CHECK(scaled(run({.changes = change(10, 9), .most = 2}, 600s)) ==
        std::vector<std::string>{"90: 1 to 2"});
}

}  // namespace
}  // namespace skyreplay::ecs
