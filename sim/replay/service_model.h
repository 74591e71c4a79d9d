#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "balancing/fleet_scaling.h"
#include "pricing/tariff.h"
#include "skyreplay/scenario.pb.h"

namespace skyreplay::replay {

/// The policies and alarms of an ECS service, read from the resolved message; none where it has
/// neither. `entity` is the service's name path.
std::optional<balancing::FleetScalingConfig> service_scaling(const proto::EcsService& service,
                                                             const std::string& entity,
                                                             const std::string& name,
                                                             std::uint64_t seed);

/// On which capacity providers its tasks run (C71), and which of them are FARGATE_SPOT.
template <typename Message>
balancing::MemberMix provider_mix(const Message& service, std::vector<bool>& is_spot);

/// The tariffs of vCPUs and memory on FARGATE_SPOT; none where the service has none.
template <typename Message>
std::vector<pricing::Tariff> spot_task_tariffs(const Message& service);

/// What a metric of 20 s costs (C94). REQUIRES a service that has some.
pricing::Tariff short_metric_tariff(const proto::EcsService& service);

}  // namespace skyreplay::replay
