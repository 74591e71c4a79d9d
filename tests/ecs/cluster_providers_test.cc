// Several capacity providers of one cluster: who is on which, what scales each, who pays.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "support/run_world.h"

namespace skyreplay::ecs {
namespace {

using testing::RowSource;
using testing::RunResult;
using namespace std::chrono_literals;

/// Instances that take two tasks each, and register 60 s after their launch, of the providers a and
/// b; tasks that start in 2 s once the image is there, which takes no time.
struct World {
  std::uint32_t a = 10, b = 10;  ///< instances
  std::string of_a{}, of_b{};    ///< what else the groups say
  std::string assumed_a{}, assumed_b{};
  std::string managed{};   ///< of both providers
  std::string strategy{};  ///< of the service
  std::string standard{};  ///< of the cluster
  std::uint32_t tasks = 0;
  std::string service{};  ///< what else it says
  std::string more{};     ///< other services
  std::string top{};

  std::string group(std::uint32_t instances, const std::string& of_it,
                    const std::string& assumed) const {
    return fmt::format(
        "{{auto_scaling_group: {{min_size: 0, max_size: 20, desired_capacity: {}, instance_type: "
        "m7i.large, availability_zones: [us-east-1a], ebs: {{volume_size: 0}}, {}assumed: "
        "{{{}boot_time: 60s, pending_time: 10s}}}}, auto_scaling_group_provider: {{{}}}, assumed: "
        "{{registered_memory: 8000}}}}",
        instances, of_it, assumed, managed);
  }
  std::string text() const {
    return fmt::format(
        "version: 1\ndrain: 0s\n{}clusters:\n  pool:\n    capacity_providers:\n      a: {}\n      "
        "b: {}\n{}services:\n  web:\n    ecs: {{cluster: pool, desired_count: {}, {}{}"
        "task_definition: {{cpu: 1024, memory: 2000}}, assumed: {{image_size: 0B, "
        "container_start: 2s}}}}\n{}",
        top, group(a, of_a, assumed_a), group(b, of_b, assumed_b),
        standard.empty() ? "" : "    default_capacity_provider_strategy: [" + standard + "]\n",
        tasks, strategy.empty() ? "" : "capacity_provider_strategy: [" + strategy + "], ", service,
        more);
  }
};

RunResult run(const World& world, Duration span = 600s) {
  RowSource source({{.name = "GET /"}}, {{.arrival = 0s, .work = 1ms}}, span);
  RunResult result(world.text(), source);
  result.without_health();
  return result;
}

std::string item(const char* provider, std::uint32_t base, std::uint32_t weight) {
  return fmt::format("{{capacity_provider: {}, base: {}, weight: {}}}", provider, base, weight);
}
std::string both(std::uint32_t base_of_a, std::uint32_t a, std::uint32_t b) {
  return item("a", base_of_a, a) + ", " + item("b", 0, b);
}
std::string desired(int at, std::uint32_t tasks) {
  return fmt::format("{{at: +{}s, field: services.web.ecs.desired_count, value: {}}},", at, tasks);
}
std::string changes(const std::string& list) { return "changes: [" + list + "]\n"; }

/// "90 launch task 4 in us-east-1a on a: in service after 2s" and so on, of services and groups.
std::vector<std::string> told(const RunResult& result, const std::string& kind,
                              std::uint32_t service = 0) {
  std::vector<std::string> lines;
  for (const auto& activity : result.activities) {
    if (activity.kind != kind || activity.service != service) continue;
    const auto seconds = std::chrono::floor<std::chrono::seconds>(activity.time.time_since_epoch());
    lines.push_back(fmt::format("{} {}", seconds.count(), activity.cause));
  }
  return lines;
}

/// Tasks in service on the average of the second minute.
double running(const RunResult& result, std::uint32_t service) {
  for (const auto& [start, row] : result.timeline) {
    if (start == TimePoint{60s} && row.service == service) {
      return static_cast<double>(row.capacity_running_ns) / 60e9;
    }
  }
  return -1;
}

/// How many of the service's launches, or terminations, were on each provider: "5 on a, 5 on b".
std::string split(const RunResult& result, const std::string& kind) {
  std::map<char, int> on;
  for (const std::string& line : told(result, kind)) {
    const std::size_t at = line.find(" on ");
    REQUIRE(at != std::string::npos);
    ++on[line[at + 4]];
  }
  return fmt::format("{} on a, {} on b", on['a'], on['b']);
}

/// Tasks are launched at 30 s, one service with so many.
std::string split_of(const std::string& strategy, std::uint32_t tasks) {
  return split(run({.strategy = strategy, .top = changes(desired(30, tasks))}), "launch");
}

TEST_CASE("C71, C72: after the base tasks are split by weight, as the documentation has it") {
  CHECK(split_of(both(0, 1, 1), 10) == "5 on a, 5 on b");  // evenly
  CHECK(split_of(both(0, 1, 4), 5) == "1 on a, 4 on b");   // for one on a four on b
  CHECK(split_of(both(0, 1, 4), 10) == "2 on a, 8 on b");
  CHECK(split_of(both(2, 1, 1), 10) == "6 on a, 4 on b");  // 2 + 8 / 2
  CHECK(split_of(both(1, 1, 3), 9) == "3 on a, 6 on b");   // 1 + 8 / 4
  CHECK(split_of(both(3, 0, 1), 8) == "3 on a, 5 on b");   // weight 0: the base alone
  CHECK(split_of(both(0, 0, 1), 4) == "0 on a, 4 on b");
  CHECK(split_of(both(4, 1, 9), 3) == "3 on a, 0 on b");  // fewer than the base
  CHECK(split_of(both(0, 1, 1), 3) == "2 on a, 1 on b");  // of equals the first
}

TEST_CASE("C71: a service takes the cluster's default strategy, where it says nothing") {
  const World world{.standard = both(0, 1, 3), .top = changes(desired(30, 8))};
  CHECK(split(run(world), "launch") == "2 on a, 6 on b");
  World own = world;
  own.strategy = item("a", 0, 1);
  CHECK(split(run(own), "launch") == "8 on a, 0 on b");
}

TEST_CASE("C90: of launch type EC2 tasks are on any instance, in the order of their launches") {
  // Instance 0 is of a and 1 of b; by default the one with the fewest, of equals the first.
  const RunResult result = run({.a = 1, .b = 1, .tasks = 4});
  CHECK(told(result, "placement").empty());
  CHECK(running(result, 0) == 4);
  // Of each instance an equal share is the service's: 509 s of 600 s twice.
  std::map<std::string, double> hours;
  for (const auto& row : result.bill) {
    if (row.line_item == "ec2.on_demand.m7i.large") hours[row.service] += std::stod(row.quantity);
  }
  CHECK(hours["web"] * 3600 == doctest::Approx(1018));
  CHECK(hours["pool/a"] == hours["pool/b"]);
}

TEST_CASE("C73: who finds no room on its provider waits, whatever room there is on another") {
  const RunResult result =
      run({.a = 1, .b = 9, .strategy = both(0, 1, 1), .top = changes(desired(30, 8))});
  CHECK(split(result, "launch") == "2 on a, 4 on b");
  REQUIRE(told(result, "placement").size() == 1);
  CHECK(told(result, "placement")[0] ==
        "30 (service web) was unable to place a task because no container instance met all of its "
        "requirements; 2 of 8 tasks wait");
}

TEST_CASE("C73: scaling in keeps the ratio") {
  const RunResult result =
      run({.strategy = both(2, 1, 3), .tasks = 10, .top = changes(desired(30, 6))});
  // Of ten 2 + 2 are on a and 6 on b; of six 2 + 1 and 3.
  CHECK(split(result, "terminate") == "1 on a, 3 on b");
}

// At 30 s eight tasks are desired, of which two fit on a and two on b: two wait for each. At the
// minute N is 1 of each, and M 1 + 1 of each, as an instance takes two.
TEST_CASE("C75: each provider is scaled by the tasks that are on it") {
  const World world{.a = 1,
                    .b = 1,
                    .managed = "managed_scaling: {}",
                    .strategy = both(0, 1, 1),
                    .top = changes(desired(30, 8))};
  const RunResult result = run(world);
  for (const std::uint32_t group : {1U, 2U}) {
    REQUIRE(told(result, "scale_out", group).size() == 1);
    CHECK(told(result, "scale_out", group)[0] ==
          "90 CapacityProviderReservation 200 > 100 for 1 of 1 datapoints (M 2, N 1); desired 1 → "
          "2");
  }
  World one = world;
  one.strategy = both(0, 0, 1);  // all eight are b's: six wait, for three instances
  const RunResult other = run(one);
  CHECK(told(other, "scale_out", 1).empty());
  CHECK(told(other, "scale_out", 2)[0] ==
        "90 CapacityProviderReservation 400 > 100 for 1 of 1 datapoints (M 4, N 1); desired 1 → "
        "4");
  CHECK(split(other, "launch") == "0 on a, 8 on b");
}

TEST_CASE("C76: a provider without instances is scaled from nothing by itself") {
  const RunResult result = run(
      {.a = 1, .b = 0, .managed = "managed_scaling: {}", .strategy = both(0, 1, 1), .tasks = 2});
  CHECK(told(result, "scale_out", 1).empty());
  CHECK(told(result, "scale_out", 2).at(0) ==
        "90 CapacityProviderReservation 200 > 100 for 1 of 1 datapoints (M 1, N 0); desired 0 → "
        "2");
}

// Two of four tasks are on b's instance, which Spot takes.
TEST_CASE("C73: what Spot takes is made good on Spot, and never elsewhere") {
  const RunResult result = run({.a = 9,
                                .b = 2,
                                .of_b = "instance_market_options: {market_type: spot}, ",
                                .managed = "managed_draining: DISABLED",
                                .strategy = both(2, 0, 1),
                                .tasks = 6,
                                .top = "faults: [{at: +60s, interrupt_spot: {service: pool/b, "
                                       "share: 1}}]\n"});
  CHECK(told(result, "launch", 1).empty());
  CHECK(told(result, "launch", 2).size() == 2);
  CHECK(split(result, "terminate") == "0 on a, 4 on b");
  CHECK(split(result, "launch") == "0 on a, 4 on b");
}

// Of four tasks on b, one an instance, one is on the instance that drains at 60 s. Of the four on a
// and three on b that stay b is the one that lacks a task; counting all eight, a would be next.
TEST_CASE("C56, C73: tasks on instances that drain are replaced on their provider") {
  const RunResult result =
      run({.a = 9,
           .b = 4,
           .strategy = both(0, 1, 1),
           .tasks = 8,
           .top = changes("{at: +60s, field: clusters.pool.capacity_providers.b."
                          "auto_scaling_group.desired_capacity, value: 3}")});
  CHECK(split(result, "launch") == "0 on a, 1 on b");
  CHECK(split(result, "terminate") == "0 on a, 1 on b");
}

TEST_CASE("C36: a daemon has a task on each instance of every provider") {
  const std::string agent =
      "  agent:\n    ecs: {cluster: pool, scheduling_strategy: DAEMON, task_definition: {cpu: 128, "
      "memory: 100}}\nroutes: [{match: \"*\", service: web}]\n";
  const RunResult result =
      run({.a = 2, .b = 3, .strategy = both(0, 1, 1), .tasks = 2, .more = agent});
  CHECK(running(result, 0) == 5);  // of the agent, the first service
}

// An instance weighs 9 x 2,048 + 8,000 = 26,432, a task 9 x 1,024 + 2,000 = 11,216: two of a's
// one instance take 0.84867 of its 600 s, 509.2 s, and 90.8 s are idle; of b's two all is.
TEST_CASE("C121: what a provider's instances cost goes to who reserves of them, the rest is idle") {
  const RunResult result = run({.a = 1, .b = 2, .strategy = both(0, 1, 0), .tasks = 2});
  std::map<std::string, double> hours;
  for (const auto& row : result.bill) {
    if (row.line_item == "ec2.on_demand.m7i.large") hours[row.service] += std::stod(row.quantity);
  }
  CHECK(hours["web"] * 3600 == doctest::Approx(509));  // whole seconds
  CHECK(hours["pool/a"] * 3600 == doctest::Approx(91));
  CHECK(hours["pool/b"] * 3600 == doctest::Approx(1200));
  CHECK(std::ranges::count_if(result.bill, [](const auto& row) {
          return row.service == "web" && row.line_item == "ec2.on_demand.m7i.large";
        }) == 1);  // of both providers
}

TEST_CASE("C71: jobs are on the provider farthest below its share, and wait for it alone") {
  const World world{
      .a = 1,
      .b = 1,
      .managed = "managed_scaling: {}",
      .tasks = 0,
      .more = "  job:\n    ecs_task: {cluster: pool, capacity_provider_strategy: [" +
              both(0, 1, 3) +
              "], task_definition: {cpu: 1024, memory: 2000}, assumed: {image_size: 0B, "
              "container_start: 2s}}\nroutes: [{match: job, service: job}, {match: "
              "\"*\", service: web}]\n"};
  std::vector<RowSource::Row> rows(8, {.arrival = 1s, .work = 3000s});
  RowSource source({{.name = "job"}}, rows, 300s);
  RunResult result(world.text(), source);
  // Of eight two are a's and fit there; six are b's, of which four wait: for two instances.
  std::vector<std::string> scaled;
  for (const auto& activity : result.activities) {
    if (activity.kind == "scale_out") scaled.push_back(activity.cause);
  }
  REQUIRE(scaled.size() == 1);
  CHECK(scaled[0] ==
        "CapacityProviderReservation 300 > 100 for 1 of 1 datapoints (M 3, N 1); desired 1 → 3");
}

// A request of 10 s of work, on one of two vCPUs: an m7i's, or an m5's, which is the reference.
TEST_CASE("C71: a task is as fast as the instance of its provider") {
  const auto time = [](const char* provider) {
    const World world{.a = 1,
                      .b = 1,
                      .assumed_a = "speed: 2, ",
                      .assumed_b = "speed: 0.5, ",
                      .strategy = item(provider, 0, 1),
                      .tasks = 1};
    RowSource source({{.name = "GET /"}}, {{.arrival = 1s, .work = 10s}}, 100s);
    return RunResult(world.text(), source).service(0).latency_max_ns;
  };
  CHECK(time("b") == 20'000'000'000);
  CHECK(time("a") == 5'000'000'000);
}

}  // namespace
}  // namespace skyreplay::ecs
