// Tasks that take messages from a queue: how they stop, are replaced and scaled (docs/models.md,
// Queue workers). Whole runs are in tests/replay/queue_workers_test.cc.
#include <doctest/doctest.h>

#include <algorithm>

#include "ecs/fargate_service.h"
#include "pricing/catalogue.h"
#include "support/queue_world.h"

namespace skyreplay::ecs {
namespace {

using balancing::FleetMetric;
using metrics::Outcome;
using namespace std::chrono_literals;

/// Tasks of one vCPU and one worker that start at once.
FargateServiceConfig plain_service() {
  FargateServiceConfig config;
  config.fleet.name = "services.w";
  config.fleet.member = "task";
  config.fleet.queue.emplace();
  config.fleet.queue->queue.name = config.fleet.name;
  config.fleet.queue->queue.visibility_timeout = 1h;
  config.fleet.has_load_balancer = false;
  config.fleet.idle_timeout = {};
  config.fleet.health_checks.interval = {};
  config.fleet.deregistration_delay = 30s;
  config.task = {.cpu_units = 1024, .memory_mib = 2048};
  config.revisions = {{.cpu_units = 1024, .memory_mib = 2048, .workers = 1, .start = {}}};
  config.stop_timeout = 30s;
  config.is_signaled_at_once = true;
  return config;
}

struct Tasks {
  Tasks(const FargateServiceConfig& config, std::uint32_t desired)
      : recorder({0}, 1, {}, sink),
        service(loop, recorder, config, 1,
                {.catalogue = pricing::Catalogue::builtin(),
                 .region = "us-east-1",
                 .span = {TimePoint{}, kEndOfTime},
                 .meters = meters}),
        clients(loop, recorder, {{.service = service.queue()}}, {}, 1, {}) {
    service.answer_to(clients);
    service.queue()->answer_to(clients);
    service.begin(desired, true);
  }
  void messages(int count, Duration at, Duration wait) {
    loop.advance(TimePoint{at});
    for (int i = 0; i < count; ++i) clients.arrive(rows++, 0, 0ns, wait);
  }
  metrics::SpanRow end(Duration at) {
    loop.advance(TimePoint{at});
    recorder.close_window(TimePoint{at + 1ns});
    service.take_activities(activities);
    return recorder.total_span();
  }
  const workload::Activity* first(const std::string& kind) const {
    const auto found = std::find_if(activities.begin(), activities.end(),
                                    [&](const auto& activity) { return activity.kind == kind; });
    return found == activities.end() ? nullptr : &*found;
  }
  /// Seconds that tasks were billed for until then: of their vCPU units, the first item of theirs.
  std::uint64_t seconds(Duration until) {
    service.read_meters(0, TimePoint{until}, meters);
    for (std::uint32_t i = 0; i < meters.size(); ++i) {
      if (meters.tariff(i).line_item() == "fargate.linux_x86_vcpu") return meters.units(i) / 1024;
    }
    return 0;
  }

  testing::QueueWorld::Sink sink;
  kernel::Loop loop;
  metrics::Recorder recorder;
  pricing::Meters meters;
  FargateService service;
  workload::Clients clients;
  std::vector<workload::Activity> activities;
  std::uint64_t rows = 0;
};

// SIGTERM at 20 s: the message is done at 25 s, and the application has ended at 35 s.
TEST_CASE("a task that goes is sent SIGTERM at once, and is billed until it has ended") {
  FargateServiceConfig config = plain_service();
  config.stop_time = Distribution(Distribution::Constant{15s});
  Tasks tasks(config, 2);
  tasks.messages(2, 10s, 15s);
  tasks.loop.advance(TimePoint{20s});
  tasks.service.set_desired(1, "less");
  CHECK(tasks.end(200s).counters.completions() == 2);
  CHECK(tasks.seconds(200s) == 200 + 35);
}

// SIGKILL at 50 s; the message comes back at 100 s, and the other task is done with it at 160 s.
TEST_CASE("a message that is not done by the stop timeout comes back") {
  FargateServiceConfig config = plain_service();
  config.fleet.queue->queue.visibility_timeout = 90s;
  Tasks tasks(config, 2);
  tasks.messages(2, 10s, 60s);
  tasks.loop.advance(TimePoint{20s});
  tasks.service.set_desired(1, "less");
  const metrics::SpanRow all = tasks.end(200s);
  CHECK(all.counters.completions() == 2);
  CHECK(all.counters.attempts == 3);
  CHECK(all.latency_max_ns == 150'000'000'000);
  CHECK(tasks.seconds(200s) == 200 + 50);
}

TEST_CASE(
    "C40: what nothing checks is healthy when it has run for 40 s, and deployments end then") {
  FargateServiceConfig config = plain_service();
  config.scheduler.runs_until_healthy = kRunsUntilHealthy;
  config.revisions.push_back(config.revisions.front());
  config.scheduler.deployments = {{.at = TimePoint{20s}, .revision = 1}};
  Tasks tasks(config, 2);
  tasks.messages(2, 10s, 15s);
  CHECK(tasks.end(90s).counters.completions() == 2);
  const auto& all = tasks.activities;
  const bool is_completed = std::any_of(all.begin(), all.end(), [](const auto& activity) {
    return activity.cause.find("deployment completed") != std::string::npos;
  });
  CHECK(is_completed);
  CHECK(all.back().time >= TimePoint{60s});
  CHECK(all.back().time <= TimePoint{61s});
}

// Thirty-nine wait at 60 s, for one task; two minutes later that is known.
TEST_CASE("target tracking keeps the backlog per task") {
  FargateServiceConfig config = plain_service();
  config.bounds = {1, 20};
  auto& scaling = config.scaling.emplace();
  scaling.watched = {{FleetMetric::kMessagesVisible, 1min},
                     {FleetMetric::kRunningTaskCount, 1min},
                     {FleetMetric::kExpression, 1min}};
  scaling.scaler.resolutions = {1min, 1min, 1min};
  scaling.scaler.math = {
      {2, {{0, metrics::Statistic::kSum}, '/', {1, metrics::Statistic::kAverage}}}};
  auto& high = scaling.scaler.alarms.emplace_back();
  high.alarm.name = "high";
  high.alarm.metric_name = "m1 / m2";
  high.alarm.threshold = 5;
  high.alarm.evaluation_periods = high.alarm.datapoints_to_alarm = 1;
  high.alarm.publication_delay = 2min;
  high.series = 2;
  high.policies = {0};
  scaling.scaler.policies.push_back(
      {"backlog",
       {},
       scaling::TargetTracking{.target_value = 5, .cooldowns = scaling::Cooldowns{}}});
  Tasks tasks(config, 1);
  tasks.messages(40, 10s, 600s);
  tasks.end(200s);
  const workload::Activity* out = tasks.first("scale_out");
  REQUIRE(out != nullptr);
  CHECK(out->time == TimePoint{180s});
  CHECK(out->to == 8);
  CHECK(out->cause.find("m1 / m2 39 > 5") != std::string::npos);
  CHECK(tasks.service.queue()->visible() == 32);
}

}  // namespace
}  // namespace skyreplay::ecs
