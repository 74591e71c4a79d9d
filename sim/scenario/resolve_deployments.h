#pragma once

#include <cstdint>
#include <string>

#include "scenario/binder.h"

namespace skyreplay::scenario {

/// ASSUMED: how fast a task of so many CPU units pulls and unpacks an image, in bytes a second
/// (C35).
std::int64_t pull_rate(std::uint32_t cpu);

/// Derives what the deployments of a service leave open, and checks what takes more than one field
/// to check. `path` is the service's (`services.web.ecs`), whose own pull_rate is resolved already;
/// `pull_rate_is_given`: by the scenario.
void resolve_deployments(proto::EcsService& service, const std::string& path,
                         bool pull_rate_is_given, const Places& places, Mistakes& mistakes);

}  // namespace skyreplay::scenario
