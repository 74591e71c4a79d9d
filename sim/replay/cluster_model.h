#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "ec2/auto_scaling_group.h"
#include "ecs/cluster.h"
#include "ecs/cluster_jobs.h"
#include "ecs/cluster_service.h"
#include "replay/fleet_models.h"
#include "scenario/wiring.h"

namespace skyreplay::replay {

/// The groups of container instances of one cluster, in the order of the wiring: the only one, or
/// one for each capacity provider.
using ClusterGroups = std::span<const scenario::ConcreteService>;

/// The zones of all of them, each once, in the order in which they name them.
std::vector<std::string> cluster_zones(ClusterGroups groups);

/// The container instances of one of them, read from the resolved message; `zones` are the
/// cluster's.
ecs::ProviderConfig provider_config(const scenario::ConcreteService& group,
                                    const std::vector<std::string>& zones);

/// Its Auto Scaling group. Throws InputError as group_config does.
ec2::AutoScalingGroupConfig instances_config(const scenario::ConcreteService& group,
                                             std::uint32_t index, const RunFacts& run);

/// What scales it; none where nothing does.
std::optional<ecs::ManagedScalingConfig> managed_scaling(const scenario::ConcreteService& group);

/// A service whose tasks are placed on that cluster, and how they are.
ecs::FargateServiceConfig cluster_service_config(const scenario::ConcreteService& service,
                                                 ClusterGroups groups, std::uint32_t index,
                                                 CallList calls, const RunFacts& run);
ecs::ClusterTasks cluster_tasks(const scenario::ConcreteService& service, ClusterGroups groups);

/// Jobs whose tasks are placed on that cluster.
ecs::ClusterJobsConfig cluster_jobs_config(const scenario::ConcreteService& service,
                                           ClusterGroups groups);

}  // namespace skyreplay::replay
