// What becomes of instances that their target group finds unhealthy.
#include "ec2/health_replacement.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "ec2/group_run.h"

namespace skyreplay::ec2 {
namespace {

using metrics::Outcome;
using skyreplay::testing::RunResult;
using namespace std::chrono_literals;
using testing::Rows;

/// One worker each, checks every 5 s that fail after 2 s: two of them fail while a request is
/// inside for 12 s. In service 25.8 s after a launch, and healthy by 5 s later.
std::string group(std::uint32_t instances, const std::string& more, const std::string& top = "") {
  return testing::group(
      instances, "workers: 1", "health_check_interval_seconds: 5, health_check_timeout_seconds: 2",
      "availability_zones: [us-east-1a], load_balancer: {idle_timeout: 4000s}, " + more + ", ",
      top);
}
const std::string kElb = "health_check_type: ELB";

/// The times of the activities of a kind.
std::vector<Duration> times_of(const RunResult& result, const std::string& kind) {
  std::vector<Duration> times;
  for (const workload::Activity& activity : result.activities) {
    if (activity.kind == kind) times.push_back(activity.time.time_since_epoch());
  }
  return times;
}

TEST_CASE("E12, E14, E15: an instance that its target group finds unhealthy is replaced") {
  const RunResult result = testing::run(group(2, kElb), {{1s, 100s}}, 300s);
  // Found unhealthy, it drains at once, and another is launched at once; its request is answered.
  const std::vector<Duration> verdicts = times_of(result, "health");
  REQUIRE(verdicts.size() == 2);  // the new one's first passed check is the other
  CHECK(times_of(result, "terminate") == std::vector<Duration>{verdicts[0]});
  CHECK(times_of(result, "launch") == std::vector<Duration>{verdicts[0]});
  CHECK(result.outcome(Outcome::kCompleted) == 1);
  CHECK(times_of(result, "scale_in").empty());
  CHECK(
      result.activities[1].cause ==
      "instance 0 in us-east-1a: an instance was taken out of service in response to an ELB system "
      "health check failure");
}

TEST_CASE("E12: by EC2's checks alone an instance that fails the target group's stays") {
  const RunResult result = testing::run(group(2, "health_check_type: EC2"), {{1s, 100s}}, 300s);
  CHECK(times_of(result, "health").size() == 2);  // unhealthy, and healthy again
  CHECK(times_of(result, "terminate").empty());
}

TEST_CASE("E13: within the grace period from in service on no verdict counts") {
  // In service at 25.8 s. Its request comes at 31 s; two checks have failed by 43 s; 85.8 s it is
  // when 60 s are over.
  const std::string grace = kElb + ", health_check_grace_period: 60";
  const RunResult result = testing::run(group(1, grace, "start: cold\n"), {{31s, 200s}}, 300s);
  CHECK(times_of(result, "terminate") == std::vector<Duration>{85800ms});
  // Healthy again when it ends, it stays: its request is over at 61 s, five checks by 86.
  const std::string longer = kElb + ", health_check_grace_period: 100";
  CHECK(times_of(testing::run(group(1, longer, "start: cold\n"), {{31s, 30s}}, 300s), "terminate")
            .empty());
}

TEST_CASE(
    "E14: one goes after the other, once what took its place has passed a check and is warm") {
  // Both are taken for 200 s. The second goes when the new one is in service and 60 s have passed.
  const RunResult result = testing::run(group(2, kElb + ", default_instance_warmup: 60"),
                                        {{1s, 200s}, {1s, 200s}}, 300s);
  const std::vector<Duration> times = times_of(result, "terminate");
  REQUIRE(times.size() == 2);
  CHECK(times[1] - times[0] == 25800ms + 60s);
}

TEST_CASE("E14: a tenth of desired capacity may go at a time") {
  // All of 20 are taken for 200 s and unhealthy by 20 s: two go, and the next when one of what took
  // their place has passed a check, 25.8 to 30.8 s later.
  Rows rows;
  for (int i = 0; i < 20; ++i) rows.push_back({1s, 200s});
  const RunResult result = testing::run(group(20, kElb), rows, 45s);
  const std::vector<Duration> times = times_of(result, "terminate");
  REQUIRE(times.size() >= 3);
  CHECK(times[1] < 20s);
  CHECK(times[2] >= times[0] + 25800ms);
  CHECK(times[2] <= times[0] + 30800ms);
}

TEST_CASE("E14: while a scale-out of more than a tenth is under way nothing is replaced") {
  // 5 more are launched at 2 s; the verdict comes by 18 s, and they are there after 27.8 s.
  const RunResult result = testing::run(
      group(5, kElb, "changes: [{at: +2s, field: services.web.ec2.desired_capacity, value: 10}]\n"),
      {{1s, 100s}}, 100s);
  const std::vector<Duration> times = times_of(result, "terminate");
  REQUIRE(times.size() == 1);
  CHECK(times[0] > 27800ms);
  CHECK(times_of(result, "launch").size() == 6);
}

TEST_CASE("E15, E17: neither protection nor a termination policy keeps an unhealthy instance") {
  const std::string keeps =
      kElb +
      ", new_instances_protected_from_scale_in: true, termination_policies: [NewestInstance]";
  const RunResult result = testing::run(group(2, keeps), {{1s, 100s}}, 100s);
  REQUIRE(times_of(result, "terminate").size() == 1);
  CHECK(result.activities[1].cause.starts_with("instance 0 in us-east-1a: "));
}

TEST_CASE("E22: a verdict is kept while replacing is suspended, and not heard while checks are") {
  // Unhealthy by 18 s, healthy again by 46 s; all is resumed at 100 s.
  const std::string resumed =
      "changes: [{at: +100s, field: services.web.ec2.suspended_processes, value: []}]\n";
  const auto terminated = [&](const std::string& process) {
    const std::string suspended = kElb + ", suspended_processes: [" + process + "]";
    return times_of(testing::run(group(2, suspended, resumed), {{1s, 20s}}, 200s), "terminate");
  };
  CHECK(terminated("ReplaceUnhealthy") == std::vector<Duration>{100s});
  CHECK(terminated("Launch") == std::vector<Duration>{100s});
  CHECK(terminated("HealthCheck").empty());
}

}  // namespace
}  // namespace skyreplay::ec2
