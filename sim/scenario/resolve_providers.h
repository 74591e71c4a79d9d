#pragma once

#include <string>
#include <vector>

#include "scenario/binder.h"

namespace skyreplay::scenario {

using Strategy = google::protobuf::RepeatedPtrField<proto::CapacityProviderStrategyItem>;

/// Checks a capacity provider strategy (C71), whose field is at `path`. `names`: of the providers
/// that there are, FARGATE and FARGATE_SPOT or those of a cluster.
void check_strategy(const Strategy& strategy, const std::string& path,
                    const std::vector<std::string>& names, const Places& places,
                    Mistakes& mistakes);

/// Checks the capacity provider strategy of a service or of jobs on Fargate, and derives the prices
/// of FARGATE_SPOT. `path` is the service's (`services.web.ecs`).
void resolve_providers(proto::EcsService& service, const std::string& region,
                       const std::string& path, const Places& places, Mistakes& mistakes);
void resolve_providers(proto::EcsTask& job, const std::string& region, const std::string& path,
                       const Places& places, Mistakes& mistakes);

}  // namespace skyreplay::scenario
