#include "replay/cluster_model.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include "compute/instance_types.h"
#include "core/check.h"
#include "ecs/cluster_query.h"
#include "ecs/registered_resources.h"
#include "replay/task_models.h"
#include "scenario/law.h"

namespace skyreplay::replay {
namespace {

using Provider = proto::AutoScalingGroupProvider;
using Strategy = proto::PlacementStrategy;
using Kind = ecs::PlacementStrategy::Kind;

const proto::AutoScalingGroup& group_of(const scenario::ConcreteService& hosts) {
  return hosts.cluster->auto_scaling_group();
}

const compute::InstanceType& type_of(const scenario::ConcreteService& hosts) {
  return compute::InstanceTypes::builtin().find(group_of(hosts).instance_type());
}

ecs::PlacementStrategy strategy_of(const Strategy& strategy) {
  if (strategy.type() == Strategy::RANDOM) return {Kind::kRandom, 0};
  if (strategy.field() == "cpu") return {Kind::kBinpackCpu, 0};
  if (strategy.field() == "memory") return {Kind::kBinpackMemory, 0};
  const bool by_zone = strategy.field() == "attribute:ecs.availability-zone";
  return {by_zone ? Kind::kSpreadAttribute : Kind::kSpreadInstance, 0};
}

/// Nobody is sent a request or checked.
void take_balancer(balancing::FleetConfig& fleet) {
  fleet.has_load_balancer = false;
  fleet.cross_zone = true;
  fleet.health_checks.interval = Duration{};
  fleet.idle_timeout = balancing::FleetConfig{}.idle_timeout;  // of requests that never come
}

/// C67: of each zone, whether all expressions hold of a group's instances there, which differ by
/// nothing else.
template <typename Message>
std::vector<bool> zones_that_fulfill(const Message& service, const scenario::ConcreteService& hosts,
                                     const std::vector<std::string>& zones) {
  const compute::InstanceType& type = type_of(hosts);
  const bool is_arm = type.architecture == compute::Architecture::kArm;
  std::vector<bool> fulfill;
  for (const std::string& zone : zones) {
    const ecs::ContainerInstance instance{
        .ec2_instance_id = {},
        .attributes = {{"ecs.availability-zone", zone},
                       {"ecs.instance-type", type.name},
                       {"ecs.cpu-architecture", is_arm ? "arm64" : "x86_64"},
                       {"ecs.os-type", "linux"}},
        .running_tasks = 0,
        .task_groups = {}};
    bool holds = true;
    for (const proto::PlacementConstraint& constraint : service.placement_constraints()) {
      if (!constraint.has_expression()) continue;
      std::string mistake;
      const auto query = ecs::ClusterQuery::parse(constraint.expression(), mistake);
      SKY_CHECK(query.has_value());  // resolved
      holds = holds && query->holds(instance);
    }
    fulfill.push_back(holds);
  }
  return fulfill;
}

/// C60 to C68: how the tasks of a service, or of jobs, are placed.
template <typename Message>
ecs::TaskGroup task_group(const Message& message, ClusterGroups groups) {
  const proto::TaskDefinition& task = message.task_definition();
  ecs::TaskGroup group;
  const bool has_interface = task.network_mode() == proto::TaskDefinition::AWSVPC;
  group.needs = {.cpu_units = task.cpu(),
                 .memory_mib = reserved_mib(task),
                 .interfaces = has_interface ? 1U : 0U};
  if constexpr (std::is_same_v<Message, proto::EcsService>) {
    group.is_daemon = message.scheduling_strategy() == proto::EcsService::DAEMON;
    group.distinct_instance = group.is_daemon;
  }
  bool asks = false;
  for (const proto::PlacementConstraint& constraint : message.placement_constraints()) {
    const bool is_distinct = constraint.type() == proto::PlacementConstraint::DISTINCT_INSTANCE;
    (is_distinct ? group.distinct_instance : asks) = true;
  }
  if (asks) {
    std::vector<std::vector<bool>> fulfill;  // by provider and zone
    for (const scenario::ConcreteService& hosts : groups) {
      fulfill.push_back(zones_that_fulfill(message, hosts, cluster_zones(groups)));
    }
    group.member_of = [fulfill](const ecs::InstanceFacts& facts) {
      return fulfill[facts.pool][facts.attributes[0]];
    };
  }
  for (const Strategy& strategy : message.placement_strategies()) {
    group.strategies.push_back(strategy_of(strategy));
  }
  group.asks_for_pool = !message.has_launch_type();
  return group;
}

/// By kind of the mix: of a strategy its providers, else the only one; none of launch type EC2.
template <typename Message>
std::vector<std::uint32_t> providers_of(const Message& message, ClusterGroups groups) {
  if (message.has_launch_type()) return {};
  if (message.capacity_provider_strategy().empty()) return {0};
  std::vector<std::uint32_t> providers;
  for (const proto::CapacityProviderStrategyItem& item : message.capacity_provider_strategy()) {
    const auto found =
        std::ranges::find(groups, item.capacity_provider(), &scenario::ConcreteService::provider);
    SKY_CHECK(found != groups.end());  // resolved
    providers.push_back(static_cast<std::uint32_t>(found - groups.begin()));
  }
  return providers;
}

}  // namespace

std::vector<std::string> cluster_zones(ClusterGroups groups) {
  std::vector<std::string> zones;
  for (const scenario::ConcreteService& hosts : groups) {
    for (const std::string& zone : group_of(hosts).availability_zones()) {
      if (std::ranges::find(zones, zone) == zones.end()) zones.push_back(zone);
    }
  }
  return zones;
}

ecs::ProviderConfig provider_config(const scenario::ConcreteService& group,
                                    const std::vector<std::string>& zones) {
  const compute::InstanceType& type = type_of(group);
  const proto::Cluster& message = *group.cluster;
  ecs::ProviderConfig config;
  config.speed = group_of(group).assumed().speed();
  for (const std::string& zone : group_of(group).availability_zones()) {
    const auto found = std::ranges::find(zones, zone);
    config.zones.push_back(static_cast<std::uint32_t>(found - zones.begin()));
  }
  config.registered = {
      .cpu_units = type.vcpus * compute::kUnitsPerVcpu,
      .memory_mib = message.assumed().registered_memory() - message.assumed().reserved_memory(),
      .interfaces = ecs::task_interfaces(type, message.awsvpc_trunking()).value_or(0)};
  config.drains = message.has_auto_scaling_group_provider() &&
                  message.auto_scaling_group_provider().managed_draining() == Provider::ENABLED;
  config.protects =
      message.auto_scaling_group_provider().managed_termination_protection() == Provider::ENABLED;
  return config;
}

std::optional<ecs::ManagedScalingConfig> managed_scaling(const scenario::ConcreteService& group) {
  const auto& provider = group.cluster->auto_scaling_group_provider();
  const proto::ManagedScaling& scaling = provider.managed_scaling();
  if (!provider.has_managed_scaling() || scaling.status() != Provider::ENABLED) {
    return std::nullopt;
  }
  return ecs::ManagedScalingConfig{
      .target_capacity = scaling.target_capacity(),
      .minimum_step = scaling.minimum_scaling_step_size(),
      .maximum_step = scaling.maximum_scaling_step_size(),
      .instance_warmup = std::chrono::seconds{scaling.instance_warmup_period()},
      .publication_delay = scenario::to_duration(scaling.assumed().publication_delay()),
      .low_periods = scaling.assumed().low_evaluation_periods()};
}

ec2::AutoScalingGroupConfig instances_config(const scenario::ConcreteService& group,
                                             std::uint32_t index, const RunFacts& run) {
  ec2::AutoScalingGroupConfig config = group_config(group, index, std::nullopt, run);
  config.fleet.name = "clusters." + group.name;
  config.fleet.member = "container instance";
  take_balancer(config.fleet);
  return config;
}

ecs::FargateServiceConfig cluster_service_config(const scenario::ConcreteService& service,
                                                 ClusterGroups groups, std::uint32_t index,
                                                 CallList calls, const RunFacts& run) {
  ecs::FargateServiceConfig config = task_config(service, index, calls, run);
  config.purchase.on_demand = false;
  config.fleet.zones = cluster_zones(groups);
  config.fleet.evens_out_all_kinds = true;           // as its placement spreads them (C62)
  if (!service.config->ecs().has_load_balancer()) {  // a daemon that nothing reaches
    take_balancer(config.fleet);
    config.scheduler.runs_until_healthy = ecs::kRunsUntilHealthy;
  }
  return config;
}

ecs::ClusterTasks cluster_tasks(const scenario::ConcreteService& service, ClusterGroups groups) {
  const proto::EcsService& ecs = service.config->ecs();
  return {.group = task_group(ecs, groups),
          .providers = providers_of(ecs, groups),
          .has_speed_of_instance = !ecs.assumed().has_speed()};
}

ecs::ClusterJobsConfig cluster_jobs_config(const scenario::ConcreteService& service,
                                           ClusterGroups groups) {
  const proto::EcsTask& job = service.config->ecs_task();
  ecs::ClusterJobsConfig config;
  config.group = task_group(job, groups);
  if (config.group.strategies.empty()) config.group.strategies = {{Kind::kRandom, 0}};  // C61
  config.providers = providers_of(job, groups);
  for (const std::uint32_t provider : config.providers) {
    config.provisions.push_back(managed_scaling(groups[provider]).has_value());
  }
  if (config.providers.empty()) config.provisions = {false};
  config.has_speed_of_instance = !job.assumed().has_speed();
  config.queues = job.assumed().when_full() == proto::EcsTaskAssumed::QUEUE;
  if (std::ranges::count(config.provisions, true) > 0) {
    config.provisioning_timeout = scenario::to_distribution(job.assumed().provisioning_timeout());
  }
  return config;
}

}  // namespace skyreplay::replay
