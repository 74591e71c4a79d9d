#include "ecs/container_check.h"

#include <doctest/doctest.h>

#include "support/run_world.h"

namespace skyreplay::ecs {
namespace {

using testing::RowSource;
using testing::RunResult;
using namespace std::chrono_literals;

constexpr TimePoint kStart{100s};

TEST_CASE("C26: a container is healthy at the first check after its application has started") {
  const ContainerCheck check{.interval = 10s};
  CHECK(check.healthy_at(kStart, kStart) == TimePoint{110s});
  CHECK(check.healthy_at(kStart, kStart + 20s) == TimePoint{120s});
  CHECK(check.healthy_at(kStart, kStart + 20s + 1ns) == TimePoint{130s});
  CHECK(check.healthy_at(kStart, kEndOfTime) == kEndOfTime);
}

// Checks at 110, 120, 130 s and so on.
TEST_CASE("C26: retries failures in a row make it unhealthy, unless one is passed before") {
  const ContainerCheck check{.interval = 10s, .retries = 3};
  CHECK(check.unhealthy_at(kStart, kStart + 25s) == kEndOfTime);
  CHECK(check.unhealthy_at(kStart, kStart + 30s) == kEndOfTime);
  CHECK(check.unhealthy_at(kStart, kStart + 35s) == TimePoint{130s});
  CHECK(check.unhealthy_at(kStart, kEndOfTime) == TimePoint{130s});
}

TEST_CASE("C26: failures within the start period do not count") {
  ContainerCheck check{.interval = 10s, .retries = 3, .start_period = 15s};
  CHECK(check.unhealthy_at(kStart, kEndOfTime) == TimePoint{140s});  // of 120, 130 and 140 s
  check.start_period = 20s;
  CHECK(check.unhealthy_at(kStart, kEndOfTime) == TimePoint{140s});
  check.start_period = 21s;
  CHECK(check.unhealthy_at(kStart, kEndOfTime) == TimePoint{150s});
}

/// One task that runs 10 s after its creation, and a deployment at 100 s; targets are checked every
/// 5 s.
std::string text(const std::string& task, const std::string& deployment,
                 const std::string& more = "", const std::string& top = "",
                 const std::string& assumed = "") {
  return "version: 1\ndrain: 0s\n" + top +
         "services:\n  web:\n    ecs: {task_definition: {cpu: 1024, memory: 2048" + task +
         "}, availability_zones: [us-east-1a], target_group: {health_check_interval_seconds: 5, "
         "health_check_timeout_seconds: 2, deregistration_delay: 0s}, " +
         more + deployment +
         "assumed: {infrastructure_time: 10s, image_size: 0B, container_start: 0s" + assumed +
         "}}\n";
}

RunResult run(const std::string& scenario, Duration end) {
  RowSource source({{.name = "r"}}, {{1s, 1s}}, end);
  return {scenario, source};
}

/// "125 task 1 in us-east-1a: ..." of each that was stopped.
std::vector<std::string> stopped(const RunResult& result) {
  std::vector<std::string> all;
  for (const replay::Activity& activity : result.activities) {
    if (activity.kind != "terminate") continue;
    all.push_back(std::to_string(activity.time.time_since_epoch() / 1s) + " " + activity.cause);
  }
  return all;
}

const std::string kDeployment = "deployments: [{at: +100s}], ";

TEST_CASE("C40: with a container check a task is healthy once its container is, too") {
  const RunResult result = run(text(", health_check: {}", kDeployment), 200s);
  REQUIRE(stopped(result).size() == 1);
  // It runs from 110 s on; its target is healthy by 115 s, its container at 140 s.
  CHECK(stopped(result)[0].starts_with("140 task 0 "));
}

// From 110 s on it fails every check: of its container at 115 s, of its target a second time later.
TEST_CASE("C27, C41: a task whose container is unhealthy is replaced") {
  const std::string slow = "deployments: [{at: +100s, assumed: {application_start: 50s}}], ";
  const std::string check = ", health_check: {interval: 5, retries: 1";
  const RunResult result = run(text(check + "}", slow), 120s);
  REQUIRE(stopped(result).size() == 1);
  CHECK(stopped(result)[0] == "115 task 1 in us-east-1a: Task failed container health checks");
  const RunResult later = run(text(check + ", start_period: 60}", slow), 124s);
  REQUIRE(stopped(later).size() == 1);
  CHECK(stopped(later)[0].ends_with("Task failed ELB health checks"));
  const RunResult graced =
      run(text(check + "}", slow, "health_check_grace_period_seconds: 100, "), 200s);
  REQUIRE(stopped(graced).size() == 1);
  CHECK(stopped(graced)[0].find("task 0 ") != std::string::npos);
}

// Two tasks for 600 s, and one on to 1,000 s: 1,600 vCPU-s, and what the second one needs to stop.
TEST_CASE("C24, C55, C119: a task that stops is billed until its application has ended") {
  const std::string fewer =
      "changes: [{at: +600s, field: services.web.ecs.desired_count, value: 1}]\n";
  const auto vcpu_hours = [&](const std::string& task, const std::string& assumed) {
    return run(text(task, "", "desired_count: 2, ", fewer, assumed), 1000s)
        .quantity("fargate.linux_x86_vcpu");
  };
  CHECK(vcpu_hours("", "") == "0.444444444444444");
  CHECK(vcpu_hours("", ", stop_time: 18s") == "0.449444444444444");                    // 1,618 s
  CHECK(vcpu_hours("", ", stop_time: 45s") == "0.452777777777778");                    // 1,630 s
  CHECK(vcpu_hours(", stop_timeout: 60", ", stop_time: 45s") == "0.456944444444444");  // 1,645 s
}

}  // namespace
}  // namespace skyreplay::ecs
