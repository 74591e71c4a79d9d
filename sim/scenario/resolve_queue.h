#pragma once

#include <string>

#include "scenario/binder.h"

namespace skyreplay::scenario {

/// Checks what is said of the queue that a service's tasks take their work from (L65), refuses what
/// only a load balancer has, and of a service without a queue what only that has. `path` is the
/// service's (`services.web.ecs`).
void resolve_queue(const proto::EcsService& service, const std::string& region,
                   const std::string& path, const Places& places, Mistakes& mistakes);

}  // namespace skyreplay::scenario
