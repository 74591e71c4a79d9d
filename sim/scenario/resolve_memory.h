#pragma once

#include <string>

#include "scenario/binder.h"

namespace skyreplay::scenario {

/// Checks what is said of the memory of a service's tasks (C4): that a task fits into its own with
/// no request inside, and that whoever asks for MemoryUtilization (C93) can be answered. `path` is
/// the service's (`services.web.ecs`).
void resolve_memory(const proto::EcsService& service, const std::string& path, const Places& places,
                    Mistakes& mistakes);

}  // namespace skyreplay::scenario
