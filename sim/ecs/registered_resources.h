#pragma once

#include <cstdint>
#include <optional>

#include "compute/instance_types.h"

namespace skyreplay::ecs {

/// The memory that a container instance of the type registers for tasks, in MiB (C18, C19, C20,
/// C21): what was observed of the types of which something was; else of what is advertised 95 % up
/// to 8 GiB and 97 % above, rounded down.
std::uint32_t registered_memory(const compute::InstanceType& type);

/// How many tasks with a network interface of their own an instance of the type takes (C13): one
/// less than it has interfaces, as one is the instance's. With awsvpcTrunking what C14 lists by
/// size; nothing where trunking is not for the type, or its figure is not known.
std::optional<std::uint32_t> task_interfaces(const compute::InstanceType& type, bool has_trunking);

}  // namespace skyreplay::ecs
