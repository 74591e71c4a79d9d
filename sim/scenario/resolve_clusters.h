#pragma once

#include <string>

#include "scenario/binder.h"

namespace skyreplay::scenario {

/// Derives and checks the scenario's clusters. Of each group, what has no meaning for container
/// instances is refused where it is given, and left out of the resolved message.
void resolve_clusters(proto::Scenario& scenario, const Places& places, Mistakes& mistakes);

/// Derives what a service (proto::EcsService) or jobs (proto::EcsTask) take from the cluster that
/// their tasks are placed on, and checks what they say of that. `path` is the service's
/// (`services.web.ecs`). REQUIRES that it names a cluster.
template <typename Message>
void resolve_on_cluster(Message& service, const proto::Scenario& scenario, const std::string& path,
                        const Places& places, Mistakes& mistakes);

/// The same of those on Fargate: what is for clusters is refused.
template <typename Message>
void resolve_off_cluster(Message& service, const std::string& path, const Places& places,
                         Mistakes& mistakes);

}  // namespace skyreplay::scenario
