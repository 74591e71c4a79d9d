#include "ecs/standalone_tasks.h"

#include <doctest/doctest.h>

#include "core/error.h"
#include "support/run_world.h"

namespace skyreplay::ecs {
namespace {

using metrics::Outcome;
using testing::RowSource;
using testing::RunResult;
using namespace std::chrono_literals;

/// Tasks whose job begins 20 s after their launch, and that are billed from 10 s on.
std::string jobs(const std::string& assumed = "",
                 const std::string& size = "cpu: 1024, memory: 2048",
                 const std::string& more = "") {
  return "version: 1\nservices:\n  batch:\n    ecs_task: {task_definition: {" + size +
         "}, assumed: {infrastructure_time: 10s, image_size: 0B, container_start: 4s, "
         "application_start: 6s, " +
         assumed + "}}\n" + more;
}

RunResult run(const std::string& scenario, const std::vector<RowSource::Row>& rows,
              Duration end = 600s) {
  RowSource source({{.name = "r"}}, rows, end);
  return {scenario, source};
}

TEST_CASE("C113: each request is a task of its own, and its latency is its start and its run") {
  const RunResult result = run(jobs(), {{0s, 30s, 5s}, {1s, 30s, 5s}});
  CHECK(result.outcome(Outcome::kCompleted) == 2);
  CHECK(result.service(0).latency_max_ns == 55'000'000'000);  // 20 + 30 + 5 s
  CHECK(result.service(0).parts.init == 40'000'000'000);
  CHECK(result.timeline[0].row.capacity_running_max == 2);
}

TEST_CASE("C113: above the most tasks at a time jobs wait, first come, first served") {
  // Each takes 50 s: they begin at 0, 50 and 100 s.
  const RunResult result = run(jobs("max_concurrent_tasks: 1"), {{0s, 30s}, {1s, 30s}, {2s, 30s}});
  CHECK(result.service(0).latency_max_ns == 148'000'000'000);
  CHECK(result.service(0).parts.queue == 147'000'000'000);  // 49 + 98 s
}

TEST_CASE("C113: a limit that is raised lets those in that wait") {
  const std::string change =
      "changes: [{at: +10s, field: services.batch.ecs_task.assumed.max_concurrent_tasks, value: "
      "3}]\n";
  const RunResult result = run(jobs("max_concurrent_tasks: 1", "cpu: 1024, memory: 2048", change),
                               {{0s, 30s}, {1s, 30s}, {2s, 30s}});
  CHECK(result.service(0).latency_max_ns == 59'000'000'000);  // 9 + 50 s
}

TEST_CASE("C49, C114: of many jobs at once Fargate launches a burst, and then some a second") {
  // Ten of thirty at once, the others at 0.5, 1, ... 10 s.
  const std::vector<RowSource::Row> rows(30, {0s, 1s});
  const RunResult result = run(jobs("launch_burst: 10, launch_rate: 2"), rows);
  CHECK(result.service(0).latency_max_ns == 31'000'000'000);  // 10 + 20 + 1 s
  CHECK(result.service(0).parts.queue == 105'000'000'000);    // 0.5 x (1 + ... + 20)
}

TEST_CASE("C114: tokens are counted exactly, whatever the rate") {
  LaunchRate rate(2, 3, TimePoint{});
  TimePoint now{};
  for (int i = 0; i < 2; ++i) {
    REQUIRE(rate.may_launch(now));
    rate.launch();
  }
  REQUIRE_FALSE(rate.may_launch(now));
  CHECK(rate.next() == TimePoint{333'333'334ns});
  now = rate.next();
  REQUIRE(rate.may_launch(now));
  rate.launch();
  REQUIRE_FALSE(rate.may_launch(now));
  // Two nanoseconds' worth of three in 10^9 is left of the third of a second.
  CHECK(rate.next() == TimePoint{666'666'667ns});
}

TEST_CASE("C119: a job is billed from its pull to its end, at least a minute, past the span too") {
  // 10 s of start that are billed and 80 s of work: 90 s. The other, of 2 s, costs a minute.
  const RunResult result = run(jobs(), {{0s, 80s}, {0s, 2s}}, 30s);
  CHECK(result.quantity("fargate.linux_x86_vcpu") == "0.041666666666667");    // 150 s
  CHECK(result.quantity("fargate.linux_x86_memory") == "0.083333333333333");  // x 2 GB
}

TEST_CASE("C1: a job has its task's vCPUs for itself, as far as it can use them") {
  const auto latency = [](const std::string& assumed, const std::string& size) {
    return run(jobs(assumed, size), {{0s, 40s}}).service(0).latency_max_ns / 1'000'000'000 - 20;
  };
  CHECK(latency("", "cpu: 2048, memory: 4096") == 40);
  CHECK(latency("vcpu_parallelism: 8", "cpu: 2048, memory: 4096") == 20);
  CHECK(latency("", "cpu: 256, memory: 512") == 160);
}

TEST_CASE("a job calls other services once it has done its work") {
  const RunResult result =
      run(jobs("", "cpu: 1024, memory: 2048",
               "  db: {external: {latency: 3s, price_per_request: 0}}\ncalls: [{from: batch, to: "
               "db, count: 2}]\nroutes: [{match: \"*\", service: batch}]\n"),
          {{0s, 30s, 5s}});
  CHECK(result.summary.overall.latency_max_ns == 61'000'000'000);  // 20 + 30 + 2 x 3 + 5 s
}

TEST_CASE("C74: a stop timeout is refused of jobs, which nothing interrupts") {
  RowSource source({{.name = "r"}}, {{1s, 1s}}, 100s);
  CHECK_THROWS_WITH_AS(RunResult(jobs("", "cpu: 1024, memory: 2048, stop_timeout: 60"), source),
                       doctest::Contains("is for jobs on FARGATE_SPOT: nothing interrupts others"),
                       InputError);
}

/// Tasks on FARGATE_SPOT that run 14 s after their launch and are interrupted 30 s later, at 44 s.
std::string on_spot(const std::string& task = "", const std::string& client = "") {
  return "version: 1\n" + client +
         "services:\n  batch:\n    ecs_task: {capacity_provider_strategy: [{capacity_provider: "
         "FARGATE_SPOT, weight: 1}], task_definition: {cpu: 1024, memory: 2048" +
         task +
         "}, assumed: {infrastructure_time: 10s, image_size: 0B, container_start: 4s, "
         "application_start: 6s, fargate_spot: {time_to_interruption: 30s}}}\n";
}

// The first has ended at 20 + 30 s, the second would have at 80 s; it is killed at 44 + 30 s.
TEST_CASE("C74: an interrupted job has its stop timeout to end, or has failed") {
  const RunResult ends = run(on_spot(), {{0s, 30s}});
  CHECK(ends.outcome(Outcome::kCompleted) == 1);
  const RunResult fails = run(on_spot(), {{0s, 60s}});
  CHECK(fails.outcome(Outcome::kError) == 1);
  CHECK(fails.quantity("fargate.spot_linux_x86_vcpu") == "0.017777777777778");  // 64 s
  REQUIRE(fails.activities.size() == 1);
  CHECK(fails.activities[0].cause == "task 0: SpotInterruption, SIGTERM");
  CHECK(fails.activities[0].time == TimePoint{44s});
  const RunResult longer = run(on_spot(", stop_timeout: 120"), {{0s, 60s}});
  CHECK(longer.outcome(Outcome::kCompleted) == 1);
}

// It fails at 74 s, and again 74 s later.
TEST_CASE("C74: a job that was interrupted is tried again where its client does") {
  const RunResult result = run(
      on_spot("", "workload: {client: {max_attempts: 2, backoff: {base: 1ms, jitter: none}}}\n"),
      {{0s, 60s}});
  CHECK(result.outcome(Outcome::kError) == 1);
  CHECK(result.quantity("fargate.spot_linux_x86_vcpu") == "0.035555555555556");  // 128 s
}

// One is the base on demand, and the others go where the weight is; each bills 50 s, so a minute.
TEST_CASE("C71, C118: jobs are split over providers by how many there are, and billed by each") {
  const std::string both =
      "version: 1\nservices:\n  batch:\n    ecs_task: {capacity_provider_strategy: "
      "[{capacity_provider: FARGATE, base: 1, weight: 0}, {capacity_provider: FARGATE_SPOT, "
      "weight: "
      "1}], task_definition: {cpu: 1024, memory: 2048}, assumed: {infrastructure_time: 10s, "
      "image_size: 0B, container_start: 4s, application_start: 6s, fargate_spot: "
      "{time_to_interruption: 1000h}}}\n";
  const RunResult result = run(both, std::vector<RowSource::Row>(4, {0s, 40s}));
  CHECK(result.quantity("fargate.linux_x86_vcpu") == "0.016666666666667");
  CHECK(result.quantity("fargate.spot_linux_x86_vcpu") == "0.05");
}

}  // namespace
}  // namespace skyreplay::ecs
