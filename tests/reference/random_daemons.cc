#include "reference/random_daemons.h"

#include <algorithm>
#include <vector>

namespace skyreplay::reference {

using namespace std::chrono_literals;

void RandomDaemons::add_to(Scenario& s, Time unit) {
  if (!s.services.back().fleet.is_cluster) return;
  random_.unit = unit;
  for (std::size_t i = 0; i < s.services.size(); ++i) {
    if (s.services[i].fleet.cluster && random_.dice.chance(25)) make_daemon(s, i);
  }
  if (!random_.dice.chance(30)) return;
  const std::size_t before = s.services.size() - 1;
  const Fleet cluster = s.services.back().fleet;
  s.services.insert(s.services.end() - 1, {.name = "y",
                                           .platform = Service::Platform::kFleet,
                                           .fleet = agent(cluster, before + 1, s.end - s.start)});
  const auto renumber = [before](std::size_t& service) { service += service == before ? 1 : 0; };
  for (Service& service : s.services) {
    if (service.fleet.cluster && !service.fleet.unreached) renumber(*service.fleet.cluster);
  }
  for (Fault& fault : s.faults) renumber(fault.service);
  for (Change& change : s.changes) renumber(change.service);
  if (!random_.dice.chance(40)) return;
  s.faults.push_back({.at = (s.end - s.start) / 8 * random_.dice.below(8),
                      .kind = Fault::Kind::kKill,
                      .service = before,
                      .count = random_.dice.between(1, 2)});
}

namespace {

/// Of a task, or with the least of all deployments' versions.
struct Needs {
  std::uint32_t cpu, memory, interfaces;
};

Needs first_needs(const Fleet& f) {
  return {f.cpu, f.memory_reservation.value_or(f.memory), f.awsvpc ? 1U : 0U};
}

std::vector<Needs> all_needs(const Fleet& f) {
  std::vector<Needs> all{first_needs(f)};
  for (const Deployment& d : f.deployments) {
    Needs own = all.front();
    own.cpu = d.cpu.value_or(own.cpu);
    if (d.memory && !f.memory_reservation) own.memory = *d.memory;
    own.memory = d.memory_reservation.value_or(own.memory);
    all.push_back(own);
  }
  return all;
}

}  // namespace

void RandomDaemons::leave_room(Scenario& s) {
  if (!s.services.back().fleet.is_cluster) return;
  const Fleet& host = s.services.back().fleet;
  Needs held{0, 0, 0};
  bool all_fit = true;
  const auto look = [&](const Needs& needs) {
    all_fit = all_fit && needs.cpu + held.cpu <= host.vcpus * 1024 &&
              needs.memory + held.memory <= host.registered_memory - host.reserved_memory &&
              needs.interfaces + held.interfaces <= host.interfaces;
  };
  const auto hold = [&](const Fleet& daemon) {
    Needs least = first_needs(daemon);
    for (const Needs& needs : all_needs(daemon)) {
      look(needs);
      least.cpu = std::min(least.cpu, needs.cpu);
      least.memory = std::min(least.memory, needs.memory);
    }
    if (daemon.not_in_zone) return;
    held = {held.cpu + least.cpu, held.memory + least.memory, held.interfaces + least.interfaces};
  };
  for (const Service& service : s.services) {
    if (service.fleet.cluster && service.fleet.daemon) hold(service.fleet);
  }
  for (const Service& service : s.services) {
    const JobKind& job = service.job;
    if (job.cluster) look({job.cpu, job.memory, job.awsvpc ? 1U : 0U});
    if (!service.fleet.cluster || service.fleet.daemon) continue;
    for (const Needs& needs : all_needs(service.fleet)) look(needs);
  }
  if (all_fit) return;
  for (Service& service : s.services) {
    if (service.fleet.cluster && service.fleet.daemon && !service.fleet.not_in_zone) {
      service.fleet.not_in_zone = 0;
    }
  }
}

void RandomDaemons::make_daemon(Scenario& s, std::size_t number) {
  Fleet& f = s.services[number].fleet;
  f.daemon = f.launch_type_ec2 = true;
  f.distinct_instance = random_.dice.chance(20);
  f.policies.clear();
  f.alarms.clear();
  f.scheduled.clear();
  f.strategies.clear();
  f.shift.reset();
  f.rebalances = false;
  f.minimum_healthy = random_.dice.one_of<std::uint32_t>({0, 0, 34, 50, 100});
  f.maximum = 100;
  std::erase_if(s.changes, [number](const Change& change) {
    const bool sets_tasks =
        change.field == Change::Field::kDesired || change.field == Change::Field::kMaxSize;
    return sets_tasks && change.service == number;
  });
}

Fleet RandomDaemons::agent(const Fleet& cluster, std::size_t number, Time length) {
  Dice& dice = random_.dice;
  Fleet f = random_.fleet();
  f.fargate = f.daemon = f.unreached = f.launch_type_ec2 = f.cross_zone = true;
  f.rebalances = false;
  f.cluster = number;
  f.zones = cluster.zones;
  f.arm = cluster.arm;
  f.storage_gib = 20;
  f.cpu = dice.one_of<std::uint32_t>({128, 128, 256, 512});
  f.memory = dice.one_of<std::uint32_t>({100, 300, 1000});
  f.awsvpc = dice.chance(20);
  f.minimum_healthy = dice.one_of<std::uint32_t>({0, 0, 50, 100});
  f.maximum = 100;
  if (dice.chance(20)) f.not_in_zone = dice.below(cluster.zones);
  if (dice.chance(20)) f.container_check = {.interval = 5, .retries = 2};
  if (dice.chance(30)) f.stop_time = random_.law(3);
  f.breaker = {.enabled = dice.chance(60), .value = 40};
  f.breaker.rolls_back = f.breaker.enabled && dice.chance(60);
  for (std::uint32_t i = dice.below(3); i > 0; --i) {
    Deployment d{.at = length / 8 * dice.below(8)};
    if (dice.chance(50)) d.cpu = dice.one_of<std::uint32_t>({128, 512, 1024});
    if (dice.chance(50)) d.pull_time = 1ms * dice.between(1, 5000);
    d.start_failures = dice.one_of<double>({0, 0, 0.3, 1});
    f.deployments.push_back(d);
  }
  return f;
}

}  // namespace skyreplay::reference
