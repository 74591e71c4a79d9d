#pragma once

#include <string>

#include "scenario/binder.h"

namespace skyreplay::scenario {

/// Checks the capacity provider strategy of a service or of jobs (C71), and derives the prices of
/// FARGATE_SPOT. `path` is the service's (`services.web.ecs`).
void resolve_providers(proto::EcsService& service, const std::string& region,
                       const std::string& path, const Places& places, Mistakes& mistakes);
void resolve_providers(proto::EcsTask& job, const std::string& region, const std::string& path,
                       const Places& places, Mistakes& mistakes);

}  // namespace skyreplay::scenario
