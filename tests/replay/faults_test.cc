// Faults of a scenario, as the models take them in.
#include "replay/faults.h"

#include <doctest/doctest.h>

#include "replay/timed_steps.h"
#include "support/run_world.h"

namespace skyreplay::replay {
namespace {

using metrics::Outcome;
using testing::RowSource;
using testing::RunResult;
using namespace std::chrono_literals;

RunResult run(const std::string& text, const std::vector<RowSource::Row>& rows, Duration end) {
  RowSource source({{.name = "r"}}, rows, end);
  return RunResult(text, source).without_health();
}

std::string group(std::uint32_t desired, const std::string& faults, const std::string& more = "") {
  return "version: 1\nservices:\n  web: {ec2: {min_size: 0, max_size: 9, desired_capacity: " +
         std::to_string(desired) + ", instance_type: m5.large, " +
         "assumed: {speed: 1, boot_time: 20s, pending_time: 15s}}}\nfaults: [" + faults + "]\n" +
         more;
}

std::string external(const std::string& of, const std::string& faults) {
  return "version: 1\nservices: {db: {external: {" + of + "}}}\nfaults: [" + faults + "]\n";
}
std::string slow(const std::string& when, const std::string& factor) {
  return "{" + when + ", slow_external: {external: db, factor: " + factor + "}}";
}

TEST_CASE("E3, E12: an instance that is killed fails what it has, and is replaced at once") {
  // In turn instance 0 has the first request and 1 the second. Of the two 0 is the older. Zone a
  // has none then, as c, and comes first.
  const RunResult result =
      run(group(2, "{at: +10s, kill_instances: {service: web}}"), {{5s, 40s}, {5s, 40s}}, 100s);
  CHECK(result.outcome(Outcome::kError) == 1);
  CHECK(result.outcome(Outcome::kCompleted) == 1);
  REQUIRE(result.activities.size() == 3);
  CHECK(result.activities[0].kind == "fault");
  CHECK(result.activities[0].cause == "faults: 1 of 2 instances in service are killed");
  CHECK(result.activities[1].kind == "terminate");
  CHECK(result.activities[1].cause ==
        "instance 0 in us-east-1a: taken out of service in response to an EC2 health check "
        "indicating it has been terminated or stopped");
  CHECK(result.activities[2].kind == "launch");
  CHECK(result.activities[2].cause == "instance 2 in us-east-1a: in service after 20s");
  // 10 s of the first, 100 s of the second, and 75 s of the third, which runs from 25 s on.
  CHECK(result.quantity("ec2.on_demand.m5.large") == "0.051388888888889");  // 185 s
}

TEST_CASE("E12: where fewer instances are in service than are to be killed, all are") {
  // Until 30 s, when the replacements have booted, and their first health check nobody serves.
  const RunResult result =
      run(group(2, "{at: +10s, kill_instances: {service: web, count: 5}}"), {{20s, 1s}}, 100s);
  CHECK(result.outcome(Outcome::kRefused) == 1);
  CHECK(result.activities[0].cause == "faults: 2 of 2 instances in service are killed");
  CHECK(result.quantity("ec2.on_demand.m5.large") == "0.047222222222222");  // 2 x (10 + 75) s
}

TEST_CASE("tasks are killed like instances") {
  const RunResult result =
      run("version: 1\nservices: {app: {ecs: {desired_count: 2, task_definition: {cpu: 1024, "
          "memory: 2048}}}}\nfaults: [{at: +10s, kill_instances: {service: app}}]\n",
          {{5s, 40s}}, 100s);
  CHECK(result.outcome(Outcome::kError) == 1);
  CHECK(result.activities[1].cause ==
        "task 0 in us-east-1a: stopped, essential container in task exited");
  CHECK(result.activities[2].kind == "launch");
}

std::vector<std::string> causes(const RunResult& result) {
  std::vector<std::string> causes;
  for (const Activity& activity : result.activities) causes.push_back(activity.cause);
  return causes;
}

std::string zone_loss(const std::string& when, const std::string& zone) {
  return "{" + when + ", zone_loss: {zone: us-east-1" + zone + "}}";
}
const std::string kGone =
    ": taken out of service in response to an EC2 health check indicating it has been terminated "
    "or stopped";

TEST_CASE(
    "E20: a zone that is lost takes what is in it, and launches go elsewhere until it is back") {
  // 0 and 3 are in zone a, 1 in b, 2 in c: b gets the first replacement, c the second. When a is
  // back the others have two each, and it gets one (E21), the fifth that is wanted at 70 s.
  const std::string grows =
      "changes: [{at: +70s, field: services.web.ec2.desired_capacity, value: 5}]\n";
  const RunResult result =
      run(group(4, zone_loss("at: +10s, for: 50s", "a"), grows), {{5s, 1s}}, 100s);
  CHECK(causes(result) ==
        std::vector<std::string>{
            "faults: us-east-1a is lost; instances in it: 2", "instance 0 in us-east-1a" + kGone,
            "instance 3 in us-east-1a" + kGone, "instance 4 in us-east-1b: in service after 20s",
            "instance 5 in us-east-1c: in service after 20s", "faults: us-east-1a is back",
            "instance 6 in us-east-1a: in service after 20s",
            "changes: services.web.ec2.desired_capacity is 5 from now on"});
}

TEST_CASE(
    "E20, E21: what a zone refuses is launched elsewhere, and evened out when it no longer does") {
  // 0 is in a, 1 in b. At 10 s c would be next. At 60 s it has none and the others two each: one is
  // launched there, and at 80 s the last zone's of the two oldest goes.
  const std::string refusal = "{at: +5s, for: 55s, refuse_capacity: {zone: us-east-1c}}";
  const std::string grows =
      "changes: [{at: +10s, field: services.web.ec2.desired_capacity, value: 4}]\n";
  CHECK(causes(run(group(2, refusal, grows), {{5s, 1s}}, 100s)) ==
        std::vector<std::string>{"faults: us-east-1c has no capacity",
                                 "changes: services.web.ec2.desired_capacity is 4 from now on",
                                 "instance 2 in us-east-1a: in service after 20s",
                                 "instance 3 in us-east-1b: in service after 20s",
                                 "faults: us-east-1c has capacity again",
                                 "instance 4 in us-east-1c: in service after 20s",
                                 "instance 1 in us-east-1b"});
}

TEST_CASE("what is pending in a zone that is lost is gone unbilled, and what drains there fails") {
  // At 5 s instances 1, 2 and 3 are launched into b, c and a; 3, which would be billed from 20 s
  // on, is gone at 10 s like 0, and 4 and 5 take their places.
  const std::string grows =
      "changes: [{at: +5s, field: services.web.ec2.desired_capacity, value: 4}]\n";
  const RunResult pending = run(group(1, zone_loss("at: +10s", "a"), grows), {{5s, 1s}}, 100s);
  CHECK(pending.quantity("ec2.on_demand.m5.large") ==
        "0.088888888888889");  // 10 + 2 x 80 + 2 x 75 = 320 s
  // The third request is at instance 2, which drains from 10 s on.
  const std::string shrinks =
      "changes: [{at: +10s, field: services.web.ec2.desired_capacity, value: 2}]\n";
  const RunResult draining =
      run(group(3, zone_loss("at: +20s", "c"), shrinks), {{1s, 1s}, {1s, 1s}, {1s, 40s}}, 100s);
  CHECK(draining.outcome(Outcome::kError) == 1);
  CHECK(causes(draining) ==
        std::vector<std::string>{"changes: services.web.ec2.desired_capacity is 2 from now on",
                                 "instance 2 in us-east-1c",
                                 "faults: us-east-1c is lost; instances in it: 1"});
}

TEST_CASE("E20: while every zone is lost nothing is launched") {
  const std::string when = "at: +10s, for: 30s";
  const RunResult result = run(
      group(1, zone_loss(when, "a") + ", " + zone_loss(when, "b") + ", " + zone_loss(when, "c")),
      {{30s, 1s}}, 100s);
  CHECK(result.outcome(Outcome::kRefused) == 1);
  CHECK(causes(result) ==
        std::vector<std::string>{
            "faults: us-east-1a is lost; instances in it: 1", "instance 0 in us-east-1a" + kGone,
            "instance 1 in us-east-1b: in service after 20s",
            "faults: us-east-1b is lost; instances in it: 1", "instance 1 in us-east-1b" + kGone,
            "instance 2 in us-east-1c: in service after 20s",
            "faults: us-east-1c is lost; instances in it: 1", "instance 2 in us-east-1c" + kGone,
            "1 instance: no capacity in us-east-1a, us-east-1b, us-east-1c",
            "faults: us-east-1a is back", "instance 3 in us-east-1a: in service after 20s",
            "faults: us-east-1b is back", "faults: us-east-1c is back"});
}

TEST_CASE("a zone that two faults take is back when both are over") {
  const RunResult result = run(
      group(1, zone_loss("at: +10s, for: 30s", "b") + ", " + zone_loss("at: +20s, for: 40s", "b")),
      {{5s, 1s}}, 100s);
  REQUIRE(result.activities.size() == 2);
  CHECK(result.activities[0].time == TimePoint{10s});
  CHECK(result.activities[1].time == TimePoint{60s});
}

TEST_CASE("a zone is lost by every service in it, or by the one that is named") {
  const std::string two =
      "version: 1\nservices:\n"
      "  app: {ecs: {desired_count: 1, task_definition: {cpu: 1024, memory: 2048}}}\n"
      "  web: {ec2: {min_size: 1, max_size: 1, instance_type: m5.large}}\n"
      "routes: [{match: r, service: web}]\ncalls: [{from: web, to: app}]\nfaults: [";
  const auto losers = [&](const std::string& fault) {
    std::vector<std::uint32_t> services;
    for (const Activity& activity : run(two + fault + "]\n", {{5s, 1s}}, 100s).activities) {
      if (activity.kind == "fault") services.push_back(activity.service);
    }
    return services;
  };
  CHECK(losers("{at: +10s, zone_loss: {zone: us-east-1a}}") == std::vector<std::uint32_t>{0, 1});
  CHECK(losers("{at: +10s, zone_loss: {zone: us-east-1a, service: web}}") ==
        std::vector<std::uint32_t>{1});
}

TEST_CASE("an external service is slow from a fault's beginning until its end") {
  // At the very beginning it is, at the very end it is not.
  const RunResult result = run(external("latency: 1s", slow("at: +10s, for: 10s", "3")),
                               {{9s, 0s}, {10s, 0s}, {20s, 0s}}, 100s);
  CHECK(result.service(0).latency_max_ns == 3'000'000'000);
  CHECK(result.service(0).parts.wait == 5'000'000'000);  // 1 + 3 + 1 s
  REQUIRE(result.activities.size() == 2);
  CHECK(result.activities[0].time == TimePoint{10s});
  CHECK(result.activities[0].cause == "faults: latency is multiplied by 3 from now on");
  CHECK(result.activities[1].time == TimePoint{20s});
  CHECK(result.activities[1].cause == "faults: latency is as the scenario has it again");
}

TEST_CASE("factors of faults that overlap multiply one another") {
  const RunResult result =
      run(external("latency: 1s", slow("at: +0s, until: +20s", "2") + ", " + slow("at: +10s", "3")),
          {{5s, 0s}, {15s, 0s}, {25s, 0s}}, 100s);
  CHECK(result.service(0).parts.wait == 11'000'000'000);  // 2 + 6 + 3 s
}

TEST_CASE("what an external service serves already is not slowed, what waits there is") {
  // The first has the connection from 1 s to 5 s; the second then, for twice 4 s.
  const RunResult result = run(external("latency: 4s, max_connections: 1", slow("at: +2s", "2")),
                               {{1s, 0s}, {1s, 0s}}, 100s);
  CHECK(result.service(0).latency_max_ns == 12'000'000'000);
}

TEST_CASE("E24: what is launched in a time of slow boots serves later, and is billed as before") {
  const std::string grows =
      "changes: [{at: +10s, field: services.web.ec2.desired_capacity, value: 2}]\n";
  const RunResult result =
      run(group(1, "{at: +5s, for: 10s, boot_time: {service: web, factor: 3}}", grows), {{5s, 1s}},
          100s);
  CHECK(result.activities[0].cause == "faults: boot times are multiplied by 3 from now on");
  CHECK(result.activities[2].cause == "instance 1 in us-east-1b: in service after 1m");
  CHECK(result.activities[3].cause == "faults: boot times are as the scenario has it again");
  CHECK(result.quantity("ec2.on_demand.m5.large") == "0.048611111111111");  // 100 + 75 s
}

TEST_CASE("at one instant changes come first, then ends of faults, then their beginnings") {
  const scenario::Scenario scenario = scenario::Scenario::parse(
      external("latency: 1s", slow("at: +10s", "2") + ", " + slow("at: +5s, for: 5s", "2")) +
          "changes: [{at: +10s, field: services.db.external.max_connections, value: 2}]\n",
      "test.yaml");
  using Kind = TimedStep::Kind;
  const std::vector<TimedStep> steps = timed_steps(scenario, TimePoint{100s});
  REQUIRE(steps.size() == 4);
  CHECK(steps[0].kind == Kind::kFaultBegins);
  CHECK(steps[0].index == 1);
  CHECK(steps[0].at == TimePoint{105s});
  CHECK(steps[1].kind == Kind::kChange);
  CHECK(steps[2].kind == Kind::kFaultEnds);
  CHECK(steps[3].kind == Kind::kFaultBegins);
  CHECK(steps[3].index == 0);
}

TEST_CASE("a fault that is over before the trace begins does not happen, one that lasts does") {
  const scenario::Scenario scenario = scenario::Scenario::parse(
      group(1,
            "{at: 1970-01-01T00:00:10Z, kill_instances: {service: web}}, "
            "{at: 1970-01-01T00:00:10Z, for: 20s, boot_time: {service: web, factor: 2}}, "
            "{at: 1970-01-01T00:00:10Z, for: 21s, boot_time: {service: web, factor: 2}}"),
      "test.yaml");
  const std::vector<TimedStep> steps = timed_steps(scenario, TimePoint{30s});
  REQUIRE(steps.size() == 2);
  CHECK(steps[0].at == TimePoint{30s});
  CHECK(steps[0].index == 2);
  CHECK(steps[1].at == TimePoint{31s});
}

TEST_CASE("a run notes the faults that lie after its end") {
  const RunResult result =
      run(external("latency: 1s", slow("at: +10s", "2") + ", " + slow("at: +1h", "2")), {{5s, 0s}},
          100s);
  REQUIRE(result.summary.notes.size() == 1);
  CHECK(result.summary.notes[0] == "1 of the 2 faults lie after the end of the run");
}

}  // namespace
}  // namespace skyreplay::replay
