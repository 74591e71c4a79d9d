#pragma once

#include "scenario/binder.h"

namespace skyreplay::scenario {

/// Refuses tasks that an empty container instance of their cluster takes, but not beside the tasks
/// of its daemons: they would wait for ever, as no instance, however new, has room (C36, C78). Of
/// daemons those count that are on every instance, without a constraint of memberOf, at the least
/// that they reserve of all their deployments. REQUIRES that services and clusters are resolved.
void check_fit_beside_daemons(const proto::Scenario& scenario, const Places& places,
                              Mistakes& mistakes);

}  // namespace skyreplay::scenario
