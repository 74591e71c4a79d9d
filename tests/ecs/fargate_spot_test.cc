#include <doctest/doctest.h>

#include "support/run_world.h"

namespace skyreplay::ecs {
namespace {

using metrics::Outcome;
using testing::RowSource;
using testing::RunResult;
using namespace std::chrono_literals;

/// Tasks that run 10 s after their creation, and answer 10 s later.
std::string service(std::uint32_t desired, const std::string& strategy,
                    const std::string& to_interruption, const std::string& top = "",
                    const std::string& task = "") {
  return "version: 1\ndrain: 0s\n" + top +
         "services:\n  web:\n    ecs: {desired_count: " + std::to_string(desired) +
         ", task_definition: {cpu: 1024, memory: 2048, " + task +
         "}, availability_zones: [us-east-1a, us-east-1b], capacity_provider_strategy: [" +
         strategy +
         "], assumed: {infrastructure_time: 10s, image_size: 0B, container_start: 0s, "
         "application_start: 10s, fargate_spot: {time_to_interruption: " +
         to_interruption + "}}}\n";
}
const std::string kSpot = "{capacity_provider: FARGATE_SPOT, weight: 1}";
const std::string kBoth =
    "{capacity_provider: FARGATE, base: 2, weight: 1}, {capacity_provider: FARGATE_SPOT, weight: "
    "3}";

RunResult run(const std::string& scenario, const std::vector<RowSource::Row>& rows, Duration end) {
  RowSource source({{.name = "r"}}, rows, end);
  return {scenario, source};
}

std::vector<std::string> causes(const RunResult& result, const std::string& kind) {
  std::vector<std::string> all;
  for (const replay::Activity& activity : result.activities) {
    if (activity.kind == kind) {
      all.push_back(std::to_string(activity.time.time_since_epoch() / 1s) + ": " + activity.cause);
    }
  }
  return all;
}

TEST_CASE("C71, C118: tasks on FARGATE_SPOT are billed apart, at 30 % of the price unless told") {
  // Of ten tasks four are on FARGATE, for half an hour.
  const RunResult result = run(service(10, kBoth, "1000h"), {{1s, 1s}}, 1800s);
  CHECK(result.quantity("fargate.linux_x86_vcpu") == "2");
  CHECK(result.quantity("fargate.spot_linux_x86_vcpu") == "3");
  CHECK(result.quantity("fargate.spot_linux_x86_memory") == "6");
  for (const pricing::BillRow& row : result.bill) {
    if (row.line_item == "fargate.spot_linux_x86_vcpu")
      CHECK(row.amount == 36'432'000);  // x 0.012144
  }
}

TEST_CASE("C74: an interrupted task gets no more requests and has its stop timeout to answer") {
  // Interrupted at 100 s, with requests of 20 s and 60 s inside; 30 s of stop timeout. Another is
  // launched at once and runs from 110 s on.
  const RunResult result = run(service(1, kSpot, "100s"), {{90s, 0s, 20s}, {90s, 0s, 60s}}, 200s);
  CHECK(result.outcome(Outcome::kCompleted) == 1);
  CHECK(result.outcome(Outcome::kError) == 1);
  CHECK(causes(result, "spot") ==
        std::vector<std::string>{"100: task 0: SpotInterruption, SIGTERM"});
  CHECK(causes(result, "terminate") ==
        std::vector<std::string>{
            "100: task 0 in us-east-1a on FARGATE_SPOT: Your Spot Task was interrupted."});
  REQUIRE(causes(result, "launch").size() == 1);
  CHECK(causes(result, "launch")[0] ==
        "100: task 1 in us-east-1a on FARGATE_SPOT: in service after 10s");
}

TEST_CASE("C24, C74: a longer stop timeout lets longer requests end") {
  const RunResult result =
      run(service(1, kSpot, "100s", "", "stop_timeout: 120"), {{90s, 0s, 60s}}, 300s);
  CHECK(result.outcome(Outcome::kCompleted) == 1);
  // Billed until its last request has been answered, at 150 s, and what follows from 110 s on,
  // itself interrupted at 210 s and its follower from 220 s to the end: 150 + 100 + 80 s.
  CHECK(result.quantity("fargate.spot_linux_x86_vcpu") == "0.091666666666667");
}

TEST_CASE("C73: what was lost on FARGATE_SPOT is made good there, never on FARGATE") {
  const std::string faults = "faults: [{at: +60s, interrupt_spot: {service: web, share: 1}}]\n";
  const RunResult result = run(service(10, kBoth, "1000h", faults), {{1s, 1s}}, 300s);
  const std::vector<std::string> launches = causes(result, "launch");
  REQUIRE(launches.size() == 6);
  for (const std::string& launch : launches)
    CHECK(launch.find("on FARGATE_SPOT") != std::string::npos);
  CHECK(causes(result, "fault")[0] ==
        "60: faults: 6 of 6 tasks in service on FARGATE_SPOT are interrupted");
}

TEST_CASE("C12: each provider's tasks are spread over the zones by themselves") {
  // 0 and 1 are FARGATE's, in a and b; 2 and 3 Spot's, in a and b; and so on.
  const RunResult result =
      run(service(4,
                  "{capacity_provider: FARGATE, base: 1, weight: 1}, {capacity_provider: "
                  "FARGATE_SPOT, weight: 1}",
                  "1000h", "start: cold\n"),
          {{1s, 1s}}, 100s);
  const std::vector<std::string> launches = causes(result, "launch");
  REQUIRE(launches.size() == 4);
  CHECK(launches[0].starts_with("0: task 0 in us-east-1a on FARGATE:"));
  CHECK(launches[1].starts_with("0: task 1 in us-east-1b on FARGATE:"));
  CHECK(launches[2].starts_with("0: task 2 in us-east-1a on FARGATE_SPOT:"));
  CHECK(launches[3].starts_with("0: task 3 in us-east-1a on FARGATE:"));
}

TEST_CASE("C74: at 1 % an hour, of 2,000 tasks some 20 are interrupted in an hour") {
  const RunResult result =
      run(service(2000, kSpot, "{exponential: {mean: 100h}}"), {{1s, 1s}}, 3600s);
  const std::size_t count = causes(result, "spot").size();
  CHECK(count >= 8);
  CHECK(count <= 34);
}

}  // namespace
}  // namespace skyreplay::ecs
