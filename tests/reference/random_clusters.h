#pragma once

#include <string>

#include "reference/random_services.h"

namespace skyreplay::reference {

/// Moves services of tasks to a cluster, which is the last service of the scenario from then on.
void add_cluster(Scenario& scenario, RandomServices& random, Time unit);

/// A cluster as a scenario spells it; `group` is its group's service.
std::string cluster_yaml(const Fleet& cluster, const std::string& group);
/// What a service on the cluster says of that, each with a comma behind it.
std::string placement_yaml(const Fleet& tasks, const Service& cluster);

}  // namespace skyreplay::reference
