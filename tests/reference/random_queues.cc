#include "reference/random_queues.h"

#include <algorithm>
#include <string>

namespace skyreplay::reference {

using namespace std::chrono_literals;

namespace {

bool is_called(const Scenario& s, std::size_t service) {
  return std::any_of(s.calls.begin(), s.calls.end(),
                     [service](const Call& call) { return call.to == service; });
}

bool is_of_balancer(const std::string& metric) { return metric.starts_with("AWS/ApplicationELB"); }

}  // namespace

void RandomQueues::add_to(Scenario& s, Time unit) {
  queues_.unit = unit;
  Dice& dice = queues_.dice;
  if (!dice.chance(45)) return;
  if (dice.chance(25)) s.account.in_flight_messages = dice.between(1, 4);
  for (std::size_t i = 0; i < s.services.size(); ++i) {
    Service& service = s.services[i];
    const bool may = service.platform == Service::Platform::kFleet && service.fleet.fargate &&
                     !service.fleet.daemon && !is_called(s, i);
    if (!may || !dice.chance(75)) continue;
    take_messages(service.fleet);
    if (unit >= 1s) scale(service.fleet);
    s.drain = std::min(std::max(s.drain, dice.one_of<Time>({0s, 3min, 15min})), s.window * 40);
  }
}

void RandomQueues::take_messages(Fleet& f) {
  Dice& dice = queues_.dice;
  f.has_queue = f.internal = f.cross_zone = true;
  f.algorithm = Algorithm::kRoundRobin;
  f.slow_start = {};
  f.shift.reset();
  if (!f.workers) f.workers = dice.between(1, 3);
  f.backlog.reset();
  for (Deployment& deployment : f.deployments) deployment.backlog.reset();
  f.visibility = 1s * dice.one_of<int>({1, 2, 3, 10, 30, 100});
  if (dice.chance(60)) f.max_receives = dice.between(1, 4);
  f.retention = dice.one_of<Time>({60s, 345'600s});
  f.failure_probability = dice.one_of<double>({0, 0, 0.2, 0.6});
  if (dice.chance(40)) f.receive_time = std::min<Time>({queues_.time(2), f.visibility - 1ns, 20s});
  if (dice.chance(50)) f.stop_timeout = dice.one_of<std::uint32_t>({2, 5, 120});
  f.queue_delay = dice.one_of<Time>({0s, 60s});
  f.insights_delay = dice.one_of<Time>({0s, 60s, 120s});
}

void RandomQueues::watch_queue(Alarm& alarm) {
  if (!is_of_balancer(alarm.metric) && queues_.dice.chance(40)) return;
  alarm.metric = queues_.dice.one_of<const char*>(
      {"AWS/SQS ApproximateNumberOfMessagesVisible", "AWS/SQS ApproximateNumberOfMessagesVisible",
       "AWS/SQS ApproximateNumberOfMessagesNotVisible", "AWS/SQS ApproximateAgeOfOldestMessage",
       "ECS/ContainerInsights RunningTaskCount"});
}

void RandomQueues::scale(Fleet& f) {
  Dice& dice = queues_.dice;
  for (Policy& policy : f.policies) watch_queue(policy.tracked);
  for (Alarm& alarm : f.alarms) watch_queue(alarm);
  if (!dice.chance(60)) return;
  if (f.policies.empty() && f.scheduled.empty()) {
    f.min_size = dice.below(2);
    f.max_size = dice.one_of<std::uint32_t>({3, 6, 20});
    f.ecs_delay = dice.one_of<Time>({0s, 60s});
  }
  f.policies.push_back(backlog(f.policies.size()));
}

Policy RandomQueues::backlog(std::size_t number) {
  Dice& dice = queues_.dice;
  Policy p;
  p.name = "backlog" + std::to_string(number);
  Math math{.left = "AWS/SQS ApproximateNumberOfMessagesVisible",
            .left_statistic = dice.one_of<const char*>({"Sum", "Average"}),
            .operation = dice.chance(80) ? '/' : dice.one_of<char>({'*', '+', '-'}),
            .right = "ECS/ContainerInsights RunningTaskCount"};
  if (dice.chance(40)) {
    math.right = "AWS/ECS CPUUtilization";
    math.right_statistic = "SampleCount";
  }
  p.tracked.math = math;
  p.target = dice.one_of<double>({0.5, 1, 3});
  p.disable_scale_in = dice.chance(20);
  p.high_n = dice.between(1, 2);
  p.high_m = dice.between(1, p.high_n);
  p.low_n = dice.between(1, 4);
  p.low_m = p.low_n;
  p.low_ratio = 0.9;
  p.out_cooldown = dice.one_of<std::uint32_t>({0, 60});
  p.in_cooldown = dice.one_of<std::uint32_t>({0, 90});
  return p;
}

void RandomQueues::foresee(Scenario& s, Time unit) {
  Dice& dice = ahead_.dice;
  if (unit < 1s || !dice.chance(30)) return;
  for (Service& service : s.services) {
    Fleet& f = service.fleet;
    const bool is_it = service.platform == Service::Platform::kFleet && f.fargate && !f.daemon;
    if (!is_it || !dice.chance(60)) continue;
    if (f.policies.empty() && f.scheduled.empty()) {
      f.min_size = dice.below(2);
      f.max_size = dice.one_of<std::uint32_t>({3, 6, 20});
    }
    f.policies.push_back(predictive(f, dice.chance(80)));
    if (dice.chance(50)) s.end += 1h * dice.between(1, 7);
    while (s.window < (s.end - s.start) / 40) s.window *= 2;
  }
}

Policy RandomQueues::predictive(const Fleet& f, bool scales) {
  Dice& dice = ahead_.dice;
  Policy p;
  p.kind = Policy::Kind::kPredictive;
  p.name = "ahead" + std::to_string(f.policies.size());
  const auto metric = [&]() -> std::string {
    if (f.memory_base && dice.chance(30)) return "AWS/ECS MemoryUtilization";
    if (!f.has_queue && dice.chance(50)) return "AWS/ApplicationELB RequestCount";
    return "AWS/ECS CPUUtilization";
  };
  p.tracked.metric = metric();
  p.target = dice.one_of<double>({0.5, 2, 10, 50});
  p.scales = scales;
  p.buffer = dice.one_of<std::uint32_t>({0, 60, 300, 1800, 3599});
  if (dice.chance(40)) p.max_buffer = dice.one_of<std::uint32_t>({0, 10, 100});
  const std::uint32_t most = dice.one_of<std::uint32_t>({1, 3, 6});
  p.history.resize(dice.one_of<std::uint32_t>({0, 23, 24, 30, 49}));
  for (double& load : p.history) load = p.target * 60 * dice.below(std::uint64_t{100} * most) / 100;
  p.scaling = metric();
  if (p.scaling == p.tracked.metric) p.scaling.clear();
  if (!p.scaling.empty()) {
    for (const double load : p.history) p.scaling_history.push_back(load / 2);
  }
  return p;
}

}  // namespace skyreplay::reference
