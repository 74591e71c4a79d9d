#include "ecs/fargate_launches.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <string>
#include <vector>

#include "support/run_world.h"

namespace skyreplay::ecs {
namespace {

using testing::RowSource;
using testing::RunResult;
using namespace std::chrono_literals;

std::string service(const std::string& name, std::uint32_t desired, const std::string& more = "") {
  return fmt::format(
      "  {}: {{ecs: {{desired_count: {}, task_definition: {{cpu: 256, memory: 512}}{}}}}}\n", name,
      desired, more);
}

RunResult run(const std::string& account, const std::string& services,
              const std::string& top = "") {
  RowSource source({{.name = "r"}}, {{0s, 1s}}, 60s);
  return {"version: 1\nstart: cold\ndrain: 0s\naccount: {fargate: {" + account + "}}\n" + top +
              "services:\n" + services,
          source};
}

/// When the tasks of a service were launched, in ms.
std::vector<std::int64_t> launches(const RunResult& result, std::uint32_t service) {
  std::vector<std::int64_t> all;
  for (const replay::Activity& activity : result.activities) {
    const bool is_it = activity.service == service && activity.kind == "launch";
    if (is_it) all.push_back(activity.time.time_since_epoch() / 1ms);
  }
  return all;
}

using Times = std::vector<std::int64_t>;
const std::string kToAll =
    "routes: [{match: \"*\", service: a}, {match: b, service: b}, {match: c, service: c}]\n";

TEST_CASE("C49: services share the account's launches, a hundred at once and then 20 a second") {
  const RunResult result = run("", service("a", 60) + service("b", 60),
                               "routes: [{match: \"*\", service: a}, {match: b, service: b}]\n");
  CHECK(launches(result, 0) == Times(60, 0));
  Times others(40, 0);
  for (int i = 1; i <= 20; ++i) others.push_back(std::int64_t{50} * i);
  CHECK(launches(result, 1) == others);
}

TEST_CASE("C49: services that are short of launches get them in turn") {
  const RunResult result = run("launch_burst: 2, launch_rate: 1",
                               service("a", 2) + service("b", 2) + service("c", 2), kToAll);
  CHECK(launches(result, 0) == Times{0, 0});
  CHECK(launches(result, 1) == Times{1000, 3000});
  CHECK(launches(result, 2) == Times{2000, 4000});
}

/// Someone who would launch one task at an instant, and when it did.
class Launcher final : public kernel::Process {
 public:
  Launcher(kernel::Loop& loop, FargateLaunches& account, Duration at)
      : loop_(loop), account_(account), id_(account.join([this] { launch(); })) {
    loop.schedule(TimePoint{at}, loop.add(*this), 0, 0);
  }
  void fire(const kernel::Event&) override { launch(); }
  std::vector<Duration> launched;

 private:
  void launch() {
    if (!launched.empty() || !account_.may_launch(id_, false)) return;
    account_.launch(false);
    launched.push_back(loop_.now().time_since_epoch());
  }

  kernel::Loop& loop_;
  FargateLaunches& account_;
  FargateLaunches::Id id_;
};

TEST_CASE("C49: who asks when the token comes is not before who stands in line for it") {
  kernel::Loop loop;
  FargateLaunches account(loop, {.burst = 1, .rate = 1, .spot_burst = 1, .spot_rate = 1});
  Launcher first(loop, account, 0s);
  Launcher last(loop, account, 1s);  // its event of that instant is the earlier
  Launcher second(loop, account, 200ms);
  loop.advance(TimePoint{5s});
  CHECK(first.launched == std::vector<Duration>{0s});
  CHECK(second.launched == std::vector<Duration>{1s});
  CHECK(last.launched == std::vector<Duration>{2s});
}

TEST_CASE("C49: who needs a launch no more leaves it to the next") {
  const RunResult result =
      run("launch_burst: 1, launch_rate: 1", service("a", 1) + service("b", 1) + service("c", 1),
          kToAll + "changes: [{at: +500ms, field: services.b.ecs.desired_count, value: 0}]\n");
  CHECK(launches(result, 1).empty());
  CHECK(launches(result, 2) == Times{1000});
}

TEST_CASE("C49: tasks on FARGATE_SPOT have launches of their own") {
  const std::string spot =
      ", capacity_provider_strategy: [{capacity_provider: FARGATE_SPOT, weight: 1}]";
  const RunResult result =
      run("launch_burst: 1, launch_rate: 1, spot_launch_burst: 2, spot_launch_rate: 4",
          service("a", 2) + service("b", 4, spot),
          "routes: [{match: \"*\", service: a}, {match: b, service: b}]\n");
  CHECK(launches(result, 0) == Times{0, 1000});
  CHECK(launches(result, 1) == Times{0, 0, 250, 500});
}

TEST_CASE("C49: jobs stand in the same line as services") {
  // The service takes what there is, and is before the jobs: these are launched at 2 and 3 s.
  RowSource source({{.name = "r"}}, {{0s, 1s}, {0s, 1s}}, 60s);
  const RunResult result(
      "version: 1\nstart: cold\naccount: {fargate: {launch_burst: 1, launch_rate: 1}}\nroutes: "
      "[{match: w, service: a}, {match: \"*\", service: batch}]\nservices:\n" +
          service("a", 2) +
          "  batch: {ecs_task: {task_definition: {cpu: 1024, memory: 2048}, assumed: "
          "{infrastructure_time: 10s, image_size: 0B, container_start: 0s}}}\n",
      source);
  CHECK(launches(result, 0) == Times{0, 1000});
  CHECK(result.service(1).parts.queue == 5'000'000'000);
  CHECK(result.service(1).latency_max_ns == 14'000'000'000);
}

}  // namespace
}  // namespace skyreplay::ecs
