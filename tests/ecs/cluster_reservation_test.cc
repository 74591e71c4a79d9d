#include "ecs/cluster_reservation.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <vector>

#include "support/run_world.h"

namespace skyreplay::ecs {
namespace {

using metrics::ReservationCounts;
using testing::RowSource;
using testing::RunResult;
using namespace std::chrono_literals;

/// Two instances of 2,048 CPU units and 8,000 MiB, which register 60 s after their launch, with
/// three tasks of 1,024 and 2,000 (a soft limit; 3,000 is the hard one).
std::string text(const std::string& provider, const std::string& top = "") {
  return fmt::format(
      "version: 1\ndrain: 0s\n{}clusters: {{hosts: {{{}auto_scaling_group: {{min_size: 0, "
      "max_size: "
      "9, desired_capacity: 2, instance_type: m7i.large, availability_zones: [us-east-1a], "
      "assumed: "
      "{{boot_time: 60s, pending_time: 10s}}}}, assumed: {{registered_memory: "
      "8000}}}}}}\nservices: "
      "{{web: {{ecs: {{cluster: hosts, desired_count: 3, placement_strategies: [{{type: binpack, "
      "field: cpu}}], task_definition: {{cpu: 1024, memory: 3000, memory_reservation: 2000}}, "
      "assumed: {{image_size: 0B, container_start: 10s, stop_time: 30s}}, target_group: "
      "{{deregistration_delay: 0s}}}}}}}}\n",
      top, provider);
}

std::vector<ReservationCounts> run(const std::string& scenario) {
  RowSource source({{.name = "GET /"}}, {{0s, 1ms}}, 240s);
  const RunResult result(scenario, source);
  std::vector<ReservationCounts> minutes;
  for (const auto& entry : result.timeline) {
    if (entry.row.service == 1) minutes.push_back(entry.row.reservation);
  }
  return minutes;
}

constexpr std::uint64_t kMinute = 60'000;  // ms

TEST_CASE("C122, C123: a cluster's reservation is what tasks hold of what instances registered") {
  const std::vector<ReservationCounts> minutes = run(text(""));
  REQUIRE(minutes.size() == 4);
  for (const ReservationCounts& minute : minutes) {
    CHECK(minute.cpu_reserved == std::uint64_t{3} * 1024 * kMinute);  // 75 %
    CHECK(minute.cpu_registered == 4096 * kMinute);
    CHECK(minute.memory_reserved == 6000 * kMinute);  // 37.5 %
    CHECK(minute.memory_registered == 16'000 * kMinute);
  }
}

TEST_CASE("C122: an instance is registered from when it is active") {
  const std::vector<ReservationCounts> minutes =
      run(text("",
               "changes: [{at: +30s, field: "
               "clusters.hosts.auto_scaling_group.desired_capacity, value: 3}]\n"));
  CHECK(minutes[0].cpu_registered == 4096 * kMinute);
  CHECK(minutes[1].cpu_registered == 4096 * kMinute + 2048 * kMinute / 2);  // from 90 s on
  CHECK(minutes[2].cpu_registered == 6144 * kMinute);
}

TEST_CASE("C122: one that drains is registered to its end, and tasks until they have stopped") {
  // At 60 s one instance drains. Its task, or both of its two, stop for 30 s after others run.
  const std::vector<ReservationCounts> minutes =
      run(text("auto_scaling_group_provider: {managed_draining: ENABLED}, ",
               "changes: [{at: +60s, field: clusters.hosts.auto_scaling_group.desired_capacity, "
               "value: 1}]\n"));
  CHECK(minutes[0].cpu_reserved == std::uint64_t{3} * 1024 * kMinute);
  CHECK(minutes[1].cpu_registered > 2048 * kMinute);
  CHECK(minutes[1].cpu_reserved > 2048 * kMinute);
  CHECK(minutes[3].cpu_registered >= 2048 * kMinute);
}

}  // namespace
}  // namespace skyreplay::ecs
