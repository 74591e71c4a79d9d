#include "reference/random_services.h"

namespace skyreplay::reference {

using namespace std::chrono_literals;

RandomServices::RandomServices(std::uint64_t number) : dice(number) {
  unit = dice.one_of<Time>({1ms, 10ms, 100ms, 250ms, 1s, 1s, 10s, 1min});
  if (dice.chance(10)) unit += Time{dice.below(1000)};
}

Time RandomServices::time(std::uint32_t most_units) {
  if (dice.chance(25)) return 0ns;
  if (dice.chance(12)) {
    return Time{static_cast<std::int64_t>(dice.next() % (std::uint64_t(unit.count()) * 2))};
  }
  return unit * dice.between(1, most_units);
}

Law RandomServices::law(std::uint32_t most_units) {
  const Time a = time(most_units);
  if (a == 0ns || dice.chance(60)) return {.a = a};
  switch (dice.below(4)) {
    case 0:
      return {.kind = Law::Kind::kUniform, .a = a, .b = a + time(most_units)};
    case 1:
      return {.kind = Law::Kind::kExponential, .a = a};
    case 2:
      return {.kind = Law::Kind::kLognormal, .a = a, .b = a + time(most_units)};
    default:
      return {.kind = Law::Kind::kPercentiles,
              .knots = {{0, 0ns}, {50, a}, {90, a}, {100, a + time(most_units)}}};
  }
}

Function RandomServices::function() {
  Function f;
  f.memory = dice.one_of<std::uint32_t>({128, 512, 1769, 3538, 10240});
  f.timeout = 1s * dice.one_of<int>({1, 1, 3, 10, 60, 900});
  if (dice.chance(30)) f.reserved = dice.below(4);
  f.arm = dice.chance(30);
  f.parallelism = dice.one_of<double>({1, 1, 2, 0.5});
  f.speed = dice.one_of<double>({1, 1, 1.2, 0.7});
  f.init = law(4);
  f.platform_init = law(2);
  f.init_limit = dice.chance(40) ? at_least(1ms, 2) : 10s;
  f.function_idle = at_least(1ms, 12);
  f.environment_idle = at_least(1ms, 12);
  f.max_age = dice.chance(50) ? Time{2h} : at_least(1s, 20);
  f.least_recently_used = dice.chance(40);
  return f;
}

Fleet RandomServices::fleet() {
  Fleet f;
  f.fargate = dice.chance(50);
  f.desired = dice.below(4);
  f.zones = dice.between(1, 3);
  f.speed = dice.one_of<double>({1, 1, 1.3, 0.5});
  if (dice.chance(65)) f.workers = dice.between(1, 4);
  if (dice.chance(65)) f.backlog = dice.below(4);
  f.algorithm = dice.one_of<Algorithm>(
      {Algorithm::kRoundRobin, Algorithm::kLeastOutstanding, Algorithm::kWeightedRandom});
  f.deregistration_delay = dice.chance(75) ? std::min<Time>(time(3), 1h) : Time{300s};
  f.idle_timeout = 1s * dice.one_of<int>({1, 2, 5, 60, 60, 4000});
  f.cross_zone = dice.chance(70);
  f.check_interval = dice.one_of<std::uint32_t>({5, 7, 30});
  f.check_timeout = dice.between(2, 4);
  f.healthy_threshold = dice.between(2, 3);
  f.unhealthy_threshold = dice.between(2, 3);
  const bool may_start_slowly = f.algorithm == Algorithm::kRoundRobin;
  if (may_start_slowly && dice.chance(40)) f.slow_start = 1s * dice.one_of<int>({30, 45, 900});
  f.rules = dice.one_of<std::uint32_t>({1, 10, 15, 100});
  f.requests_per_connection_milli = dice.one_of<std::uint32_t>({1000, 2500, 100'000});
  f.instance_type = dice.one_of<const char*>({"m7i.large", "t3.small", "c7g.medium", "c6i.xlarge"});
  f.boot_time = law(5);
  f.pending_time = std::min<Time>(time(4), 24h);
  f.gp2 = dice.chance(30);
  f.volume_gib = dice.one_of<std::uint32_t>({0, 8, 100});
  const bool more = !f.gp2 && f.volume_gib > 0 && dice.chance(50);
  f.iops = more ? 3500 : 3000;
  f.throughput = more ? 250 : 125;
  if (dice.chance(30)) f.reserved_instances = dice.between(1, 3);
  if (dice.chance(30)) f.savings_plan = dice.between(1, 200'000);
  f.cpu = dice.one_of<std::uint32_t>({256, 512, 1024, 2048, 4096});
  f.memory = std::max(2 * f.cpu, 512U);
  f.arm = dice.chance(30);
  f.storage_gib = dice.one_of<std::uint32_t>({20, 20, 50});
  f.infrastructure_time = law(3);
  f.pull_time = 1ms * dice.between(1, 5000);
  f.container_start = law(2);
  f.application_start = law(1);
  return f;
}

Alarm RandomServices::alarm(bool has_bytes) {
  Alarm a;
  a.metric = dice.one_of<const char*>(
      {"AWS/EC2 CPUUtilization", "AWS/EC2 CPUUtilization", "AWS/EC2 CPUUtilization",
       "CWAgent cpu_usage_active", "AWS/ApplicationELB RequestCount",
       "AWS/ApplicationELB RequestCountPerTarget", "AWS/ApplicationELB RequestCountPerTarget",
       "AWS/ApplicationELB TargetResponseTime", "AWS/ApplicationELB HTTPCode_Target_5XX_Count",
       "AWS/EC2 NetworkIn", "AWS/EC2 NetworkOut", "AWS/AutoScaling GroupDesiredCapacity",
       "AWS/AutoScaling GroupInServiceInstances", "AWS/AutoScaling GroupPendingInstances",
       "AWS/AutoScaling GroupTerminatingInstances", "AWS/AutoScaling GroupTotalInstances",
       "AWS/AutoScaling GroupMinSize", "AWS/AutoScaling GroupMaxSize"});
  if (!has_bytes && a.metric.find("Network") != std::string::npos) {
    a.metric = "AWS/EC2 CPUUtilization";
  }
  a.statistic = dice.one_of<const char*>(
      {"Average", "Average", "Average", "Sum", "Minimum", "Maximum", "SampleCount"});
  if (a.metric.find("CWAgent") == 0 && dice.chance(70)) {
    a.period = 1s * dice.one_of<int>({10, 30});
  }
  if (dice.chance(50)) a.second = dice.below(60);
  return a;
}

std::vector<Step> RandomServices::steps(bool exact) {
  const auto number = [&](int sign) {
    return static_cast<std::int32_t>(
               dice.between(1, exact ? 4 : dice.one_of<std::uint32_t>({2, 60}))) *
           (exact ? 1 : sign);
  };
  switch (dice.below(3)) {
    case 0:
      return {{.lower = 0, .number = number(1)}};
    case 1:
      return {{.upper = 0, .number = number(-1)}};
    default:
      return {{.lower = {}, .upper = -5, .number = number(-1)},
              {.lower = -5, .upper = 20, .number = number(1)},
              {.lower = 20, .upper = {}, .number = number(1)}};
  }
}

Policy RandomServices::policy(bool has_bytes) {
  Policy p;
  p.kind = dice.one_of<Policy::Kind>({Policy::Kind::kTargetTracking, Policy::Kind::kTargetTracking,
                                      Policy::Kind::kStep, Policy::Kind::kSimple});
  if (p.kind == Policy::Kind::kTargetTracking) {
    p.tracked = alarm(has_bytes);
    if (p.tracked.metric.find("AWS/ApplicationELB") == 0 && dice.chance(60)) {
      p.tracked.metric = "AWS/ApplicationELB RequestCountPerTarget";
      p.tracked.statistic = "Sum";
    }
    p.target = dice.one_of<double>({0.5, 2, 10, 30, 50});
    p.disable_scale_in = dice.chance(20);
    p.high_n = dice.between(1, 3);
    p.high_m = dice.between(1, p.high_n);
    p.low_n = dice.between(1, 4);
    p.low_m = dice.between(1, p.low_n);
    p.low_ratio = dice.one_of<double>({0.7, 0.9});
    if (dice.chance(50)) p.low_second = dice.below(60);
  } else {
    p.adjustment_type =
        dice.one_of<const char*>({"ChangeInCapacity", "ExactCapacity", "PercentChangeInCapacity",
                                  "PercentChangeInCapacity"});
    const bool exact = p.adjustment_type[0] == 'E';
    if (p.adjustment_type[0] == 'P' && dice.chance(30)) p.min_magnitude = 2;
    p.steps = steps(exact);
    p.number = p.steps.back().number;
    p.aggregation = dice.one_of<const char*>({"Average", "Average", "Minimum", "Maximum"});
    if (dice.chance(60)) p.cooldown = dice.one_of<std::uint32_t>({0, 60, 200});
    if (p.kind == Policy::Kind::kSimple) return p;
  }
  if (dice.chance(30)) p.warmup = dice.one_of<std::uint32_t>({0, 50, 180});
  return p;
}

void RandomServices::scale(Fleet& f, bool has_bytes) {
  for (std::uint32_t i = dice.between(1, 2); i > 0; --i) {
    f.policies.push_back(policy(has_bytes));
    f.policies.back().name = "p" + std::to_string(f.policies.size());
    if (f.policies.back().kind == Policy::Kind::kTargetTracking) continue;
    Alarm a = alarm(has_bytes);
    a.name = "alarm" + std::to_string(i);
    if (a.period == 1min && dice.chance(30)) a.period = 5min;
    a.n = dice.between(1, 3);
    a.m = dice.between(1, a.n);
    a.comparison = dice.one_of<const char*>({">", ">=", "<", "<="});
    a.threshold = dice.one_of<double>({0, 1, 5, 20});
    a.missing = dice.one_of<const char*>({"missing", "ignore", "breaching", "notBreaching"});
    a.policies = {f.policies.size() - 1};
    f.alarms.push_back(a);
  }
  if (dice.chance(60)) f.default_warmup = dice.one_of<std::uint32_t>({0, 0, 60, 130});
  f.cooldown = dice.one_of<std::uint32_t>({0, 60, 300});
  f.detailed = dice.chance(70);
  f.protects_new = dice.chance(15);
  f.suspended = dice.chance(10) ? dice.below(8) : 0;
  f.max_size = dice.one_of<std::uint32_t>({5, 8, 20});
  if (dice.chance(40)) f.zones = 1;
  f.ec2_delay = dice.one_of<Time>({0s, 1s, 60s, 90s});
  f.balancer_delay = dice.one_of<Time>({0s, 60s, 150s});
  f.agent_delay = dice.one_of<Time>({0s, 30s});
}

void RandomServices::foresee(Fleet& f, bool has_bytes) {
  for (std::uint32_t i = dice.chance(20) ? 2 : 1; i > 0; --i) {
    Policy p;
    p.kind = Policy::Kind::kPredictive;
    p.name = "ahead" + std::to_string(i);
    p.tracked.metric = dice.one_of<const char*>(
        {"AWS/EC2 CPUUtilization", "AWS/EC2 CPUUtilization", "AWS/ApplicationELB RequestCount",
         has_bytes ? "AWS/EC2 NetworkIn" : "AWS/ApplicationELB RequestCount",
         has_bytes ? "AWS/EC2 NetworkOut" : "AWS/EC2 CPUUtilization"});
    p.target = dice.one_of<double>({0.5, 2, 10, 50});
    p.scales = i == 1 && dice.chance(80);
    p.buffer = dice.one_of<std::uint32_t>({0, 60, 300, 1800, 3599});
    if (dice.chance(40)) p.max_buffer = dice.one_of<std::uint32_t>({0, 10, 100});
    // A few instances' load: an hour has 12 or 60 periods.
    const std::uint32_t most = dice.one_of<std::uint32_t>({1, 3, 6});
    p.history.resize(dice.one_of<std::uint32_t>({0, 23, 24, 30, 49, 170, 336}));
    for (double& load : p.history) load = p.target * 60 * dice.below(100 * most) / 100;
    f.policies.push_back(p);
  }
}

void RandomServices::schedule(Fleet& f, Time start, Time length) {
  const auto minutes = static_cast<std::uint32_t>(length / 1min + 2);
  // A whole minute by the clock, since the start.
  const auto later = [&] { return (start / 1min + dice.between(1, minutes)) * 1min - start; };
  for (std::uint32_t i = dice.between(1, 3); i > 0; --i) {
    ScheduledAction a;
    a.name = "s" + std::to_string(i);
    if (dice.chance(50)) a.min = dice.below(4);
    if (dice.chance(50)) a.max = dice.between(3, 7);
    if (!(a.min || a.max) || dice.chance(40)) {
      a.desired = std::clamp(dice.below(7), a.min.value_or(0), a.max.value_or(20));
    }
    a.recurs = dice.chance(60);
    if (!a.recurs || dice.chance(40)) a.start = later() + Time{i};  // each its own
    if (a.recurs && dice.chance(50)) a.end = later();
    if (a.start && a.end && *a.end <= *a.start) *a.end += 1h * (*a.start / 1h + 1);
    while (a.recurs && dice.chance(40)) a.minutes.push_back(dice.below(60));
    while (a.recurs && dice.chance(20)) a.hours.push_back(dice.below(24));
    if (a.recurs && dice.chance(10)) a.weekdays = {0, 2, 4, 6};
    f.scheduled.push_back(a);
  }
  if (dice.chance(15)) f.suspended |= kScheduledActions;
}

void RandomServices::scale_service(Fleet& f) {
  const auto of_service = [](Alarm& a) {
    const bool has_it = a.metric.find("AWS/ApplicationELB") == 0;
    if (!has_it) a.metric = "AWS/ECS CPUUtilization";
    a.period = 1min;
  };
  for (std::uint32_t i = dice.between(1, 2); i > 0; --i) {
    Policy p = policy(false);
    if (p.kind == Policy::Kind::kSimple) p.kind = Policy::Kind::kStep;
    p.name = "p" + std::to_string(f.policies.size());
    p.warmup.reset();
    of_service(p.tracked);
    p.out_cooldown = dice.one_of<std::uint32_t>({0, 60, 150, 300});
    p.in_cooldown = dice.one_of<std::uint32_t>({0, 90, 300});
    f.policies.push_back(p);
    if (p.kind == Policy::Kind::kTargetTracking) continue;
    Alarm a = alarm(false);
    of_service(a);
    a.name = "alarm" + std::to_string(i);
    a.n = dice.between(1, 3);
    a.m = dice.between(1, a.n);
    a.comparison = dice.one_of<const char*>({">", ">=", "<", "<="});
    a.threshold = dice.one_of<double>({0, 1, 5, 20});
    a.missing = dice.one_of<const char*>({"missing", "ignore", "breaching", "notBreaching"});
    a.policies = {f.policies.size() - 1};
    f.alarms.push_back(a);
  }
  f.min_size = dice.below(3);
  f.max_size = dice.one_of<std::uint32_t>({2, 5, 8, 20});
  f.ecs_delay = dice.one_of<Time>({0s, 60s, 120s});
  f.balancer_delay = dice.one_of<Time>({0s, 60s, 150s});
}

void RandomServices::provide(Fleet& f, Time length) {
  f.providers = {{.spot = dice.chance(50), .base = dice.below(3), .weight = dice.below(4)}};
  if (dice.chance(80)) {
    const bool spot = !f.providers[0].spot;
    const std::uint32_t base = f.providers[0].base > 0 ? 0 : dice.below(3);
    f.providers.push_back({.spot = spot, .base = base, .weight = dice.below(4)});
  }
  f.providers.back().weight += 1;
  f.stop_timeout = dice.one_of<std::uint32_t>({2, 30, 120});
  f.time_to_interruption = {.kind = Law::Kind::kExponential,
                            .a = std::max<Time>(1s, length / dice.between(1, 5))};
}

void RandomServices::schedule_service(Fleet& f, Time start, Time length) {
  const auto minutes = static_cast<std::uint32_t>(length / 1min + 2);
  const auto later = [&] { return (start / 1min + dice.between(1, minutes)) * 1min - start; };
  for (std::uint32_t i = dice.between(1, 3); i > 0; --i) {
    ScheduledAction a;
    a.name = "s" + std::to_string(i);
    if (dice.chance(60)) a.min = dice.below(4);
    if (!a.min || dice.chance(40)) a.max = dice.between(3, 7);
    a.recurs = dice.chance(50);
    if (!a.recurs || dice.chance(50)) a.start = later();
    if (a.recurs && dice.chance(50)) a.end = later();
    if (!a.recurs && dice.chance(50)) {
      a.every = 1min * dice.between(1, 20);
      *a.start += unit * dice.below(3);
    }
    if (a.start && a.end && *a.end <= *a.start) *a.end += 1h * (*a.start / 1h + 1);
    while (a.recurs && dice.chance(40)) a.minutes.push_back(dice.below(60));
    while (a.recurs && dice.chance(20)) a.hours.push_back(dice.below(24));
    if (a.recurs && dice.chance(10)) a.weekdays = {0, 2, 4, 6};
    f.scheduled.push_back(a);
  }
}

Hook RandomServices::hook() {
  Hook h;
  h.launching = dice.chance(60);
  h.timeout = dice.one_of<std::uint32_t>({30, 60, 300});
  h.continues = dice.chance(50);
  if (dice.chance(80)) h.work = law(30);
  return h;
}

void RandomServices::live(Fleet& f) {
  f.elb_health = dice.chance(50);
  f.grace = dice.one_of<std::uint32_t>({0, 0, 20, 100});
  if (dice.chance(50)) {
    f.termination_policies = {dice.one_of<const char*>(
        {"OldestInstance", "NewestInstance", "ClosestToNextInstanceHour", "AllocationStrategy"})};
  }
  if (dice.chance(40)) {
    f.termination_policies.insert(f.termination_policies.begin(), "OldestLaunchTemplate");
  }
  if (!f.termination_policies.empty() && dice.chance(40)) {
    f.termination_policies.push_back("Default");
  }
  for (std::uint32_t i = dice.chance(35) ? dice.between(1, 3) : 0; i > 0; --i) {
    f.hooks.push_back(hook());
    f.hooks.back().name = "h" + std::to_string(i);
  }
  if (dice.chance(30)) f.decision_lag = law(4);
  if (dice.chance(15)) f.suspended |= dice.one_of<std::uint32_t>({16, 32, 48, 64});
  f.balanced_only = dice.chance(40);
}

External RandomServices::external() {
  External e;
  e.latency = law(3);
  if (dice.chance(60)) e.max_connections = dice.between(1, 3);
  e.refuses_when_full = dice.chance(40);
  e.price = dice.one_of<const char*>({"0", "0.0001", "0.00000025"});
  return e;
}

}  // namespace skyreplay::reference
