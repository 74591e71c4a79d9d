#include "ecs/fargate_service.h"

#include <doctest/doctest.h>

#include "core/error.h"
#include "support/run_world.h"

namespace skyreplay::ecs {
namespace {

using metrics::Outcome;
using testing::RowSource;
using testing::RunResult;
using namespace std::chrono_literals;

std::string service(const std::string& task, const std::string& assumed = "",
                    const std::string& top = "") {
  return "version: 1\n" + top + "services:\n  web:\n    ecs: {desired_count: 2, " +
         "task_definition: {" + task + "}, assumed: {" + assumed + "}}\n";
}

RunResult run(const std::string& scenario, const std::vector<RowSource::Row>& rows, Duration end) {
  RowSource source({{.name = "r"}}, rows, end);
  return {scenario, source};
}

TEST_CASE("C118, C119: tasks in service are billed by vCPU and memory over the trace's span") {
  const RunResult result = run(service("cpu: 512, memory: 1024"), {{1s, 1s}}, 1800s);
  CHECK(result.quantity("fargate.linux_x86_vcpu") == "0.5");  // 2 x 0.5 x 0.5 h
  CHECK(result.quantity("fargate.linux_x86_memory") == "1");  // 2 x 1 GB x 0.5 h
  CHECK(result.quantity("alb.load_balancer") == "1");
  const RunResult arm =
      run(service("cpu: 512, memory: 1024, runtime_platform: {cpu_architecture: ARM64}"),
          {{1s, 1s}}, 1800s);
  CHECK(arm.quantity("fargate.linux_arm_vcpu") == "0.5");
}

TEST_CASE("E141: a service's load balancer on the internet has a public address in each zone") {
  const std::string internal = service("cpu: 512, memory: 1024");
  CHECK(run(internal, {{1s, 1s}}, 1800s).quantity("vpc.public_ipv4_in_use") == "none");
  std::string facing = internal;
  facing.insert(facing.find("task_definition"), "load_balancer: {scheme: internet-facing}, ");
  CHECK(run(facing, {{1s, 1s}}, 1800s).quantity("vpc.public_ipv4_in_use") == "1.5");  // 3 zones
}

TEST_CASE("C1: a task of a quarter vCPU works at a quarter of the speed") {
  const RunResult result = run(service("cpu: 256, memory: 512"), {{1s, 1s}}, 100s);
  CHECK(result.service(0).latency_max_ns == 4'000'000'000);
}

TEST_CASE("E150: a quarter of a vCPU that is all used is no more than 100 % of any window") {
  // Busy from 1 ns on, for 60 s less 1 ns of the first window: 14,999,999,999.75 vCPU x ns. At the
  // end it is 15,250,000,000, of an available 15,250,000,000.25.
  const RunResult result =
      run("version: 1\ndrain: 0s\nservices:\n  web: {ecs: {desired_count: 1, "
          "task_definition: {cpu: 256, memory: 512}}}\n",
          {{1ns, 100s}}, 61s + 1ns);
  REQUIRE(result.timeline.size() == 2);
  CHECK(result.timeline[0].row.cpu_busy_ns == 14'999'999'999);
  CHECK(result.timeline[1].row.cpu_available_ns == 250'000'000);
  CHECK(result.timeline[1].row.cpu_busy_ns == 250'000'000);
}

TEST_CASE("an ARM64 task is assumed 1.2 times as fast") {
  const RunResult result =
      run(service("cpu: 1024, memory: 2048, runtime_platform: {cpu_architecture: ARM64}"),
          {{1s, 1200ms}}, 100s);
  CHECK(result.service(0).latency_max_ns == 1'000'000'000);
}

TEST_CASE("C28, C35, C119: a new task serves after all phases and is billed from its pull on") {
  // 10 s, 300 MB at 30 MB/s and 3 s: it runs at 23 s, billed from 10 s on, and answers at 30 s;
  // then one check.
  const std::string scenario = service(
      "cpu: 1024, memory: 2048",
      "infrastructure_time: 10s, image_size: 300MB, pull_rate: 30MB/s, container_start: 3s, "
      "application_start: 7s",
      "start: cold\n");
  const RunResult result = run(scenario, {{29s, 1s}, {60s, 1s}}, 100s);
  CHECK(result.outcome(Outcome::kRefused) == 1);
  CHECK(result.outcome(Outcome::kCompleted) == 1);
  CHECK(result.quantity("fargate.linux_x86_vcpu") == "0.05");  // 2 x 90 s
  REQUIRE(result.activities.size() == 4);                      // and two that are healthy
  CHECK(result.activities[1].cause == "task 1 in us-east-1b: in service after 23s");
}

TEST_CASE("C10: a task's disk above 20 GiB is billed for as long as the task") {
  const RunResult result = run(
      service("cpu: 512, memory: 1024, ephemeral_storage: {size_in_gib: 50}"), {{1s, 1s}}, 1800s);
  CHECK(result.quantity("fargate.ephemeral_storage_over_20gb") == "30");  // 2 x 30 GB x 0.5 h
  const RunResult free = run(service("cpu: 512, memory: 1024"), {{1s, 1s}}, 1800s);
  CHECK(free.quantity("fargate.ephemeral_storage_over_20gb") == "none");
}

TEST_CASE("C12: a task goes to the zone with the fewest, the first of equals") {
  // Warm, 0 is in d and 1 in b; two more go to d and b again.
  const std::string zones =
      "version: 1\nservices: {web: {ecs: {desired_count: 2, availability_zones: [us-east-1d, "
      "us-east-1b], task_definition: {cpu: 256, memory: 512}}}}\n"
      "changes: [{at: +10s, field: services.web.ecs.desired_count, value: 4}]\n";
  const RunResult result = run(zones, {{1s, 1s}}, 100s).without_health();
  REQUIRE(result.activities.size() == 3);
  CHECK(result.activities[1].cause.starts_with("task 2 in us-east-1d: "));
  CHECK(result.activities[2].cause.starts_with("task 3 in us-east-1b: "));
}

TEST_CASE("E107, E108: a new task waits for one beat of the health checks, 15 s on average") {
  // 1,000 tasks that take no other time: their waits, uniform up to 30 s, add up to 15,000 s give
  // or take 274 s (one standard deviation).
  const std::string scenario =
      "version: 1\nstart: cold\nservices: {web: {ecs: {desired_count: 1000, task_definition: {cpu: "
      "256, memory: 512}, assumed: {infrastructure_time: 0s, image_size: 0B, container_start: "
      "0s}}}}\n";
  const RunResult result = run(scenario, {{30s, 1s}}, 60s);
  CHECK(result.outcome(Outcome::kCompleted) == 1);
  Duration waits{};
  for (const workload::Activity& activity : result.activities) {
    if (activity.kind == "health") waits += activity.time - TimePoint{};
  }
  CHECK(waits > 14'000s);
  CHECK(waits < 16'000s);
}

TEST_CASE("C120: a task that runs shorter is billed 60 s") {
  const std::string scenario =
      service("cpu: 1024, memory: 2048", "infrastructure_time: 10s", "start: cold\n");
  CHECK(run(scenario, {{1s, 1s}}, 30s).quantity("fargate.linux_x86_vcpu") == "0.033333333333333");
}

TEST_CASE("C9: a size that Fargate does not have is refused with those that it has") {
  RowSource source({{.name = "r"}}, {{1s, 1s}}, 100s);
  CHECK_THROWS_WITH_AS(RunResult(service("cpu: 1024, memory: 1024"), source),
                       doctest::Contains("2 GiB to 8 GiB"), InputError);
}

}  // namespace
}  // namespace skyreplay::ecs
