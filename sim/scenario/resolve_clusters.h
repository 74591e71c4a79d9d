#pragma once

#include <string>

#include "scenario/binder.h"

namespace skyreplay::scenario {

/// Derives and checks the scenario's clusters. Of each group, what has no meaning for container
/// instances is refused where it is given, and left out of the resolved message.
void resolve_clusters(proto::Scenario& scenario, const Places& places, Mistakes& mistakes);

/// Derives what a service takes from the cluster that its tasks are placed on, and checks what it
/// says of that. `path` is the service's (`services.web.ecs`). REQUIRES that it names a cluster.
void resolve_on_cluster(proto::EcsService& service, const proto::Scenario& scenario,
                        const std::string& path, const Places& places, Mistakes& mistakes);

/// The same of a service on Fargate: what is for clusters is refused.
void resolve_off_cluster(proto::EcsService& service, const std::string& path, const Places& places,
                         Mistakes& mistakes);

}  // namespace skyreplay::scenario
