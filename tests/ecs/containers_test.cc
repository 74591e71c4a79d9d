#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "metrics/recorder.h"
#include "support/run_world.h"

namespace skyreplay::ecs {
namespace {

using metrics::Outcome;
using testing::RowSource;
using testing::RunResult;
using namespace std::chrono_literals;

/// A task of one vCPU and 2 GiB, of these containers.
std::string service(const std::string& containers, const std::string& assumed = "") {
  return "version: 1\nservices:\n  web:\n    ecs: {desired_count: 1, availability_zones: "
         "[us-east-1a], container_name: web, task_definition: {cpu: 1024, memory: 2048, "
         "container_definitions: [" +
         containers +
         "]}, assumed: {infrastructure_time: 10s, image_size: 0B, container_start: 0s" + assumed +
         "}}\n";
}

RunResult run(const std::string& scenario, const std::vector<RowSource::Row>& rows) {
  RowSource source({{.name = "r"}}, rows, 4min);
  return {scenario, source};
}

double latency(const RunResult& result) {
  return static_cast<double>(result.service(0).latency_max_ns) / 1e9;
}

TEST_CASE("C3: a sidecar that wants all the CPU has its share of it") {
  // It has a quarter of the vCPU: three seconds of work take four.
  const std::string containers =
      "{name: web, cpu: 768}, {name: log, cpu: 256, assumed: {cpu_use: 1}}";
  CHECK(latency(run(service(containers), {{.arrival = 1s, .work = 3s}})) == 4);
  CHECK(latency(run(service(containers, ", workers: 1"), {{.arrival = 1s, .work = 3s}})) == 4);
}

TEST_CASE("C3: a sidecar that wants less than its share leaves the rest") {
  const std::string containers =
      "{name: web, cpu: 512}, {name: log, cpu: 512, assumed: {cpu_use: 0.125}}";
  CHECK(latency(run(service(containers), {{.arrival = 1s, .work = 3500ms}})) == 4);
}

TEST_CASE("C93: a service's CPU is that of its sidecars too, of all that its tasks have") {
  const std::string containers = "{name: web}, {name: log, cpu: 512, assumed: {cpu_use: 0.125}}";
  const RunResult result = run(service(containers), {{.arrival = 1s, .work = 3500ms}});
  CHECK(result.timeline[0].row.cpu_available_ns == 60'000'000'000);
  // An eighth of 60 s, and the request's.
  CHECK(result.timeline[0].row.cpu_busy_ns == 7'500'000'000 + 3'500'000'000);
  CHECK(result.timeline[1].row.cpu_busy_ns == 7'500'000'000);
}

TEST_CASE("C3: a task of one container with nothing assumed is a task without containers") {
  const std::vector<RowSource::Row> rows = {
      {.arrival = 1s, .work = 3s}, {.arrival = 2s, .work = 5s, .wait = 1s}, {.arrival = 3s}};
  const RunResult one = run(service("{name: web}", ", memory_base: 1GiB"), rows);
  std::string without = service("", ", memory_base: 1GiB");
  for (const std::string gone : {"container_name: web, ", ", container_definitions: []"}) {
    without.erase(without.find(gone), gone.size());
  }
  const RunResult none = run(without, rows);
  REQUIRE(one.timeline.size() == none.timeline.size());
  for (std::size_t i = 0; i < one.timeline.size(); ++i) {
    CHECK(one.timeline[i].row.cpu_busy_ns == none.timeline[i].row.cpu_busy_ns);
    CHECK(one.timeline[i].row.memory.used == none.timeline[i].row.memory.used);
  }
  CHECK(latency(one) == latency(none));
}

TEST_CASE("C4: the container that serves is killed beyond its own limit, or the task's") {
  const std::string memory = ", memory_base: 512MiB, memory_per_request: 256MiB";
  const std::vector<RowSource::Row> three(3, {.arrival = 1s, .wait = 10s});
  // Two fit into 1 GiB: of its own, or that a sidecar leaves it.
  for (const std::string containers : {"{name: web, memory: 1024}, {name: log}",
                                       "{name: web}, {name: log, assumed: {memory_use: 1GiB}}"}) {
    const RunResult result = run(service(containers, memory), three);
    REQUIRE(result.told("terminate").size() == 1);
    CHECK(result.told("terminate")[0] ==
          "1: task 0 in us-east-1a: OutOfMemoryError: 3 requests inside need 1280.0 MiB of 1024");
    const std::vector<RowSource::Row> two(2, {.arrival = 1s, .wait = 10s});
    CHECK(run(service(containers, memory), two).told("terminate").empty());
  }
}

TEST_CASE("C93: a service's memory is that of its sidecars too") {
  const std::string containers = "{name: web}, {name: log, assumed: {memory_use: 512MiB}}";
  const RunResult result = run(service(containers, ", memory_base: 256MiB"), {{.arrival = 1s}});
  CHECK(result.timeline[0].row.memory.used == std::uint64_t{768} * 60'000'000'000);
}

TEST_CASE("C6: a task stops when an essential container exits, and is replaced") {
  const std::string containers =
      "{name: web}, {name: log, assumed: {time_to_exit: 30s, image_size: 0B}}";
  const RunResult result = run(service(containers), {{.arrival = 29s, .wait = 5s}});
  REQUIRE(result.told("terminate").size() > 2);
  CHECK(result.told("terminate")[0] ==
        "30: task 0 in us-east-1a: container log exited with code 1 after 30s: Essential container "
        "in task exited");
  CHECK(result.told("launch")[0] == "30: task 1 in us-east-1a: in service after 10s");
  CHECK(result.told("terminate")[1].substr(0, 25) == "70: task 1 in us-east-1a:");
  CHECK(result.outcome(Outcome::kError) == 1);
}

TEST_CASE("C6: a task goes on without a container that is not essential, and has what that had") {
  const std::string containers =
      "{name: web, cpu: 768}, {name: log, cpu: 256, essential: false, assumed: {cpu_use: 1, "
      "time_to_exit: 30s, exit_code: 7}}";
  const RunResult result = run(service(containers), {{.arrival = 60s, .work = 3s}});
  CHECK(result.told("terminate").empty());
  REQUIRE(result.told("container").size() == 1);
  CHECK(result.told("container")[0] ==
        "30: task 0: container log exited with code 7 after 30s: it is not restarted, and the task "
        "goes on without it");
  CHECK(latency(result) == 3);
  CHECK(latency(run(service(containers), {{.arrival = 1s, .work = 3s}})) == 4);
  // Three quarters of it are done in the first second, and the rest by all of the vCPU.
  CHECK(latency(run(service(containers), {{.arrival = 29s, .work = 1s}})) == 1.25);
}

TEST_CASE("C7: a container is restarted in its task, where it has run for the period") {
  const auto log = [](const std::string& policy, const std::string& assumed) {
    return "{name: web}, {name: log, restart_policy: {enabled: true" + policy + "}, assumed: {" +
           assumed + ", restart_time: 5s}}";
  };
  const auto of = [&](const std::string& policy, const std::string& assumed) {
    return run(service(log(policy, assumed)), {{.arrival = 1s}});
  };
  const std::string period = ", restart_attempt_period: 60";
  const RunResult restarts = of(period, "time_to_exit: 90s");
  CHECK(restarts.told("terminate").empty());
  REQUIRE(restarts.told("container").size() >= 3);
  CHECK(restarts.told("container")[0] ==
        "90: task 0: container log exited with code 1 after 1m30s: it is restarted within 5s");
  CHECK(restarts.told("container")[1] == "95: task 0: container log runs again");
  CHECK(restarts.told("container")[2].substr(0, 4) == "185:");
  CHECK(of(period, "time_to_exit: 60s").told("terminate").empty());
  CHECK(of(period, "time_to_exit: 59s").told("terminate").size() >= 1);
  CHECK(of("", "time_to_exit: 90s").told("terminate").size() >= 1);  // 300 s unless given
  CHECK(of(period + ", ignored_exit_codes: [0, 1]", "time_to_exit: 90s").told("terminate").size() >=
        1);
  CHECK(of(period + ", ignored_exit_codes: [0, 2]", "time_to_exit: 90s").told("terminate").empty());
}

TEST_CASE("C7: while the container that serves restarts its task stays, and refuses requests") {
  const std::string containers =
      "{name: web, restart_policy: {enabled: true, restart_attempt_period: 60}, assumed: "
      "{time_to_exit: 90s, restart_time: 5s}}";
  for (const std::string workers : {"", ", workers: 1"}) {
    // One is inside, or waits, when it exits; one comes before it is back, and one after.
    const RunResult result = run(service(containers, workers), {{.arrival = 88s, .wait = 10s},
                                                                {.arrival = 89s, .wait = 10s},
                                                                {.arrival = 92s, .wait = 1s},
                                                                {.arrival = 96s, .wait = 1s}});
    CHECK(result.outcome(Outcome::kError) == 2);
    CHECK(result.outcome(Outcome::kRefused) == 1);
    CHECK(result.outcome(Outcome::kCompleted) == 1);
    CHECK(result.told("terminate").empty());
    CHECK(result.timeline[1].row.capacity_running_ns == 60'000'000'000);
  }
}

TEST_CASE("C4, C7: a container that is killed for its memory is restarted too") {
  const std::string containers =
      "{name: web, memory: 1024, restart_policy: {enabled: true, restart_attempt_period: 60}, "
      "assumed: {restart_time: 5s}}";
  const std::string memory = ", memory_base: 512MiB, memory_per_request: 256MiB";
  const std::vector<RowSource::Row> late(3, {.arrival = 100s, .wait = 10s});
  const RunResult result = run(service(containers, memory), late);
  CHECK(result.told("terminate").empty());
  REQUIRE(result.told("container").size() == 2);
  CHECK(result.told("container")[0] ==
        "100: task 0: container web was killed, OutOfMemoryError: 3 requests inside need 1280.0 "
        "MiB of 1024 after 1m40s: it is restarted within 5s");
  CHECK(result.outcome(Outcome::kError) == 3);
  // For five of sixty seconds it has nothing in use.
  CHECK(result.timeline[1].row.memory.used == std::uint64_t{512} * 55'000'000'000);
  CHECK(result.timeline[1].row.memory.kills == 1);
}

TEST_CASE("C28: a task pulls the images of all its containers") {
  const std::string containers = "{name: web}, {name: log, assumed: {image_size: 20MB}}";
  std::string scenario = service(containers, ", pull_rate: 1MB/s");
  scenario.replace(scenario.find("image_size: 0B"), 14, "image_size: 10MB");
  const RunResult result = run("start: cold\n" + scenario, {{.arrival = 1s}});
  CHECK(result.told("launch")[0] == "0: task 0 in us-east-1a: in service after 40s");
}

}  // namespace
}  // namespace skyreplay::ecs
