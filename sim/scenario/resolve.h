#pragma once

#include "scenario/binder.h"
#include "scenario/mistakes.h"

namespace skyreplay::scenario {

/// Fills in every default of the schema, then what follows from other fields, and checks what no
/// single field can: required fields, names that must exist, sums, laws. Mistakes are collected.
void resolve(proto::Scenario& scenario, const Places& places, Mistakes& mistakes);

/// Names of the services, bytewise ascending: the order of everything that lists services.
std::vector<std::string> service_names(const proto::Scenario& scenario);
/// The same of its clusters.
std::vector<std::string> cluster_names(const proto::Scenario& scenario);

}  // namespace skyreplay::scenario
