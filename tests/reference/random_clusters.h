#pragma once

#include <string>

#include "reference/random_services.h"

namespace skyreplay::reference {

/// Moves services of tasks to a cluster, which is the last service of the scenario from then on.
void add_cluster(Scenario& scenario, RandomServices& random, Time unit);

/// A cluster's group, and a list of placement strategies.
Fleet random_hosts(RandomServices& random);
std::vector<std::string> random_strategies(Dice& dice);
/// What instances of the cluster are lost, and when they are fewer.
void shake_cluster(Scenario& scenario, std::size_t cluster, RandomServices& random, Time unit);

/// A cluster as a scenario spells it; `group` is its group's service.
std::string cluster_yaml(const Fleet& cluster, const std::string& group);
/// What a service, or jobs, on the cluster say of that, each with a comma behind it.
std::string placement_yaml(const Fleet& tasks, const Service& cluster);
std::string placement_yaml(const JobKind& jobs, const Service& cluster);

}  // namespace skyreplay::reference
