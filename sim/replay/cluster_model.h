#pragma once

#include <cstdint>
#include <optional>

#include "ec2/auto_scaling_group.h"
#include "ecs/cluster.h"
#include "ecs/cluster_jobs.h"
#include "ecs/cluster_service.h"
#include "replay/fleet_models.h"
#include "scenario/wiring.h"

namespace skyreplay::replay {

/// A cluster's container instances, read from the resolved message. REQUIRES that the service is a
/// cluster.
ecs::ClusterConfig cluster_config(const scenario::ConcreteService& cluster);

/// Its Auto Scaling group. Throws InputError as group_config does.
ec2::AutoScalingGroupConfig instances_config(const scenario::ConcreteService& cluster,
                                             std::uint32_t index, const RunFacts& run);

/// What scales it; none where nothing does.
std::optional<ecs::ManagedScalingConfig> managed_scaling(const scenario::ConcreteService& cluster);

/// A service whose tasks are placed on that cluster, and how they are.
ecs::FargateServiceConfig cluster_service_config(const scenario::ConcreteService& service,
                                                 const scenario::ConcreteService& cluster,
                                                 std::uint32_t index, CallList calls,
                                                 const RunFacts& run);
ecs::ClusterTasks cluster_tasks(const scenario::ConcreteService& service,
                                const scenario::ConcreteService& cluster);

/// Jobs whose tasks are placed on that cluster.
ecs::ClusterJobsConfig cluster_jobs_config(const scenario::ConcreteService& service,
                                           const scenario::ConcreteService& cluster);

}  // namespace skyreplay::replay
