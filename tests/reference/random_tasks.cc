#include "reference/random_tasks.h"

#include <algorithm>

namespace skyreplay::reference {

using namespace std::chrono_literals;

void RandomTasks::deploy(Scenario& s, Time unit) {
  if (unit < 1ms) return;
  share_account(s);
  deployed_.unit = watched_.unit = unit;
  for (Service& service : s.services) {
    if (service.platform != Service::Platform::kFleet || !service.fleet.fargate) continue;
    if (deployed_.dice.chance(60)) deploy(service.fleet, s.end - s.start);
    watch(service.fleet);
    shift(service.fleet);
  }
}

void RandomTasks::deploy(Fleet& f, Time length) {
  Dice& dice = deployed_.dice;
  for (std::uint32_t i = dice.chance(85) ? dice.between(1, 3) : 0; i > 0; --i) {
    f.deployments.push_back(deployment(f));
    f.deployments.back().at = std::min<Time>(length, deployed_.time(20)) / dice.between(1, 3);
  }
  f.grace = dice.one_of<std::uint32_t>({0, 0, 1, 20, 100});
  f.minimum_healthy = dice.one_of<std::uint32_t>({100, 100, 50, 34, 0});
  f.maximum = dice.one_of<std::uint32_t>({200, 200, 100, 125, 150});
  f.rebalances = dice.chance(80);
  f.breaker.enabled = dice.chance(70);
  f.breaker.rolls_back = f.breaker.enabled && dice.chance(70);
  f.breaker.resets = dice.chance(60);
  f.breaker.threshold = dice.one_of<CircuitBreaker::Threshold>(
      {CircuitBreaker::Threshold::kBounded, CircuitBreaker::Threshold::kUnbounded,
       CircuitBreaker::Threshold::kCount});
  f.breaker.value = dice.one_of<std::uint32_t>({1, 2, 50, 40});
  f.first_restart_delay = std::min<Time>(27min, dice.one_of<Time>({0s, deployed_.time(3), 60s}));
}

void RandomTasks::watch(Fleet& f) {
  Dice& dice = watched_.dice;
  if (dice.chance(40)) f.stop_time = watched_.law(3);
  if (dice.chance(40)) {
    f.launch_burst = dice.between(1, 3);
    f.launches_a_minute = dice.one_of<std::uint32_t>({1, 7, 60, 500});
  }
  if (!dice.chance(40)) return;
  f.container_check = {.interval = dice.one_of<std::uint32_t>({5, 6, 30}),
                       .retries = dice.between(1, 3),
                       .start_period = dice.one_of<std::uint32_t>({0, 0, 5, 13, 60})};
}

void RandomTasks::shift(Fleet& f) {
  Dice& dice = shifted_.dice;
  using Strategy = TrafficShift::Strategy;
  if (f.deployments.empty() || !dice.chance(40)) return;
  f.shift = {.bake_minutes = dice.below(3)};
  f.shift->strategy =
      dice.one_of<Strategy>({Strategy::kBlueGreen, Strategy::kLinear, Strategy::kCanary});
  if (f.shift->strategy == Strategy::kBlueGreen) return;
  f.shift->pause_minutes = dice.below(3);
  f.shift->parts = dice.one_of<std::uint32_t>({1000, 2500, 3333, 5000, 10'000});
}

void RandomTasks::share_account(Scenario& s) {
  Dice& dice = shared_.dice;
  const std::size_t count = s.services.size();
  for (std::size_t i = 0; i < count; ++i) {
    const bool is_it =
        s.services[i].platform == Service::Platform::kFleet && s.services[i].fleet.fargate;
    if (!is_it || !dice.chance(25)) continue;
    std::vector<Provider>& providers = s.services[i].fleet.providers;
    if (providers.empty()) providers = {{.spot = false}};  // they stay on Fargate
    Service twin = s.services[i];
    twin.name = std::string(1, static_cast<char>('a' + s.services.size()));
    s.services.push_back(twin);
    s.routes.push_back(s.services.size() - 1);
    for (Row& row : s.rows) {
      if (s.routes[row.route] == i && dice.chance(50)) row.route = s.routes.size() - 1;
    }
  }
  if (!dice.chance(35)) return;
  s.account.fargate_burst = dice.between(1, 3);
  s.account.fargate_rate = dice.one_of<std::uint32_t>({1, 3, 20});
  s.account.spot_burst = dice.between(1, 3);
  s.account.spot_rate = dice.one_of<std::uint32_t>({1, 3, 20});
}

void RandomTasks::look_closely(Scenario& s) {
  Dice& dice = close_.dice;
  for (Service& service : s.services) {
    Fleet& f = service.fleet;
    const bool is_it = service.platform == Service::Platform::kFleet && f.fargate;
    if (!is_it || !dice.chance(35)) continue;
    f.close_cpu = true;
    f.close_memory = dice.chance(50);
    f.close_delay = dice.one_of<Time>({0s, 5s, 20s, 60s});
    const auto look = [&](Alarm& alarm) {
      const bool is_known = alarm.metric == "AWS/ECS CPUUtilization" ||
                            (alarm.metric == "AWS/ECS MemoryUtilization" && f.close_memory);
      if (alarm.math || !is_known || !dice.chance(70)) return false;
      alarm.period = 20s;
      return true;
    };
    for (Policy& policy : f.policies) {
      const bool tracks = policy.kind == Policy::Kind::kTargetTracking;
      if (tracks && look(policy.tracked)) policy.tracked.statistic = "Average";
    }
    for (Alarm& alarm : f.alarms) look(alarm);
  }
}

Deployment RandomTasks::deployment(const Fleet& f) {
  Dice& dice = deployed_.dice;
  Deployment d;
  if (dice.chance(30)) {
    d.cpu = dice.one_of<std::uint32_t>({256, 512, 1024, 2048, 4096});
    d.memory = std::max(2 * *d.cpu, 512U);
  }
  if (dice.chance(30)) d.workers = dice.between(1, 4);
  if (dice.chance(30)) d.backlog = dice.below(4);
  if (dice.chance(40)) d.pull_time = 1ms * dice.between(1, 5000);
  if (dice.chance(30)) d.container_start = deployed_.law(2);
  if (dice.chance(40)) d.application_start = deployed_.law(f.check_interval > 5 ? 3 : 8);
  d.work_factor = dice.one_of<double>({1, 1, 0.5, 1.3, 4});
  d.start_failures = dice.one_of<double>({0, 0, 0, 0.3, 1});
  d.never_healthy = dice.one_of<double>({0, 0, 0, 0.4, 1});
  return d;
}

void RandomTasks::add_jobs(Scenario& s, Time unit) {
  jobs_.unit = unit;
  for (std::size_t i = 0; i < s.services.size(); ++i) {
    Service& service = s.services[i];
    const auto is_it = [i](const auto& what) { return what.service == i; };
    const bool changes = std::any_of(s.changes.begin(), s.changes.end(), is_it) ||
                         std::any_of(s.faults.begin(), s.faults.end(), is_it);
    if (service.platform != Service::Platform::kExternal || changes) continue;
    if (!jobs_.dice.chance(40)) continue;
    service.platform = Service::Platform::kJob;
    service.job = job();
    if (providers_.dice.chance(50)) provide(service.job, s.end - s.start);
    const bool circle = std::any_of(s.calls.begin(), s.calls.end(),
                                    [](const Call& call) { return call.to <= call.from; });
    if (circle || i + 1 == s.services.size() || !jobs_.dice.chance(40)) continue;
    s.calls.push_back({.from = i,
                       .to = i + 1,
                       .count = jobs_.dice.between(1, 2),
                       .sync = jobs_.dice.chance(70),
                       .fails_caller = jobs_.dice.chance(60),
                       .work = jobs_.law(2),
                       .wait = jobs_.law(2)});
  }
}

JobKind RandomTasks::job() {
  Dice& dice = jobs_.dice;
  JobKind j;
  j.cpu = dice.one_of<std::uint32_t>({256, 512, 1024, 2048, 4096});
  j.memory = std::max(2 * j.cpu, 512U);
  j.storage_gib = dice.one_of<std::uint32_t>({20, 20, 50});
  j.arm = dice.chance(30);
  j.speed = dice.one_of<double>({1, 1, 1.3, 0.5});
  j.parallelism = dice.one_of<double>({1, 1, 2, 0.5});
  if (dice.chance(60)) j.most = dice.between(1, 3);
  j.burst = dice.one_of<std::uint32_t>({1, 2, 100});
  j.rate = dice.one_of<std::uint32_t>({1, 3, 20});
  j.infrastructure_time = jobs_.law(3);
  j.pull_time = 1ms * dice.between(1, 5000);
  j.container_start = jobs_.law(2);
  j.application_start = jobs_.law(1);
  return j;
}

void RandomTasks::provide(JobKind& job, Time length) {
  Fleet fleet;
  providers_.provide(fleet, length);
  const bool has_spot = std::any_of(fleet.providers.begin(), fleet.providers.end(),
                                    [](const Provider& provider) { return provider.spot; });
  job.providers = fleet.providers;
  if (!has_spot) return;
  job.stop_timeout = fleet.stop_timeout;
  job.time_to_interruption = fleet.time_to_interruption;
}

void RandomTasks::fill(Scenario& s) {
  for (Service& service : s.services) {
    const bool is_service = service.platform == Service::Platform::kFleet && service.fleet.fargate;
    if (is_service && filled_.dice.chance(50)) fill(service.fleet);
  }
}

void RandomTasks::fill(Fleet& f) {
  Dice& dice = filled_.dice;
  const auto per_request = [&](std::uint32_t task_mib, std::uint64_t base) {
    const std::uint64_t left = (std::uint64_t{task_mib} << 20) - base;
    return left / dice.between(1, 5) + dice.below(2);  // whole numbers of them, and a little less
  };
  f.memory_base = (std::uint64_t{f.memory} << 20) * dice.below(3) / 4;
  if (dice.chance(80)) f.memory_per_request = per_request(f.memory, *f.memory_base);
  for (Deployment& d : f.deployments) {
    const std::uint32_t task_mib = d.memory.value_or(f.memory);
    const bool must = (std::uint64_t{task_mib} << 20) < *f.memory_base;
    if (must || dice.chance(30)) d.memory_base = (std::uint64_t{task_mib} << 20) / 4;
    if (dice.chance(30)) {
      d.memory_per_request = per_request(task_mib, d.memory_base.value_or(*f.memory_base));
    }
  }
  const auto measure_memory = [&](Alarm& alarm) {
    if (alarm.metric != "AWS/ECS CPUUtilization" || !dice.chance(50)) return;
    alarm.metric = "AWS/ECS MemoryUtilization";
  };
  for (Policy& policy : f.policies) measure_memory(policy.tracked);
  for (Alarm& alarm : f.alarms) measure_memory(alarm);
}

}  // namespace skyreplay::reference
