#include "reference/random_clusters.h"

#include <fmt/format.h>

#include <algorithm>

namespace skyreplay::reference {

using namespace std::chrono_literals;

Fleet random_hosts(RandomServices& random) {
  Dice& dice = random.dice;
  Fleet f = random.fleet();
  f.fargate = false;
  f.is_cluster = true;
  f.desired = dice.below(5);
  f.instance_type = dice.one_of<const char*>({"m7i.large", "t3.small", "c7g.medium", "c6i.xlarge"});
  f.vcpus = f.instance_type == "c6i.xlarge" ? 4 : f.instance_type == "c7g.medium" ? 1 : 2;
  f.arm = f.instance_type == "c7g.medium";
  f.trunking = f.instance_type != "t3.small" && dice.chance(30);
  const std::uint32_t plain = f.vcpus == 4 ? 3 : f.arm ? 1 : 2;
  const std::uint32_t trunked = f.vcpus == 4 ? 20 : f.arm ? 4 : 10;
  f.interfaces = f.trunking ? trunked : plain;
  f.registered_memory = dice.one_of<std::uint32_t>({1900, 2500, 7000});
  if (dice.chance(30)) f.reserved_memory = 200;
  f.decision_lag = dice.chance(30) ? random.law(3) : Law{};
  f.detailed = dice.chance(20);
  f.protects_new = dice.chance(10);
  f.balanced_only = dice.chance(20);
  f.workers.reset();
  f.backlog.reset();
  f.has_provider = dice.chance(50);
  f.drains = f.has_provider && dice.chance(70);
  if (!f.has_provider || dice.chance(30)) return f;
  f.managed = {.target = dice.one_of<std::uint32_t>({100, 100, 80, 40}),
               .min_step = dice.between(1, 2),
               .max_step = dice.one_of<std::uint32_t>({2, 3, 10'000}),
               .warmup = dice.one_of<std::uint32_t>({0, 60, 300}),
               .delay = dice.one_of<Time>({0s, 10s, 30s, 90s}),
               .low_n = dice.one_of<std::uint32_t>({1, 2, 4, 15})};
  f.protects = dice.chance(50);
  return f;
}

std::vector<std::string> random_strategies(Dice& dice) {
  std::vector<std::string> named;
  for (std::uint32_t i = dice.below(4); i > 0; --i) {
    named.push_back(dice.one_of<const char*>({"random", "spread zone", "spread zone",
                                              "spread instance", "binpack cpu", "binpack memory"}));
  }
  return named;
}

namespace {

void move(Fleet& f, std::size_t to, const Fleet& cluster, RandomServices& random) {
  Dice& dice = random.dice;
  f.cluster = to;
  f.zones = cluster.zones;
  f.arm = cluster.arm;
  f.storage_gib = 20;
  f.cpu = dice.one_of<std::uint32_t>({128, 256, 256, 512, 1024});
  f.memory = dice.one_of<std::uint32_t>({100, 512, 512, 1000, 1700});
  f.awsvpc = dice.chance(30);
  f.distinct_instance = dice.chance(20);
  f.strategies = random_strategies(dice);
  if (dice.chance(40)) f.memory_reservation = f.memory * dice.between(1, 4) / 4;
  for (Deployment& deployment : f.deployments) {
    if (!deployment.cpu) continue;
    deployment.cpu = dice.one_of<std::uint32_t>({128, 256, 512, 1024});
    deployment.memory = dice.one_of<std::uint32_t>({100, 512, 1000, 1700});
    const bool must = f.memory_reservation.value_or(0) > *deployment.memory;
    if (must || dice.chance(20)) deployment.memory_reservation = *deployment.memory / 2;
  }
  f.launch_type_ec2 = dice.chance(30);
  if (dice.chance(20)) f.not_in_zone = dice.below(cluster.zones);
}

}  // namespace

void shake_cluster(Scenario& s, std::size_t cluster, RandomServices& random, Time unit) {
  Dice& dice = random.dice;
  const Time length = s.end - s.start;
  for (std::uint32_t i = dice.below(3); i > 0; --i) {
    const bool is_zone = dice.chance(40);
    s.faults.push_back({.at = length / 8 * dice.below(8),
                        .lasts = is_zone ? std::optional(unit * dice.between(1, 30)) : std::nullopt,
                        .kind = is_zone ? Fault::Kind::kZoneLoss : Fault::Kind::kKill,
                        .service = cluster,
                        .zone = dice.below(s.services[cluster].fleet.zones),
                        .count = dice.between(1, 2)});
  }
  for (std::uint32_t i = dice.below(3); i > 0; --i) {
    Time at = length / 8 * dice.below(8);
    if (!s.changes.empty()) at = std::max(at, s.changes.back().at);
    s.changes.push_back({at, Change::Field::kDesired, cluster, dice.below(5)});
  }
}

void add_cluster(Scenario& s, RandomServices& random, Time unit) {
  const std::size_t cluster = s.services.size();
  const Fleet group = random_hosts(random);
  bool any = false;
  for (std::size_t i = 0; i < s.services.size(); ++i) {
    Service& service = s.services[i];
    const bool is_tasks = service.platform == Service::Platform::kFleet && service.fleet.fargate;
    if (!is_tasks || !service.fleet.providers.empty() || !random.dice.chance(80)) continue;
    move(service.fleet, cluster, group, random);
    for (Fault& fault : s.faults) {
      const bool is_zone =
          fault.kind == Fault::Kind::kZoneLoss || fault.kind == Fault::Kind::kRefuseCapacity;
      if (fault.service == i && is_zone) fault.service = cluster;
    }
    any = true;
  }
  if (!any) return;
  for (Fault& fault : s.faults) {  // some zone is there for each
    if (!fault.everywhere && fault.service != cluster) continue;
    fault.zone = std::min(fault.zone, group.zones - 1);
  }
  s.services.push_back({.name = "z", .platform = Service::Platform::kFleet, .fleet = group});
  shake_cluster(s, cluster, random, unit);
}

namespace {

std::string managed_yaml(const Fleet& f) {
  if (!f.managed) return "";
  const Fleet::Managed& m = *f.managed;
  return fmt::format(
      "managed_termination_protection: {}, managed_scaling: {{target_capacity: {}, "
      "minimum_scaling_step_size: {}, maximum_scaling_step_size: {}, instance_warmup_period: {}, "
      "assumed: {{publication_delay: {}ns, low_evaluation_periods: {}}}}}",
      f.protects ? "ENABLED" : "DISABLED", m.target, m.min_step, m.max_step, m.warmup,
      m.delay.count(), m.low_n);
}

}  // namespace

std::string cluster_yaml(const Fleet& f, const std::string& group) {
  // "{ec2: {...}}": what instances that serve requests have is left out.
  std::string inner = group.substr(6, group.size() - 7);
  const auto drop = [&inner](const std::string& from, const std::string& to) {
    const std::size_t begin = inner.find(from);
    if (begin == std::string::npos) return;
    inner.erase(begin, inner.find(to, begin) + to.size() - begin);
  };
  drop("target_group: {", "}, ");
  drop("load_balancer: {", "}}, ");
  drop("policies: [", "], ");
  drop("alarms: [", "], ");
  drop("default_instance_warmup: ", ", ");
  drop("cooldown: ", ", ");
  drop("health_check_type: ", ", ");
  drop("health_check_grace_period: ", ", ");
  drop("capacity_rebalance: ", ", ");
  drop(", publication_delay: {", "}");
  const std::string provider =
      f.has_provider ? fmt::format("auto_scaling_group_provider: {{managed_draining: {}, {}}}, ",
                                   f.drains ? "ENABLED" : "DISABLED", managed_yaml(f))
                     : std::string();
  return fmt::format(
      "{{auto_scaling_group: {}, {}{}assumed: {{registered_memory: {}, reserved_memory: {}}}}}",
      inner, provider,
      f.provider.empty() ? fmt::format("awsvpc_trunking: {}, ", f.trunking) : std::string(),
      f.registered_memory, f.reserved_memory);
}

std::string placement_yaml(const Fleet& f, const Service& cluster) {
  std::string list;
  for (const std::string& strategy : f.strategies) {
    const std::size_t blank = strategy.find(' ');
    std::string field = blank == std::string::npos ? "" : strategy.substr(blank + 1);
    if (field == "zone") field = "\"attribute:ecs.availability-zone\"";
    if (field == "instance") field = "instanceId";
    list += fmt::format("{}{{type: {}{}}}", list.empty() ? "" : ", ", strategy.substr(0, blank),
                        field.empty() ? "" : ", field: " + field);
  }
  std::string constraints = f.distinct_instance ? "{type: distinctInstance}, " : "";
  if (f.not_in_zone) {
    constraints += fmt::format(
        "{{type: memberOf, expression: \"attribute:ecs.availability-zone != us-east-1{}\"}}",
        static_cast<char>('a' + *f.not_in_zone));
  }
  return fmt::format("cluster: {}, {}{}placement_strategies: [{}], placement_constraints: [{}], ",
                     cluster.name.substr(0, cluster.name.find('/')),
                     f.launch_type_ec2 ? "launch_type: EC2, " : "",
                     f.daemon ? "scheduling_strategy: DAEMON, " : "", list, constraints);
}

std::string placement_yaml(const JobKind& j, const Service& cluster) {
  Fleet same;
  same.launch_type_ec2 = j.launch_type_ec2;
  same.distinct_instance = j.distinct_instance;
  same.strategies = j.strategies;
  same.not_in_zone = j.not_in_zone;
  return placement_yaml(same, cluster);
}

}  // namespace skyreplay::reference
