#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "balancing/fleet_scaling.h"
#include "skyreplay/scenario.pb.h"

namespace skyreplay::replay {

/// The policies and alarms of an ECS service, read from the resolved message; none where it has
/// neither. `entity` is the service's name path.
std::optional<balancing::FleetScalingConfig> service_scaling(const proto::EcsService& service,
                                                             const std::string& entity,
                                                             const std::string& name,
                                                             std::uint64_t seed);

/// Its scheduled actions.
std::vector<scaling::ScheduledAction> scheduled_actions(const proto::EcsService& service,
                                                        TimePoint trace_start);

}  // namespace skyreplay::replay
