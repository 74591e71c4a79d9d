#pragma once

#include <string>
#include <vector>

#include "scenario/scenario.h"

namespace skyreplay::scenario {

inline constexpr std::size_t kMostProviders = 20;  ///< of a strategy (C71)

/// One group of container instances of a cluster: the only one, or a capacity provider's.
struct Hosts {
  std::string provider;  ///< its name; empty: the only one
  const proto::AutoScalingGroup* group = nullptr;
  const proto::AutoScalingGroupProvider* ecs = nullptr;  ///< none: it is no capacity provider
  const proto::ClusterAssumed* assumed = nullptr;

  /// Whether ECS scales it (C75).
  bool is_managed() const;
  /// What an instance leaves to tasks (C18).
  std::uint32_t registered() const {
    return assumed->registered_memory() - assumed->reserved_memory();
  }
};

/// Those of a cluster, by name (bytewise); they point into the message.
std::vector<Hosts> hosts_of(const proto::Cluster& cluster);

/// What results call a group of a cluster: "pool", or "pool/spot".
std::string hosts_name(const std::string& cluster, const std::string& provider);
/// "clusters.pool", or "clusters.pool.capacity_providers.spot".
std::string hosts_path(const std::string& cluster, const std::string& provider);

/// The groups of container instances of a scenario by the names that results have for them.
std::vector<std::pair<std::string, Hosts>> all_hosts(const proto::Scenario& scenario);

}  // namespace skyreplay::scenario
