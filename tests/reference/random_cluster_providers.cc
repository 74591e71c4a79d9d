#include "reference/random_cluster_providers.h"

#include <fmt/format.h>

#include <algorithm>

#include "reference/random_clusters.h"

namespace skyreplay::reference {

using namespace std::chrono_literals;

namespace {

std::string name_of(std::size_t pool) { return {static_cast<char>('a' + pool)}; }

}  // namespace

void RandomClusterProviders::add_to(Scenario& s, Time unit) {
  Dice& dice = random_.dice;
  random_.unit = unit;
  if (!s.services.back().fleet.is_cluster || !dice.chance(50)) return;
  const std::size_t first = s.services.size() - 1;
  Fleet& group = s.services[first].fleet;
  s.services[first].name = "z/a";
  group.provider = "a";
  if (!group.has_provider) group.drains = dice.chance(50);
  group.has_provider = true;
  const std::size_t groups = dice.chance(70) ? 2 : 3;
  while (s.services.size() < first + groups) add_group(s, first, unit);
  const std::vector<Provider> standard = dice.chance(40) ? split(groups) : std::vector<Provider>();
  s.services[first].fleet.default_split = standard;
  std::uint32_t zones = 0;
  for (std::size_t i = first; i < s.services.size(); ++i) {
    zones = std::max(zones, s.services[i].fleet.zones);
  }
  for (Service& service : s.services) {
    if (service.job.cluster) {
      share_out(service.job, groups, standard);
      for (const Provider& each : service.job.providers) {
        service.job.on_managed |= s.services[first + each.pool].fleet.managed.has_value();
      }
    }
    if (!service.fleet.cluster) continue;
    service.fleet.zones = zones;
    if (!service.fleet.daemon) share_out(service.fleet, groups, standard);
  }
}

void RandomClusterProviders::add_group(Scenario& s, std::size_t first, Time unit) {
  Dice& dice = random_.dice;
  const std::size_t own = s.services.size();
  const Fleet beside = s.services[first].fleet;
  Fleet group = random_hosts(random_);
  while (group.arm != beside.arm || group.trunking != beside.trunking) {
    group = random_hosts(random_);
  }
  group.beside = first;
  group.provider = name_of(own - first);
  if (!group.has_provider) group.drains = dice.chance(50);
  group.has_provider = true;
  if (dice.chance(40)) {
    group.spot = true;
    group.reserved_instances = 0;
    group.savings_plan = 0;
    group.shock_share = dice.one_of<double>({0.3, 0.7, 1});
    group.between_shocks = std::max<Time>(1s, (s.end - s.start) / dice.between(2, 8));
  }
  s.services.push_back(
      {.name = "z/" + group.provider, .platform = Service::Platform::kFleet, .fleet = group});
  shake_cluster(s, own, random_, unit);
  if (!group.spot || !dice.chance(50)) return;
  s.faults.push_back({.at = (s.end - s.start) / 8 * dice.below(8),
                      .kind = Fault::Kind::kInterruptSpot,
                      .service = own,
                      .factor = dice.one_of<double>({0.5, 1})});
}

/// In any order, one of them with a base, perhaps.
std::vector<Provider> RandomClusterProviders::split(std::size_t groups) {
  Dice& dice = random_.dice;
  std::vector<Provider> providers;
  const std::size_t from = dice.below(groups);
  const bool backwards = dice.chance(50);
  const std::size_t count = dice.chance(75) ? groups : groups - 1;
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t pool = (from + (backwards ? groups - i : i)) % groups;
    providers.push_back({.pool = pool, .base = 0, .weight = dice.below(4)});
  }
  if (dice.chance(40)) providers[dice.below(providers.size())].base = dice.between(1, 3);
  providers[dice.below(providers.size())].weight += 1;
  return providers;
}

template <typename Tasks>
void RandomClusterProviders::share_out(Tasks& tasks, std::size_t groups,
                                       const std::vector<Provider>& standard) {
  Dice& dice = random_.dice;
  tasks.launch_type_ec2 = dice.chance(15);
  if (tasks.launch_type_ec2) return;
  tasks.takes_default = !standard.empty() && dice.chance(50);
  tasks.providers = tasks.takes_default ? standard : split(groups);
}

std::string split_yaml(const std::vector<Provider>& providers) {
  std::string list;
  for (const Provider& each : providers) {
    list += fmt::format("{}{{capacity_provider: {}, base: {}, weight: {}}}",
                        list.empty() ? "" : ", ", name_of(each.pool), each.base, each.weight);
  }
  return list.empty() ? "" : "capacity_provider_strategy: [" + list + "], ";
}

std::string default_split_yaml(const Fleet& first) {
  const std::string split = split_yaml(first.default_split);
  return split.empty() ? "" : "    default_" + split.substr(0, split.size() - 2) + "\n";
}

}  // namespace skyreplay::reference
