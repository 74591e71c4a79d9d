#include "ecs/cluster_jobs.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "core/error.h"
#include "support/run_world.h"

namespace skyreplay::ecs {
namespace {

using metrics::Outcome;
using testing::RowSource;
using testing::RunResult;
using namespace std::chrono_literals;

constexpr const char* kManaged = "auto_scaling_group_provider: {managed_scaling: {}}, ";

/// Instances of 2,048 CPU units and 8,000 MiB that register 60 s after their launch; jobs of 1,024
/// and 2,000 whose image takes 10 s to pull and whose container takes 2 s to start. An instance
/// takes two of them.
struct World {
  std::uint32_t instances = 1;
  std::string provider{};  ///< of the cluster
  std::string job{};       ///< what else the jobs say
  std::string task{};
  std::string assumed{};
  std::string services{};  ///< beside the jobs
  std::string top{};
  std::string zones = "[us-east-1a]";

  std::string text() const {
    return fmt::format(
        "version: 1\n{}clusters:\n  hosts: {{{}auto_scaling_group: {{min_size: 0, max_size: 9, "
        "desired_capacity: {}, instance_type: m7i.large, availability_zones: {}, ebs: "
        "{{volume_size: 0}}, assumed: {{boot_time: 60s, pending_time: 10s}}}}, assumed: "
        "{{registered_memory: 8000}}}}\nservices:\n{}  batch:\n    ecs_task: {{cluster: hosts, {}"
        "task_definition: {{cpu: 1024, memory: 2000{}}}, assumed: {{image_size: 10MB, pull_rate: "
        "1MB/s, container_start: 2s, speed: 1, {}}}}}\n",
        top, provider, instances, zones, services, job, task, assumed);
  }
};

RunResult run(const World& world, const std::vector<RowSource::Row>& rows, Duration span = 600s) {
  RowSource source({{.name = "r"}}, rows, span);
  RunResult result(world.text(), source);
  result.without_health();
  return result;
}

double latency(const RunResult& result) {
  return static_cast<double>(result.service(0).latency_max_ns) / 1e9;
}

/// "60 batch placement: ..." and so on, of one kind or all.
std::vector<std::string> told(const RunResult& result, const std::string& kind = "") {
  std::vector<std::string> lines;
  for (const auto& activity : result.activities) {
    if (!kind.empty() && activity.kind != kind) continue;
    const auto at = std::chrono::floor<std::chrono::seconds>(activity.time.time_since_epoch());
    lines.push_back(fmt::format("{} {}: {}", at.count(), activity.service, activity.cause));
  }
  return lines;
}

std::string quantity(const RunResult& result, const std::string& service) {
  for (const auto& row : result.bill) {
    if (row.service == service && row.line_item == "ec2.on_demand.m7i.large") return row.quantity;
  }
  return "none";
}

// The first pulls for 10 s; the second meets its pull at 4 s, and the third finds the image.
TEST_CASE("C28, C113: a job on a cluster starts where there is room, and pulls its image once") {
  const RunResult first = run({}, {{0s, 30s, 5s}});
  CHECK(first.outcome(Outcome::kCompleted) == 1);
  CHECK(latency(first) == 47);  // 10 + 2 + 30 + 5 s
  const RunResult all = run({}, {{0s, 30s}, {4s, 30s}, {100s, 30s}});
  CHECK(all.service(0).parts.init == (12 + 8 + 2) * 1'000'000'000LL);
  CHECK(all.timeline[0].row.capacity_running_max == 2);
  CHECK(told(all).empty());
}

TEST_CASE("C17: a job with an interface of its own waits 5 s for it") {
  const RunResult result = run({.task = ", network_mode: awsvpc"}, {{0s, 30s}});
  CHECK(latency(result) == 47);
}

TEST_CASE("C70: without managed scaling a job that finds no room is refused at once") {
  const RunResult result = run({}, {{0s, 30s}, {1s, 30s}, {2s, 30s}, {3s, 30s}, {100s, 30s}});
  CHECK(result.outcome(Outcome::kCompleted) == 3);
  CHECK(result.outcome(Outcome::kRefused) == 2);
  const auto lines = told(result, "placement");
  REQUIRE(lines.size() == 1);
  CHECK(lines[0] ==
        "2 0: (family batch) RunTask found no container instance that met all of its "
        "requirements: jobs are refused");
}

TEST_CASE("C70: a client may try again what RunTask refused") {
  const RunResult result =
      run({.top = "workload: {client: {max_attempts: 9, backoff: {base: 10s, cap: 10s, jitter: "
                  "none}}}\n"},
          {{0s, 30s}, {1s, 30s}, {2s, 30s}});
  CHECK(result.outcome(Outcome::kCompleted) == 3);
  // At 12, 22, 32 and 42 s, just before the others end, and at 52 s.
  CHECK(result.service(0).parts.retry == 50'000'000'000);
}

// The first ends at 42 s, and the third has its place; the second's, at 48 s, is the fourth's.
TEST_CASE("C117: a queue of jobs keeps in line what finds no room, first come, first served") {
  const RunResult result =
      run({.assumed = "when_full: queue"}, {{0s, 30s}, {8s, 36s}, {9s, 10s}, {10s, 10s}});
  CHECK(result.outcome(Outcome::kCompleted) == 4);
  CHECK(result.service(0).parts.queue == (42 - 9 + 48 - 10) * 1'000'000'000LL);
  CHECK(result.timeline[0].row.queue_depth_max == 2);
  CHECK(told(result, "placement").size() == 1);
}

// Two of three fill the instance, and one waits. At 60 s the metric says 200, which the alarm sees
// at 90 s; the instance registers at 150 s, and pulls the image.
TEST_CASE("C78, C89: jobs that find no room wait in PROVISIONING and ask for instances") {
  const RunResult result = run({.provider = kManaged}, {{0s, 200s}, {1s, 200s}, {2s, 30s}});
  CHECK(result.outcome(Outcome::kCompleted) == 3);
  CHECK(result.service(0).parts.queue == 148'000'000'000);
  CHECK(told(result, "scale_out").at(0).starts_with("90 1: CapacityProviderReservation 200 > 100"));
  CHECK(result.timeline[0].row.capacity_pending_ns == (12 + 11 + 58) * 1'000'000'000LL);
}

TEST_CASE("C89: a task that has waited too long in PROVISIONING is stopped, and has failed") {
  const RunResult result = run({.provider = kManaged, .assumed = "provisioning_timeout: 20s"},
                               {{0s, 200s}, {1s, 200s}, {2s, 30s}});
  CHECK(result.outcome(Outcome::kCompleted) == 2);
  CHECK(result.outcome(Outcome::kError) == 1);
  CHECK(told(result, "terminate").at(0) ==
        "22 0: task 2: STOPPED in PROVISIONING, as there was no room for it");
}

TEST_CASE("C89: the 501st task that would wait in PROVISIONING is refused, or waits in line") {
  const std::vector<RowSource::Row> rows(503, {0s, 1s});  // two of them find room
  const std::string many = "launch_burst: 1000, provisioning_timeout: 20s";
  const RunResult refused = run({.provider = kManaged, .assumed = many}, rows);
  CHECK(refused.outcome(Outcome::kRefused) == 1);
  // Two each 3 s until 20 s, when all the others are given up.
  const RunResult queued =
      run({.provider = kManaged, .assumed = many + ", when_full: queue"}, rows);
  CHECK(queued.outcome(Outcome::kRefused) == 0);
  CHECK(queued.outcome(Outcome::kCompleted) > 2);
}

TEST_CASE("C90: jobs of launch type EC2 do not wait in PROVISIONING, and ask for nothing") {
  const RunResult result =
      run({.provider = kManaged, .job = "launch_type: EC2, "}, {{0s, 200s}, {1s, 200s}, {2s, 30s}});
  CHECK(result.outcome(Outcome::kRefused) == 1);
  CHECK(told(result, "scale_out").empty());
}

// One is terminated at 20 s. Whichever holds the job, or neither, both jobs end; the instance
// that had it is billed until then.
TEST_CASE("C116: an instance that drains waits until its jobs have ended") {
  const RunResult result =
      run({.instances = 2,
           .provider = "auto_scaling_group_provider: {}, ",
           .job = "placement_strategies: [{type: spread, field: instanceId}], ",
           .top = "changes: [{at: +20s, field: clusters.hosts.auto_scaling_group.desired_capacity, "
                  "value: 0}]\n"},
          {{0s, 400s}, {1s, 200s}});
  CHECK(result.outcome(Outcome::kCompleted) == 2);
  // 412 and 213 s of instances, all of it since the start: 625 s.
  std::uint64_t seconds = 0;
  for (const auto& meter : result.summary.meters) {
    if (meter.name == "ec2.on_demand.m7i.large") seconds += std::stoull(meter.quantity);
  }
  CHECK(seconds == 625);
}

TEST_CASE("C87: with termination protection a job's instance is not scaled in") {
  const std::string protects =
      "auto_scaling_group_provider: {managed_scaling: {}, managed_termination_protection: ENABLED, "
      "managed_draining: DISABLED}, ";
  const World world{.provider = protects,
                    .top =
                        "changes: [{at: +20s, field: "
                        "clusters.hosts.auto_scaling_group.desired_capacity, value: 0}]\n"};
  CHECK(run(world, {{0s, 100s}}).outcome(Outcome::kCompleted) == 1);
  World unprotected = world;
  unprotected.provider = "";
  CHECK(run(unprotected, {{0s, 100s}}).outcome(Outcome::kError) == 1);
}

TEST_CASE("C113: jobs whose container instance is gone have failed") {
  const RunResult result = run({.top = "faults: [{at: +20s, kill_instances: {service: hosts}}]\n"},
                               {{0s, 100s}, {1s, 100s}, {200s, 10s}});
  CHECK(result.outcome(Outcome::kError) == 2);
  CHECK(result.outcome(Outcome::kCompleted) == 1);  // on the instance in its place
  CHECK(told(result, "terminate").at(0) == "20 0: task 0: its container instance is gone");
}

// The notice comes at 20 s, the end two minutes later.
TEST_CASE("C113, E39: what EC2 takes back of Spot capacity fails the jobs that are there") {
  const World world{.provider = "auto_scaling_group_provider: {}, ",
                    .top = "faults: [{at: +20s, interrupt_spot: {service: hosts, share: 1}}]\n"};
  std::string text = world.text();
  const std::string type = "instance_type: m7i.large, ";
  text.insert(text.find(type), "instance_market_options: {market_type: spot}, ");
  const auto outcomes = [&](Duration work) {
    RowSource source({{.name = "r"}}, {{0s, work}}, 600s);
    return RunResult(text, source).outcome(Outcome::kError);
  };
  CHECK(outcomes(50s) == 0);
  CHECK(outcomes(300s) == 1);
}

// Who is put on an instance that pulls the image already starts sooner. One each: 9 x 12 s.
TEST_CASE("C61: unless told, jobs are placed at random") {
  std::vector<RowSource::Row> rows;
  for (int i = 0; i < 9; ++i) rows.push_back({.arrival = i * 1s, .work = 30s});
  World world{.instances = 9, .zones = "[us-east-1a, us-east-1b, us-east-1c]"};
  CHECK(run(world, rows).service(0).parts.init < 9 * 12'000'000'000LL);
  world.job = "placement_strategies: [{type: spread, field: instanceId}], ";
  CHECK(run(world, rows).service(0).parts.init == 9 * 12'000'000'000LL);
}

// 10 tasks of one group, 9 instances.
TEST_CASE(
    "C66, C68: the tasks of one kind of jobs are a group: distinctInstance keeps them apart") {
  const RunResult result =
      run({.instances = 9, .job = "placement_constraints: [{type: distinctInstance}], "},
          std::vector<RowSource::Row>(10, {0s, 30s}));
  CHECK(result.outcome(Outcome::kCompleted) == 9);
  CHECK(result.outcome(Outcome::kRefused) == 1);
}

// An hour of one instance is 3,600 s. A job weighs 9 x 1,024 + 2,000 = 11,216 of 9 x 2,048 + 8,000
// = 26,432, and holds that for 12 + 600 s: 259.7 s.
TEST_CASE("C121: a job pays for what it reserves from its placement to its end") {
  const RunResult result = run({}, {{100s, 600s}}, 3600s);
  CHECK(quantity(result, "batch") == "0.071944444444444");  // 259 s
  CHECK(quantity(result, "hosts") == "0.928055555555556");  // 3,341 s
}

TEST_CASE("C22, C47: what a job frees is a waiting service's, by their names") {
  const World world{
      .assumed = "when_full: queue",
      .services =
          "  a:\n    ecs: {cluster: hosts, desired_count: 1, task_definition: {cpu: 1024, "
          "memory: 2000}, assumed: {image_size: 0B, container_start: 1s}}\n",
      .top = "start: cold\nroutes: [{match: web, service: a}, {match: \"*\", service: batch}]\n"};
  // From a cold start the service's task comes first at 60 s, and one job beside it.
  const RunResult result = run(world, {{0s, 30s}, {1s, 30s}});
  CHECK(result.outcome(Outcome::kCompleted) == 2);
  CHECK(result.summary.overall.parts.queue == (60 + 102 - 1) * 1'000'000'000LL);
}

}  // namespace
}  // namespace skyreplay::ecs
