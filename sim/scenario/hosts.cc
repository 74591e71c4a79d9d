#include "scenario/hosts.h"

#include <algorithm>

#include "scenario/field_path.h"
#include "scenario/resolve.h"

namespace skyreplay::scenario {

bool Hosts::is_managed() const {
  return ecs != nullptr && ecs->has_managed_scaling() &&
         ecs->managed_scaling().status() == proto::AutoScalingGroupProvider::ENABLED;
}

std::vector<Hosts> hosts_of(const proto::Cluster& cluster) {
  if (cluster.capacity_providers().empty()) {
    const bool is_provider = cluster.has_auto_scaling_group_provider();
    return {{.provider = {},
             .group = &cluster.auto_scaling_group(),
             .ecs = is_provider ? &cluster.auto_scaling_group_provider() : nullptr,
             .assumed = &cluster.assumed()}};
  }
  std::vector<Hosts> hosts;
  for (const auto& [name, provider] : cluster.capacity_providers()) {
    hosts.push_back({.provider = name,
                     .group = &provider.auto_scaling_group(),
                     .ecs = &provider.auto_scaling_group_provider(),
                     .assumed = &provider.assumed()});
  }
  std::sort(hosts.begin(), hosts.end(),
            [](const Hosts& a, const Hosts& b) { return a.provider < b.provider; });
  return hosts;
}

std::string hosts_name(const std::string& cluster, const std::string& provider) {
  return provider.empty() ? cluster : cluster + "/" + provider;
}

std::string hosts_path(const std::string& cluster, const std::string& provider) {
  const std::string path = join_path("clusters", cluster);
  return provider.empty() ? path : join_path(path + ".capacity_providers", provider);
}

std::vector<std::pair<std::string, Hosts>> all_hosts(const proto::Scenario& scenario) {
  std::vector<std::pair<std::string, Hosts>> all;
  for (const std::string& cluster : cluster_names(scenario)) {
    for (Hosts& hosts : hosts_of(scenario.clusters().at(cluster))) {
      const std::string name = hosts_name(cluster, hosts.provider);
      all.emplace_back(name, std::move(hosts));
    }
  }
  return all;
}

}  // namespace skyreplay::scenario
