#pragma once

#include <string>

#include "scenario/binder.h"

namespace skyreplay::scenario {

/// Derives and checks what a service says of how it is scheduled: where it is a DAEMON, its launch
/// type and percentages, and that it says nothing of a number of tasks (C36, C37). `path` is the
/// service's (`services.agent.ecs`).
void resolve_scheduling(proto::EcsService& service, const std::string& path, const Places& places,
                        Mistakes& mistakes);

/// Takes their target groups and load balancers from daemons that nothing reaches; where these are
/// given, that is a mistake. REQUIRES that the scenario's routes are resolved.
void resolve_unreached_daemons(proto::Scenario& scenario, const Places& places, Mistakes& mistakes);

/// Whether the service is a DAEMON that no route and no call names.
bool is_unreached_daemon(const proto::Scenario& scenario, const std::string& service);

}  // namespace skyreplay::scenario
