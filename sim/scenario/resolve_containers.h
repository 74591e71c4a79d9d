#pragma once

#include <cstdint>
#include <string>

#include "scenario/binder.h"

namespace skyreplay::scenario {

/// Derives and checks the containers of a service's tasks (C3 to C8): which one serves, what the
/// sidecars use, and on a cluster the task's cpu, memory and reservation where it has none of its
/// own. `path` is the service's (`services.web.ecs`). Before whatever looks at the task's size.
void resolve_containers(proto::EcsService& service, const std::string& path, const Places& places,
                        Mistakes& mistakes);

/// Jobs have one container; and a size.
void refuse_containers(const proto::EcsTask& job, const std::string& path, const Places& places,
                       Mistakes& mistakes);

/// The number of the container that serves in a resolved task. REQUIRES it has containers.
std::size_t serving_container(const proto::EcsService& service);

/// What the serving container may have in use, in bytes, beside its sidecars (C4): its own hard
/// limit, or what they leave of the task's.
std::int64_t serving_memory_limit(const proto::EcsService& service, std::uint32_t task_mib);

}  // namespace skyreplay::scenario
