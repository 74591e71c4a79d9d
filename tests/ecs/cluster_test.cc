#include <doctest/doctest.h>
#include <fmt/format.h>

#include "support/run_world.h"

namespace skyreplay::ecs {
namespace {

using testing::RowSource;
using testing::RunResult;
using namespace std::chrono_literals;

/// Instances of 2,048 CPU units and 8,000 MiB that register 60 s after their launch; tasks of 1,024
/// and 2,000 whose image takes 10 s to pull and whose container takes 2 s to start.
struct World {
  std::uint32_t instances = 2;
  std::uint32_t tasks = 4;
  std::string provider{};  ///< of the cluster
  std::string service{};   ///< what else the service says
  std::string task{};
  std::string assumed{};
  std::string top{};
  std::string zones = "[us-east-1a, us-east-1b]";
  std::string start = "warm";

  std::string text() const {
    return fmt::format(
        "version: 1\ndrain: 0s\nstart: {}\n{}clusters:\n  hosts: {{{}auto_scaling_group: "
        "{{min_size: 0, max_size: 9, desired_capacity: {}, instance_type: m7i.large, "
        "availability_zones: {}, ebs: {{volume_size: 0}}, assumed: {{boot_time: 60s, pending_time: "
        "10s}}}}, assumed: {{registered_memory: 8000}}}}\nservices:\n  web:\n    ecs: {{cluster: "
        "hosts, availability_zone_rebalancing: DISABLED, desired_count: {}, {}task_definition: "
        "{{cpu: 1024, memory: 2000{}}}, assumed: "
        "{{image_size: 10MB, pull_rate: 1MB/s, container_start: 2s{}}}}}\n",
        start, top, provider, instances, zones, tasks, service, task, assumed);
  }
};

RunResult run(const World& world, Duration span = 600s) {
  RowSource source({{.name = "GET /"}}, {{.arrival = 0s, .work = 1ms}}, span);
  RunResult result(world.text(), source);
  result.without_health();
  return result;
}

/// "60 launch web task 4 in us-east-1a: in service after 12s" and so on, of one kind or all.
std::vector<std::string> told(const RunResult& result, const std::string& kind = "") {
  std::vector<std::string> lines;
  for (const auto& activity : result.activities) {
    if (!kind.empty() && activity.kind != kind) continue;
    const auto seconds = std::chrono::floor<std::chrono::seconds>(activity.time.time_since_epoch());
    lines.push_back(fmt::format("{} {} {}: {}", seconds.count(),
                                activity.service == 0 ? "web" : "hosts", activity.kind,
                                activity.cause));
  }
  return lines;
}

/// Tasks in service on the average of the minute that begins then.
double running(const RunResult& result, Duration minute, std::uint32_t service = 0) {
  for (const auto& [start, row] : result.timeline) {
    if (start.time_since_epoch() == minute && row.service == service) {
      return static_cast<double>(row.capacity_running_ns) / 60e9;
    }
  }
  return -1;
}

std::string quantity(const RunResult& result, const std::string& service) {
  for (const auto& row : result.bill) {
    if (row.service == service && row.line_item == "ec2.on_demand.m7i.large") return row.quantity;
  }
  return "none";
}

TEST_CASE("C60: a run begins with the tasks of a service on the instances of its cluster") {
  const RunResult result = run({});
  CHECK(told(result).empty());
  CHECK(running(result, 60s) == 4);
  CHECK(running(result, 60s, 1) == 2);
}

TEST_CASE("C70: tasks that nowhere fit wait, and are pending meanwhile") {
  const RunResult result = run({.tasks = 6});
  REQUIRE(told(result).size() == 1);
  CHECK(told(result)[0] ==
        "0 web placement: (service web) was unable to place a task because no container instance "
        "met all of its requirements; 2 of 6 tasks wait");
  CHECK(running(result, 60s) == 4);
  CHECK(result.timeline[0].row.capacity_pending_ns == 2 * 60'000'000'000);
}

// The instance registers 60 s after its launch at 30 s. Both tasks wait for one pull of 10 s, and
// their containers start in 2 s.
TEST_CASE("C28, C47: those who wait start on a new instance, which pulls their image once") {
  const RunResult result =
      run({.tasks = 6,
           .top = "changes: [{at: +30s, field: clusters.hosts.auto_scaling_group.desired_capacity, "
                  "value: 3}]\n"});
  const auto launches = told(result, "launch");
  REQUIRE(launches.size() == 3);
  CHECK(launches[0] == "30 hosts launch: container instance 2 in us-east-1a: in service after 1m");
  CHECK(launches[1] == "90 web launch: task 4 in us-east-1a: in service after 12s");
  CHECK(launches[2] == "90 web launch: task 5 in us-east-1a: in service after 12s");
  CHECK(running(result, 120s) == 6);
}

TEST_CASE("C35: where the image is, a task starts in the time of its container") {
  const RunResult result =
      run({.tasks = 2,
           .top = "changes: [{at: +30s, field: services.web.ecs.desired_count, value: 3}]\n"});
  const auto launches = told(result, "launch");
  REQUIRE(launches.size() == 1);
  CHECK(launches[0] == "30 web launch: task 2 in us-east-1a: in service after 2s");
}

TEST_CASE("C17, C35: an interface of its own takes 5 s to attach, and 10 s with trunking") {
  const World world{
      .tasks = 1,
      .task = ", network_mode: awsvpc",
      .top = "changes: [{at: +30s, field: services.web.ecs.desired_count, value: 2}]\n"};
  CHECK(told(run(world), "launch").at(0) ==
        "30 web launch: task 1 in us-east-1b: in service after 17s");
  World trunk = world;
  trunk.provider = "awsvpc_trunking: true, ";
  CHECK(told(run(trunk), "launch").at(0) ==
        "30 web launch: task 1 in us-east-1b: in service after 22s");
}

// An m7i.large has three interfaces, one of which is its own.
TEST_CASE("C13: where tasks have interfaces of their own, these run out first") {
  const World world{
      .instances = 1, .tasks = 3, .task = ", network_mode: awsvpc", .zones = "[us-east-1a]"};
  World small = world;
  small.service = "";
  CHECK(running(run(small), 60s) == 2);
}

TEST_CASE("C60, E12: tasks are gone with their instance, and replaced where there is room") {
  const RunResult result =
      run({.tasks = 2, .top = "faults: [{at: +100s, kill_instances: {service: hosts}}]\n"});
  const auto lines = told(result);
  REQUIRE(lines.size() == 5);
  CHECK(lines[0] == "100 web terminate: task 0 in us-east-1a: its container instance is gone");
  CHECK(lines[1] == "100 web launch: task 2 in us-east-1b: in service after 2s");
  CHECK(lines[2] == "100 hosts fault: faults: 1 of 2 container instances in service are killed");
  CHECK(lines[3].starts_with("100 hosts terminate: container instance 0 in us-east-1a: taken out"));
  CHECK(lines[4] == "100 hosts launch: container instance 2 in us-east-1a: in service after 1m");
}

TEST_CASE("C60, E20: a zone that is lost takes its instances and all their tasks") {
  const RunResult result =
      run({.top = "faults: [{at: +100s, for: 1h, zone_loss: {zone: us-east-1b}}]\n"});
  CHECK(told(result, "terminate").size() == 3);  // an instance and its two tasks
  // The other instance has no room: they wait for the one launched in its place, until 172 s.
  CHECK(running(result, 120s) == doctest::Approx(2 + 2 * 8 / 60.));
  CHECK(running(result, 180s) == 4);
}

TEST_CASE("C22: what a task reserves is free once it has stopped") {
  const World world{.instances = 1,
                    .tasks = 2,
                    .top =
                        "changes: [{at: +10s, field: services.web.ecs.desired_count, value: 1}, "
                        "{at: +20s, field: services.web.ecs.desired_count, value: 2}]\n",
                    .zones = "[us-east-1a]"};
  RowSource source({{.name = "GET /"}},
                   {{.arrival = 0s, .wait = 50s}, {.arrival = 1s, .wait = 50s}}, 600s);
  RunResult result(world.text(), source);
  result.without_health();
  const auto lines = told(result);
  REQUIRE(lines.size() == 5);
  CHECK(lines[3].starts_with("20 web placement:"));
  // Its request ends at 50 s, or at 51 s.
  CHECK(lines[4].find(" web launch: task 2 in us-east-1a: in service after 2s") == 2);
}

TEST_CASE("C22, C24: a task that stops holds its place until its application has ended") {
  const World world{.instances = 1,
                    .tasks = 2,
                    .assumed = ", stop_time: 20s",
                    .top =
                        "changes: [{at: +10s, field: services.web.ecs.desired_count, value: 1}, "
                        "{at: +15s, field: services.web.ecs.desired_count, value: 2}]\n",
                    .zones = "[us-east-1a]"};
  const auto lines = told(run(world));
  REQUIRE(lines.size() == 5);
  CHECK(lines[3].starts_with("15 web placement:"));
  CHECK(lines[4] == "30 web launch: task 2 in us-east-1a: in service after 2s");
}

// 2 instances for an hour are 7,200 s; a task weighs 9 x 1,024 + 2,000 = 11,216 of an instance's
// 9 x 2,048 + 8,000 = 26,432: 7,200 x 11,216 / 52,864 = 1,527.6 s.
TEST_CASE("C121: a service pays for what it reserves, the cluster for what nobody does") {
  const RunResult result = run({.tasks = 1}, 3600s);
  CHECK(quantity(result, "web") == "0.424166666666667");    // 1,527 s
  CHECK(quantity(result, "hosts") == "1.575833333333333");  // 5,673 s
}

TEST_CASE("C88: an instance that drains is terminated once its tasks have been replaced") {
  const RunResult result = run(
      {.tasks = 2,
       .provider = "auto_scaling_group_provider: {}, ",
       .top = "changes: [{at: +100s, field: clusters.hosts.auto_scaling_group.desired_capacity, "
              "value: 1}]\n"});
  const auto lines = told(result);
  REQUIRE(lines.size() == 4);
  CHECK(lines[0] == "100 web launch: task 2 in us-east-1a: in service after 2s");
  CHECK(lines[2].starts_with("100 hosts terminate: container instance 1"));
  CHECK(lines[3].ends_with(
      "web terminate: task 1 in us-east-1b: stopped as its container instance drains"));
  CHECK(running(result, 300s) == 2);
}

TEST_CASE("C56: where fewer may be healthy, tasks of an instance that drains stop at once") {
  const World world{
      .tasks = 2,
      .provider = "auto_scaling_group_provider: {}, ",
      .service = "deployment_configuration: {minimum_healthy_percent: 50, maximum_percent: 100}, ",
      .top =
          "changes: [{at: +100s, field: clusters.hosts.auto_scaling_group.desired_capacity, "
          "value: 1}]\n"};
  const auto lines = told(run(world));
  REQUIRE(lines.size() == 4);
  CHECK(lines[0] ==
        "100 web terminate: task 1 in us-east-1b: stopped as its container instance drains");
  CHECK(lines[1] == "100 web launch: task 2 in us-east-1a: in service after 2s");
  World full = world;
  full.service = "deployment_configuration: {maximum_percent: 100}, ";
  CHECK(told(run(full), "launch").empty());
  CHECK(running(run(full), 540s) == 2);
}

// Each instance has room for one task of 1,024 beside the one it has, and for none of 2,048.
TEST_CASE("C22, C39: a deployment of larger tasks waits where there is no room for both") {
  const World world{.tasks = 2, .service = "deployments: [{at: +100s, cpu: 2048}], "};
  const auto lines = told(run(world));
  REQUIRE(lines.size() == 2);
  CHECK(lines[1] ==
        "100 web placement: (service web) was unable to place a task because no container instance "
        "met all of its requirements; 2 of 2 tasks wait");
  CHECK(running(run(world), 540s) == 2);
}

// One may be missing: its room is the first new task's, which pulls its own image for 10 s.
TEST_CASE("C22, C28, C39: room for larger tasks is made one by one where a task may be missing") {
  const RunResult result =
      run({.tasks = 2,
           .service = "deployments: [{at: +100s, cpu: 2048}], "
                      "deployment_configuration: {minimum_healthy_percent: 50}, "});
  const auto lines = told(result);
  REQUIRE(lines.size() == 7);
  CHECK(lines[1] == "100 web terminate: task 0 in us-east-1a: stopped by (deployment 1)");
  CHECK(lines[2] == "100 web launch: task 2 in us-east-1a: in service after 12s");
  CHECK(lines[3].ends_with("1 of 2 tasks wait"));
  CHECK(lines[4].ends_with("web terminate: task 1 in us-east-1b: stopped by (deployment 1)"));
  CHECK(lines[5].ends_with("web launch: task 3 in us-east-1b: in service after 12s"));
  CHECK(lines[6].find("deployment completed") != std::string::npos);
  CHECK(running(result, 540s) == 2);
}

// Of 3,600 s the tasks reserve 9 x 1,024 + 2,000 = 11,216 of 26,432 for 100 s, and then 20,432: the
// one instance is billed to the service for 42.43 s, and 3,500 x 0.773 = 2,705.5 s.
TEST_CASE("C22, C121: a larger task pays for more of its instance") {
  const RunResult result = run({.instances = 1,
                                .tasks = 1,
                                .service = "deployments: [{at: +100s, cpu: 2048}], "
                                           "deployment_configuration: {minimum_healthy_percent: 0, "
                                           "maximum_percent: 100}, "},
                               3600s);
  CHECK(quantity(result, "web") == "0.763055555555556");  // 2,747 s
}

// It is unhealthy within this minute, and the next one runs 2 s later.
TEST_CASE("C41: an unhealthy task on a cluster is replaced") {
  const RunResult result =
      run({.tasks = 1, .service = "deployments: [{at: +100s, assumed: {never_healthy: 1}}], "});
  const auto gone = told(result, "terminate");
  REQUIRE_FALSE(gone.empty());
  CHECK(gone[0].find("Task failed ELB health checks") != std::string::npos);
  CHECK(running(result, 120s) == doctest::Approx(1 + 58 / 60.));
}

TEST_CASE("C88: a task that fails checks before it can answer lets the other go all the same") {
  const RunResult result = run(
      {.tasks = 2,
       .provider = "auto_scaling_group_provider: {}, ",
       .service = "health_check_grace_period_seconds: 300, ",
       .assumed = ", application_start: 100s",
       .top = "changes: [{at: +100s, field: clusters.hosts.auto_scaling_group.desired_capacity, "
              "value: 1}]\n"});
  CHECK(running(result, 120s) == 3);  // it runs from 102 s on, and answers from 202 s on
  CHECK(told(result, "terminate").size() == 2);
  CHECK(running(result, 540s) == 2);  // five checks were passed, 30 s apart
}

TEST_CASE("C87: without draining its tasks are gone with it") {
  const RunResult result = run(
      {.tasks = 2,
       .top = "changes: [{at: +100s, field: clusters.hosts.auto_scaling_group.desired_capacity, "
              "value: 1}]\n"});
  CHECK(told(result, "replace").empty());
  CHECK(told(result, "terminate").at(0) ==
        "100 web terminate: task 1 in us-east-1b: its container instance is gone");
}

TEST_CASE("C63, C64: binpack leaves an instance empty where spread leaves none") {
  const RunResult packed =
      run({.tasks = 2,
           .service = "placement_strategies: [{type: binpack, field: memory}], ",
           .top = "faults: [{at: +100s, kill_instances: {service: hosts}}]\n"});
  const auto lines = told(packed, "terminate");
  REQUIRE(lines.size() == 3);  // both tasks were on the first instance
}

TEST_CASE("C66, C67: constraints bind, though there be room elsewhere") {
  const std::string distinct = "placement_constraints: [{type: distinctInstance}], ";
  CHECK(running(run({.tasks = 4, .service = distinct}), 60s) == 2);
  const std::string not_a =
      "placement_constraints: [{type: memberOf, expression: \"attribute:ecs.availability-zone != "
      "us-east-1a\"}], ";
  CHECK(running(run({.tasks = 4, .service = not_a}), 60s) == 2);
}

TEST_CASE("C69: of tasks spread over zones the one goes whose zone and instance have the most") {
  const RunResult result =
      run({.tasks = 3,
           .top = "changes: [{at: +30s, field: services.web.ecs.desired_count, value: 2}]\n"});
  CHECK(told(result, "terminate").at(0) == "30 web terminate: task 0 in us-east-1a");
}

TEST_CASE("C60: from a cold start tasks wait for the first instances") {
  const RunResult result = run({.tasks = 4, .start = "cold"});
  CHECK(told(result, "launch").at(0).starts_with("0 hosts"));
  CHECK(running(result, 120s) == 4);
}

}  // namespace
}  // namespace skyreplay::ecs
