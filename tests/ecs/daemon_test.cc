// Daemons on the instances of a cluster: first to come, last to go, and no reason for an instance.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include "support/run_world.h"

namespace skyreplay::ecs {
namespace {

using testing::RowSource;
using testing::RunResult;
using namespace std::chrono_literals;

/// Instances of 2,048 CPU units and 8,000 MiB that register 60 s after their launch. Tasks of web
/// have 1,024 and 2,000, those of the daemon, which nothing reaches, 256 and 500; either starts in
/// 2 s once its image is there, which takes no time.
struct World {
  std::uint32_t instances = 2;
  std::uint32_t tasks = 2;
  std::string agent{};     ///< what else the daemon says
  std::string provider{};  ///< of the cluster
  std::string changes{};
  std::uint32_t cpu = 1024;  ///< of a task of web
  std::string top{};

  std::string text() const {
    return fmt::format(
        "version: 1\ndrain: 0s\n{}changes: [{}]\nroutes: [{{match: \"*\", service: web}}]\n"
        "clusters:\n  hosts: {{{}auto_scaling_group: {{min_size: 0, max_size: 9, "
        "desired_capacity: {}, instance_type: m7i.large, availability_zones: [us-east-1a, "
        "us-east-1b], ebs: {{volume_size: 0}}, assumed: {{boot_time: 60s, pending_time: 10s}}}}, "
        "assumed: {{registered_memory: 8000}}}}\nservices:\n  agent:\n    ecs: {{cluster: hosts, "
        "scheduling_strategy: DAEMON, {}task_definition: {{cpu: 256, memory: 500}}, assumed: "
        "{{image_size: 0B, container_start: 2s}}}}\n  web:\n    ecs: {{cluster: hosts, "
        "desired_count: {}, task_definition: {{cpu: {}, memory: 2000}}, "
        "availability_zone_rebalancing: DISABLED, target_group: {{health_check_interval_seconds: "
        "10, deregistration_delay: 0s}}, assumed: {{image_size: 0B, container_start: 2s}}}}\n",
        top, changes, provider, instances, agent, tasks, cpu);
  }
};

constexpr std::uint32_t kAgent = 0, kWeb = 1, kHosts = 2;

std::string hosts_change(int at, std::uint32_t to) {
  return fmt::format(
      "{{at: +{}s, field: clusters.hosts.auto_scaling_group.desired_capacity, value: {}}},", at,
      to);
}

std::string web_change(int at, std::uint32_t to) {
  return fmt::format("{{at: +{}s, field: services.web.ecs.desired_count, value: {}}},", at, to);
}

RunResult run(const World& world, Duration span = 600s) {
  RowSource source({{.name = "GET /"}}, {{.arrival = 0s, .work = 1ms}}, span);
  RunResult result(world.text(), source);
  result.without_health();
  return result;
}

/// "100 launch: task 2 in ..." of a service, of one kind or all.
std::vector<std::string> told(const RunResult& result, std::uint32_t service,
                              const std::string& kind = "") {
  std::vector<std::string> lines;
  for (const auto& activity : result.activities) {
    if (activity.service != service || (!kind.empty() && activity.kind != kind)) continue;
    const auto at = std::chrono::floor<std::chrono::seconds>(activity.time.time_since_epoch());
    lines.push_back(fmt::format("{} {}: {}", at.count(), activity.kind, activity.cause));
  }
  return lines;
}

/// When it happened, in seconds.
std::vector<std::int64_t> times(const RunResult& result, std::uint32_t service,
                                const std::string& kind) {
  std::vector<std::int64_t> all;
  for (const std::string& line : told(result, service, kind)) all.push_back(std::stoll(line));
  return all;
}

/// On the average of the minute that begins then.
double average(const RunResult& result, Duration minute, std::uint32_t service,
               std::uint64_t metrics::WindowRow::* field) {
  for (const auto& [start, row] : result.timeline) {
    if (start.time_since_epoch() == minute && row.service == service) {
      return static_cast<double>(row.*field) / 60e9;
    }
  }
  return -1;
}
double running(const RunResult& result, Duration minute, std::uint32_t service) {
  return average(result, minute, service, &metrics::WindowRow::capacity_running_ns);
}

// Beside the daemon's 256 units an instance has room for one task of 1,024.
TEST_CASE("C36: a daemon has a task on each instance, and its room is taken first") {
  const RunResult result = run({.tasks = 4});
  CHECK(running(result, 60s, kAgent) == 2);
  CHECK(average(result, 60s, kAgent, &metrics::WindowRow::capacity_desired_ns) == 2);
  CHECK(running(result, 60s, kWeb) == 2);
  REQUIRE(told(result, kWeb).size() == 1);
  CHECK(told(result, kWeb)[0].ends_with("2 of 4 tasks wait"));
}

TEST_CASE("C36: a new instance gets the daemon's task with its first others") {
  const RunResult result = run({.tasks = 4, .changes = hosts_change(30, 3)});
  CHECK(told(result, kAgent, "launch") ==
        std::vector<std::string>{"90 launch: task 2 in us-east-1a: in service after 2s"});
  CHECK(told(result, kWeb, "launch") ==
        std::vector<std::string>{"90 launch: task 2 in us-east-1a: in service after 2s"});
  CHECK(running(result, 120s, kAgent) == 3);
}

// Of an instance's 2,048 units 1,024 are a task's of web. The daemon's new task needs 1,536, and
// waits; the second of web would fit, and leaves it the room. When the first has gone there is some
// for the daemon, and 512 are left.
TEST_CASE("C36: where a daemon's task is missing others leave it room") {
  const RunResult result =
      run({.instances = 1,
           .tasks = 1,
           .agent = "deployments: [{at: +100s, cpu: 1536}], ",
           .changes = web_change(110, 2) + web_change(120, 0) + web_change(130, 1)});
  const auto waits = told(result, kWeb, "placement");
  REQUIRE(waits.size() == 2);
  CHECK(waits[0].starts_with("110 "));
  CHECK(waits[1].starts_with("130 "));
  CHECK(told(result, kAgent, "placement").at(0).starts_with("100 "));
  CHECK(told(result, kAgent, "launch") ==
        std::vector<std::string>{"120 launch: task 1 in us-east-1a: in service after 2s"});
}

TEST_CASE("C36: a task of a daemon that is gone is replaced on its instance") {
  const RunResult result =
      run({.top = "faults: [{at: +100s, kill_instances: {service: agent, count: 2}}]\n"});
  CHECK(times(result, kAgent, "launch") == std::vector<std::int64_t>{100, 100});
  CHECK(running(result, 120s, kAgent) == 2);
}

TEST_CASE("C36, C66: a daemon is only where its constraints hold") {
  const RunResult result = run({.agent = "placement_constraints: [{type: memberOf, expression: "
                                         "\"attribute:ecs.availability-zone == us-east-1b\"}], "});
  CHECK(running(result, 60s, kAgent) == 1);
  CHECK(average(result, 60s, kAgent, &metrics::WindowRow::capacity_desired_ns) == 1);
}

// Tasks of 512 units: the other instance takes the second of web at 100 s, which passes its first
// check within 10 s of 102 s.
TEST_CASE("C88: on an instance that drains a daemon stops last") {
  const RunResult result = run({.provider = "auto_scaling_group_provider: {}, ",
                                .changes = hosts_change(100, 1),
                                .cpu = 512});
  const auto last = told(result, kAgent, "terminate");
  REQUIRE(last.size() == 1);
  CHECK(last[0].ends_with("task 1 in us-east-1b: stopped last, as its container instance drains"));
  const auto web = times(result, kWeb, "terminate");
  REQUIRE(web.size() == 1);
  CHECK(web[0] >= 102);
  CHECK(times(result, kAgent, "terminate") == web);
  CHECK(told(result, kAgent, "launch").empty());
  CHECK(running(result, 300s, kAgent) == 1);
  CHECK(running(result, 300s, kHosts) == 1);
}

TEST_CASE("C88: an instance that drains with a daemon alone is gone at once") {
  const RunResult result = run({.tasks = 1,
                                .provider = "auto_scaling_group_provider: {}, ",
                                .changes = hosts_change(100, 1)});
  CHECK(times(result, kAgent, "terminate") == std::vector<std::int64_t>{100});
  CHECK(running(result, 120s, kHosts) == 1);
}

// One task of web on two instances: 50 of 100, seen at 90 s.
TEST_CASE("C77, C87: an instance with daemons alone is empty, and not protected") {
  const RunResult result =
      run({.tasks = 1,
           .provider = "auto_scaling_group_provider: {managed_termination_protection: ENABLED, "
                       "managed_scaling: {assumed: {low_evaluation_periods: 1}}}, "});
  CHECK(times(result, kHosts, "scale_in") == std::vector<std::int64_t>{90});
  CHECK(running(result, 120s, kHosts) == 1);
  CHECK(running(result, 120s, kWeb) == 1);
}

// Beside a daemon an instance takes one task: three that wait need three instances.
TEST_CASE("C78: what daemons take of a new instance is not counted on") {
  const RunResult result = run({.instances = 1,
                                .tasks = 1,
                                .provider = "auto_scaling_group_provider: {managed_scaling: {}}, ",
                                .changes = web_change(10, 4)});
  REQUIRE(told(result, kHosts, "scale_out").size() == 1);
  CHECK(told(result, kHosts, "scale_out")[0].ends_with("desired 1 → 4"));
}

TEST_CASE("C37: a deployment of a daemon stops all at once, and then starts as many") {
  const RunResult result = run({.instances = 4, .agent = "deployments: [{at: +100s}], "});
  CHECK(times(result, kAgent, "terminate") == std::vector<std::int64_t>(4, 100));
  CHECK(times(result, kAgent, "launch") == std::vector<std::int64_t>(4, 100));
  CHECK(told(result, kAgent).back().starts_with("142 deploy:"));
}

// A task runs 2 s after its launch, and is healthy 40 s later: two by two.
TEST_CASE("C37, C40: a daemon's task that nothing checks is healthy when it has run for 40 s") {
  const RunResult result = run({.instances = 4,
                                .agent = "deployments: [{at: +100s}], deployment_configuration: "
                                         "{minimum_healthy_percent: 50}, "});
  CHECK(times(result, kAgent, "launch") == std::vector<std::int64_t>{100, 100, 142, 142});
  CHECK(told(result, kAgent).back().starts_with("184 deploy:"));
}

// Two tasks that weigh 9 x 256 + 500 = 2,804 each, of two instances of 26,432: of 7,200 s they are
// 7,200 x 5,608 / 52,864 = 763.8.
TEST_CASE("C121: a daemon pays for its room, and has no load balancer where nothing reaches it") {
  const RunResult result = run({.tasks = 1}, 3600s);
  std::vector<std::string> items;
  for (const auto& row : result.bill) {
    if (row.service == "agent") items.push_back(row.line_item + " " + row.quantity);
  }
  CHECK(items == std::vector<std::string>{"ec2.on_demand.m7i.large 0.211944444444444"});
}

TEST_CASE("C36: a daemon that a route reaches serves its requests on every instance") {
  RowSource source({{.name = "GET /"}}, {{.arrival = 0s, .work = 1ms}}, 600s);
  const RunResult result(
      "version: 1\ndrain: 0s\nclusters: {hosts: {auto_scaling_group: {min_size: 0, max_size: 9, "
      "desired_capacity: 3, instance_type: m7i.large}}}\nservices: {proxy: {ecs: {cluster: hosts, "
      "scheduling_strategy: DAEMON, task_definition: {cpu: 256, memory: 500}}}}\n",
      source);
  CHECK(running(result, 60s, 0) == 3);
  CHECK(result.service(0).counters.outcomes[0] == 1);
}

}  // namespace
}  // namespace skyreplay::ecs
