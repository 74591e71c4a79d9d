// What operators do to a group by hand: instances that stand by, or leave their group.
#include <doctest/doctest.h>

#include <string>

#include "ec2/group_run.h"

namespace skyreplay::ec2 {
namespace {

using metrics::Outcome;
using skyreplay::testing::RunResult;
using testing::Rows;
using namespace std::chrono_literals;

/// Instances of one zone that boot in 20 s, of which they are pending 15 s.
std::string group(std::uint32_t instances, const std::string& operations,
                  const std::string& more = "", const std::string& top = "") {
  return testing::group(instances, "boot_time: 20s, pending_time: 15s", "",
                        "availability_zones: [us-east-1a], " + more,
                        "operations: [" + operations + "]\n" + top);
}

std::string enter(const std::string& at, int count = 1, bool decrements = true) {
  return "{at: +" + at + ", enter_standby: {service: web, count: " + std::to_string(count) +
         ", should_decrement_desired_capacity: " + (decrements ? "true" : "false") + "}}";
}
std::string exit(const std::string& at, int count = 1) {
  return "{at: +" + at + ", exit_standby: {service: web, count: " + std::to_string(count) + "}}";
}
std::string detach(const std::string& at, bool decrements = true) {
  return "{at: +" + at + ", detach_instances: {service: web, should_decrement_desired_capacity: " +
         (decrements ? "true" : "false") + "}}";
}

/// "10 s enter_standby ...; ...": what happened, health apart.
std::string told(RunResult result) {
  std::string text;
  for (const workload::Activity& activity : result.without_health().activities) {
    text += (text.empty() ? "" : "; ") + std::to_string(activity.time.time_since_epoch() / 1s) +
            " s " + activity.kind + ": " + activity.cause;
  }
  return text;
}
std::string told(const std::string& scenario, Duration span = 300s) {
  return told(testing::run(scenario, {{5s, 1s}}, span));
}

constexpr const char* kEntered =
    "10 s enter_standby: instance 0 in us-east-1a was moved to standby in response to a user "
    "request, shrinking the capacity from 2 to 1";

TEST_CASE("E6: an instance in Standby gets no requests, is billed, and counts for nothing") {
  CHECK(told(group(2, enter("10s"))) == kEntered);
  // Both requests of one moment go to instance 1: two vCPUs, both done after a second.
  const RunResult result = testing::run(group(2, enter("10s"), "default_instance_warmup: 0, "),
                                        {{20s, 1s}, {20s, 1s}}, 3600s);
  CHECK(result.quantity("ec2.on_demand.m5.large") == "2");  // hours, standby or not
  // Running are two for 10 s of the first minute, then one.
  CHECK(result.timeline[0].row.capacity_desired_ns ==
        static_cast<std::uint64_t>(Duration{70s}.count()));
  // What is on standby has no CPU to use: 2 x 2 vCPUs for 10 s, 2 for 50 s.
  CHECK(result.timeline[0].row.cpu_available_ns ==
        static_cast<std::uint64_t>(Duration{140s}.count()));
}

TEST_CASE("E6: without a decrement another instance takes its place, and exit makes one more") {
  CHECK(told(group(1, enter("10s", 1, false) + ", " + exit("100s"))) ==
        "10 s enter_standby: instance 0 in us-east-1a was moved to standby in response to a user "
        "request; "
        "10 s launch: instance 1 in us-east-1a: in service after 20s; "
        "100 s exit_standby: instance 0 in us-east-1a was moved out of standby in response to a "
        "user request, increasing the capacity from 1 to 2");
}

TEST_CASE("E6, E108: an instance that leaves Standby serves after a passed check, as a new one") {
  // Of two, one on standby from 10 s to 100 s. Its first check comes within 30 s.
  const RunResult result =
      testing::run(group(2, enter("10s") + ", " + exit("100s")), {{5s, 1s}}, 300s);
  TimePoint healthy{};
  for (const workload::Activity& activity : result.activities) {
    if (activity.kind != "health") continue;
    CHECK(activity.cause == "instance 0 in us-east-1a is healthy: 1 health check passed");
    healthy = activity.time;
  }
  CHECK(healthy > TimePoint{100s});
  CHECK(healthy <= TimePoint{130s});
  // Nothing was launched or terminated for it.
  CHECK(told(result) == std::string(kEntered) +
                            "; 100 s exit_standby: instance 0 in us-east-1a was moved out of "
                            "standby in response to a user request, increasing the capacity from "
                            "1 to 2");
  CHECK(result.quantity("ec2.on_demand.m5.large") == "0.166666666666667");  // 2 x 300 s
}

TEST_CASE("E6, E111: on the way to Standby an instance finishes what it has, for so long") {
  // Instance 0 has 8 s from 5 s on, and is on its way from 10 s.
  const RunResult result = testing::run(group(1, enter("10s")), {{5s, 8s}}, 300s);
  CHECK(result.outcome(Outcome::kCompleted) == 1);
  const RunResult cut = testing::run(testing::group(1, "boot_time: 20s", "deregistration_delay: 1s",
                                                    "", "operations: [" + enter("10s") + "]\n"),
                                     {{5s, 8s}}, 300s);
  CHECK(cut.outcome(Outcome::kError) == 1);
  // What is on its way cannot be put back yet.
  CHECK(told(testing::run(group(1, enter("10s") + ", " + exit("12s")), {{5s, 8s}}, 300s)) ==
        "10 s enter_standby: instance 0 in us-east-1a was moved to standby in response to a user "
        "request, shrinking the capacity from 1 to 0; "
        "12 s refused: there is no instance to move out of standby");
}

TEST_CASE("E6: where the desired capacity would pass a bound, nothing is moved") {
  const std::string bounds =
      "services: {web: {ec2: {min_size: 1, max_size: 2, desired_capacity: 2, instance_type: "
      "m5.large, assumed: {boot_time: 20s}}}}\n";
  // Two of two would leave none. One may go and be replaced; back, it would be one of three.
  CHECK(told("version: 1\noperations: [" + enter("10s", 2) + "]\n" + bounds) ==
        "10 s refused: the group has min-size=1, max-size=2, and desired-size=2: to place into "
        "standby 2 instances, update the sizes appropriately");
  const std::string refused = told("version: 1\noperations: [" + enter("10s", 1, false) + ", " +
                                   exit("100s") + "]\n" + bounds);
  CHECK(refused.ends_with(
      "100 s refused: the group has min-size=1, max-size=2, and desired-size=2: to move out of "
      "standby 1 instance, update the sizes appropriately"));
}

TEST_CASE("E6: a detached instance leaves the group for good, and is billed on") {
  CHECK(told(group(2, detach("10s") + ", " + exit("20s"))) ==
        "10 s detach: instance 0 in us-east-1a was detached in response to a user request, "
        "shrinking the capacity from 2 to 1; "
        "20 s refused: there is no instance to move out of standby");
  const RunResult result = testing::run(group(2, detach("10s", false)), {{5s, 1s}}, 3600s);
  CHECK(told(result) ==
        "10 s detach: instance 0 in us-east-1a was detached in response to a user request; "
        "10 s launch: instance 2 in us-east-1a: in service after 20s");
  // 2 x 3,600 s, and 3,575 s from running on.
  CHECK(result.quantity("ec2.on_demand.m5.large") == "2.993055555555556");
}

TEST_CASE("E10: no lifecycle hook is run for what stands by or is detached") {
  const std::string hooks =
      "lifecycle_hook_specification_list: [{lifecycle_hook_name: h, lifecycle_transition: "
      "\"autoscaling:EC2_INSTANCE_TERMINATING\", heartbeat_timeout: 30}, {lifecycle_hook_name: g, "
      "lifecycle_transition: \"autoscaling:EC2_INSTANCE_LAUNCHING\", heartbeat_timeout: 30}], ";
  const RunResult result =
      testing::run(group(2, enter("10s") + ", " + exit("20s"), hooks), {{25s, 1s}}, 60s);
  // It is back at 20 s: two for the rest of the minute, in the time mean of what runs too.
  CHECK(told(result).find("launch") == std::string::npos);
  CHECK(result.timeline[0].row.capacity_desired_ns ==
        static_cast<std::uint64_t>(Duration{110s}.count()));
  CHECK(result.timeline[0].row.cpu_available_ns ==
        static_cast<std::uint64_t>(Duration{220s}.count()));
}

TEST_CASE("E6, E33: what stands by is not taken away when capacity falls") {
  const std::string shrinks =
      "changes: [{at: +50s, field: services.web.ec2.desired_capacity, value: 1}]\n";
  CHECK(told(group(3, enter("10s"), "", shrinks))
            .ends_with("; 50 s terminate: instance 1 in us-east-1a"));
}

TEST_CASE("E6: what stands by goes with its zone, and nobody takes its place") {
  const std::string loses = "faults: [{at: +50s, for: 10s, zone_loss: {zone: us-east-1a}}]\n";
  const std::string text = told(group(1, enter("10s"), "", loses));
  CHECK(text.find("50 s terminate: instance 0 in us-east-1a: taken out") != std::string::npos);
  CHECK(text.find("launch") == std::string::npos);
}

TEST_CASE("E21: zones are evened out after an instance has been set aside") {
  // Instance 0 of a stands by while two more, 3 and 4, are launched there. Back, it is one of three
  // in a beside one in b and in c: b gets one, and a gives one up whose hour ends first (E33).
  const auto of = [](const std::string& more) {
    return told(testing::group(3, "boot_time: 20s", "", more,
                               "operations: [" + enter("10s") + ", " + exit("100s") +
                                   "]\nchanges: [{at: +20s, field: "
                                   "services.web.ec2.desired_capacity, value: 4}]\n"));
  };
  CHECK(
      of("").ends_with("increasing the capacity from 4 to 5; "
                       "100 s launch: instance 5 in us-east-1b: in service after 20s; "
                       "120 s terminate: instance 0 in us-east-1a"));
  CHECK(
      of("suspended_processes: [AZRebalance], ").ends_with("increasing the capacity from 4 to 5"));
}

TEST_CASE(
    "E6: in the order of an instant changes come first, then what operators do, then faults") {
  const std::string top =
      "changes: [{at: +10s, field: services.web.ec2.desired_capacity, value: 1}]\n"
      "faults: [{at: +10s, kill_instances: {service: web}}]\n";
  CHECK(told(group(2, enter("10s"), "", top))
            .starts_with(
                "10 s scale_in: changes: services.web.ec2.desired_capacity is 1 from now on; "
                "10 s terminate: instance 0 in us-east-1a; "
                "10 s enter_standby: instance 1 in us-east-1a was moved to standby in response to "
                "a user "
                "request, shrinking the capacity from 1 to 0; "
                "10 s fault: faults: 0 of 0 instances in service are killed"));
}

TEST_CASE("E23: GroupStandbyInstances counts what stands by, which the other numbers leave out") {
  const auto alarms = [](const std::string& metric, const std::string& threshold) {
    const std::string alarm =
        "alarms: [{alarm_name: x, namespace: AWS/AutoScaling, metric_name: " + metric +
        ", statistic: Average, period: 60, evaluation_periods: 1, threshold: " + threshold +
        ", comparison_operator: GreaterThanOrEqualToThreshold, assumed: {evaluation_second: 0}}], ";
    return told(group(3, enter("10s", 2), alarm), 600s).find(" alarm: ") != std::string::npos;
  };
  CHECK(alarms("GroupStandbyInstances", "2"));
  CHECK_FALSE(alarms("GroupStandbyInstances", "3"));
  CHECK_FALSE(alarms("GroupTerminatingInstances", "1"));
  CHECK_FALSE(alarms("GroupTotalInstances", "2"));
}

}  // namespace
}  // namespace skyreplay::ec2
