// Timed changes of a scenario, as the models take them in.
#include <doctest/doctest.h>

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

std::string change(const std::string& at, const std::string& field, const std::string& value) {
  return "{at: " + at + ", field: " + field + ", value: " + value + "}";
}

std::string group(std::uint32_t desired, const std::string& more, const std::string& changes) {
  return "version: 1\nservices:\n  web: {ec2: {min_size: 0, max_size: 9, desired_capacity: " +
         std::to_string(desired) + ", instance_type: m5.large, " + more +
         "assumed: {speed: 1, boot_time: 20s, pending_time: 15s}}}\nchanges: [" + changes + "]\n";
}
const std::string kDesired = "services.web.ec2.desired_capacity";

TEST_CASE("a group grows at the change, and what is new serves after its boot") {
  const RunResult result = run(group(1, "", change("+10s", kDesired, "2")), {{50s, 1s}}, 100s);
  REQUIRE(result.activities.size() == 2);
  CHECK(result.activities[0].kind == "scale_out");
  CHECK(result.activities[0].cause == "changes: " + kDesired + " is 2 from now on");
  CHECK(result.activities[0].from == 1);
  CHECK(result.activities[0].to == 2);
  CHECK(result.activities[1].kind == "launch");
  CHECK(result.activities[1].cause == "instance 1 in us-east-1b: in service after 20s");
  // Desired 1 for 10 s and 2 for 50 s in the first window; in service from 30 s on.
  CHECK(result.timeline[0].row.capacity_desired_ns == 110'000'000'000);
  CHECK(result.timeline[0].row.capacity_pending_ns == 20'000'000'000);
  CHECK(result.timeline[0].row.capacity_running_ns == 90'000'000'000);
  // 100 s of the first and, from 25 s on, 75 s of the second.
  CHECK(result.quantity("ec2.on_demand.m5.large") == "0.048611111111111");
}

TEST_CASE("E20: a launch goes to the zone with the fewest instances, the first of equals") {
  // 0 is in a, 1 in b. c has the fewest then; when all have one, a is the first.
  const RunResult result = run(group(2, "", change("+10s", kDesired, "4")), {{50s, 1s}}, 100s);
  REQUIRE(result.activities.size() == 3);
  CHECK(result.activities[1].cause == "instance 2 in us-east-1c: in service after 20s");
  CHECK(result.activities[2].cause == "instance 3 in us-east-1a: in service after 20s");
}

TEST_CASE("E20: the fullest zone gives up its oldest instance, of equal zones the last one") {
  // 0 and 3 are in a, 1 in b, 2 in c: 0 goes first; then all zones have one, and c's goes.
  const std::string down = change("+10s", kDesired, "2");
  const RunResult result =
      run(group(4, "", down + ", " + change("+20s", kDesired, "3")), {{50s, 1s}}, 100s);
  REQUIRE(result.activities.size() == 5);
  CHECK(result.activities[0].kind == "scale_in");
  CHECK(result.activities[1].cause == "instance 0 in us-east-1a");
  CHECK(result.activities[2].cause == "instance 2 in us-east-1c");
  CHECK(result.activities[4].cause == "instance 4 in us-east-1c: in service after 20s");
}

TEST_CASE("E111: an instance taken out finishes what it has and gets nothing new") {
  // Three zones, one instance each: of equally full zones the last one's goes. In turn it has the
  // third request, which ends at 41 s; until then it is billed.
  // The same whether its vCPUs are shared or each worker has its own.
  for (const std::string workers : {"", "workers: 2, "}) {
    std::string text = group(3, "", change("+10s", kDesired, "2"));
    text.insert(text.find("speed: 1"), workers);
    const RunResult result = run(text, {{1s, 1s}, {1s, 1s}, {1s, 40s}, {20s, 1s}, {20s, 1s}}, 100s);
    CHECK(result.outcome(Outcome::kCompleted) == 5);
    CHECK(result.service(0).latency_max_ns == 40'000'000'000);
    CHECK(result.quantity("ec2.on_demand.m5.large") == "0.066944444444444");  // 100 + 100 + 41 s
  }
}

TEST_CASE("E111: what is in flight when the deregistration delay ends fails") {
  const std::string short_delay = "target_group: {deregistration_delay: 5s}, ";
  const RunResult result =
      run(group(1, short_delay, change("+10s", kDesired, "0")), {{1s, 40s}, {20s, 1s}}, 100s);
  CHECK(result.outcome(Outcome::kError) == 1);
  CHECK(result.outcome(Outcome::kRefused) == 1);
}

TEST_CASE("E111: what an instance refused is not outstanding there") {
  // Idle at 20 s, so it goes at once: 20 s on the bill, where a wait for the delay would make it
  // 100.
  const std::string text =
      "version: 1\nservices:\n  web: {ec2: {min_size: 0, max_size: 1, desired_capacity: 1, "
      "instance_type: m5.large, assumed: {workers: 1, backlog: 0}}}\nchanges: [" +
      change("+20s", kDesired, "0") + "]\n";
  const RunResult result = run(text, {{1s, 0s, 10s}, {2s, 0s, 1s}}, 100s);
  CHECK(result.outcome(Outcome::kRefused) == 1);
  CHECK(result.quantity("ec2.on_demand.m5.large") == "0.005555555555556");
}

TEST_CASE("an instance not in service yet is the first to go, and is not billed while pending") {
  const RunResult result =
      run(group(1, "", change("+10s", kDesired, "2") + ", " + change("+20s", kDesired, "1")),
          {{50s, 1s}}, 100s);
  CHECK(result.quantity("ec2.on_demand.m5.large") == "0.027777777777778");  // 100 s of the first
  CHECK(result.timeline[0].row.capacity_pending_ns == 10'000'000'000);
}

TEST_CASE("changes after the end of the run are not made, and the result says so") {
  const RunResult result =
      run(group(1, "", change("+10s", kDesired, "2") + ", " + change("+2h", kDesired, "3")),
          {{50s, 1s}}, 100s);
  CHECK(result.summary.notes.back() == "1 of the 2 timed changes lie after the end of the run");
  CHECK(result.timeline[1].row.capacity_desired_ns == 80'000'000'000);
}

TEST_CASE("a change on the edge of a window falls in the window that begins") {
  const RunResult result = run(group(1, "", change("+60s", kDesired, "3")), {{50s, 1s}}, 120s);
  CHECK(result.timeline[0].row.capacity_desired_ns == 60'000'000'000);
  CHECK(result.timeline[1].row.capacity_desired_ns == 180'000'000'000);
}

TEST_CASE("a function's update leaves what runs and starts new environments") {
  const std::string text =
      "version: 1\nservices:\n  fn: {lambda: {memory_size: 1024, timeout: 900, assumed: "
      "{init_duration: 0s, platform_init_duration: 0s, speed: 1.7275390625}}}\n"
      "changes: [" +
      change("+10s", "services.fn.lambda.memory_size", "2048") + "]\n";
  // 1 GB for 1 s and for 20 s, begun before the change; 2 GB for 1 s after it.
  const RunResult result = run(text, {{1s, 0s, 1s}, {5s, 0s, 20s}, {30s, 0s, 1s}}, 100s);
  CHECK(result.quantity("lambda.duration_x86") == "23");
  CHECK(result.service(0).counters.cold_starts == 2);  // the second request finds the first's
}

TEST_CASE("reserved concurrency changes without new environments") {
  const std::string text =
      "version: 1\nservices:\n  fn: {lambda: {memory_size: 1024, timeout: 900}}\n"
      "changes: [" +
      change("+10s", "services.fn.lambda.reserved_concurrent_executions", "0") + ", " +
      change("+20s", "services.fn.lambda.reserved_concurrent_executions", "null") + "]\n";
  const RunResult result = run(text, {{1s, 0s, 1s}, {15s, 0s, 1s}, {30s, 0s, 1s}}, 100s);
  CHECK(result.outcome(Outcome::kThrottle) == 1);
  CHECK(result.service(0).counters.cold_starts == 1);
}

TEST_CASE("the account's limit changes for all functions") {
  const std::string text =
      "version: 1\nservices:\n  fn: {lambda: {memory_size: 1024, timeout: 900}}\n"
      "account: {lambda: {concurrent_executions: 1}}\n"
      "changes: [" +
      change("+10s", "account.lambda.concurrent_executions", "2") + "]\n";
  const RunResult result =
      run(text, {{1s, 0s, 1s}, {1s, 0s, 1s}, {15s, 0s, 1s}, {15s, 0s, 1s}}, 100s);
  CHECK(result.outcome(Outcome::kThrottle) == 1);
  CHECK(result.outcome(Outcome::kCompleted) == 3);
}

TEST_CASE("more connections let those in that wait") {
  const std::string text =
      "version: 1\nservices: {db: {external: {latency: 10s, max_connections: 1}}}\n"
      "changes: [" +
      change("+3s", "services.db.external.max_connections", "2") + "]\n";
  const RunResult result = run(text, {{1s, 0s}, {1s, 0s}}, 100s);
  CHECK(result.service(0).latency_max_ns == 12'000'000'000);
}

TEST_CASE("a client's timeout counts for attempts from then on") {
  const std::string text =
      "version: 1\nworkload: {client: {timeout: 5s}}\n"
      "services: {db: {external: {latency: 8s}}}\n"
      "changes: [" +
      change("+3s", "workload.client.timeout", "20s") + "]\n";
  const RunResult result = run(text, {{1s, 0s}, {4s, 0s}}, 100s);
  CHECK(result.outcome(Outcome::kClientTimeout) == 1);
  CHECK(result.outcome(Outcome::kCompleted) == 1);
}

}  // namespace
}  // namespace skyreplay::replay
