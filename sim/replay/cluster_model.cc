#include "replay/cluster_model.h"

#include <optional>
#include <string>
#include <vector>

#include "compute/instance_types.h"
#include "core/check.h"
#include "ecs/cluster_query.h"
#include "ecs/registered_resources.h"
#include "scenario/law.h"

namespace skyreplay::replay {
namespace {

using Provider = proto::AutoScalingGroupProvider;
using Strategy = proto::PlacementStrategy;
using Kind = ecs::PlacementStrategy::Kind;

const proto::AutoScalingGroup& group_of(const scenario::ConcreteService& cluster) {
  return cluster.cluster->auto_scaling_group();
}

const compute::InstanceType& type_of(const scenario::ConcreteService& cluster) {
  return compute::InstanceTypes::builtin().find(group_of(cluster).instance_type());
}

ecs::PlacementStrategy strategy_of(const Strategy& strategy) {
  if (strategy.type() == Strategy::RANDOM) return {Kind::kRandom, 0};
  if (strategy.field() == "cpu") return {Kind::kBinpackCpu, 0};
  if (strategy.field() == "memory") return {Kind::kBinpackMemory, 0};
  const bool by_zone = strategy.field() == "attribute:ecs.availability-zone";
  return {by_zone ? Kind::kSpreadAttribute : Kind::kSpreadInstance, 0};
}

/// C67: of each zone, whether all expressions hold of the instances there, which differ by nothing
/// else.
std::vector<bool> zones_that_fulfill(const proto::EcsService& service,
                                     const scenario::ConcreteService& cluster) {
  const compute::InstanceType& type = type_of(cluster);
  const bool is_arm = type.architecture == compute::Architecture::kArm;
  std::vector<bool> fulfill;
  for (const std::string& zone : group_of(cluster).availability_zones()) {
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

}  // namespace

ecs::ClusterConfig cluster_config(const scenario::ConcreteService& cluster) {
  const compute::InstanceType& type = type_of(cluster);
  const proto::Cluster& message = *cluster.cluster;
  ecs::ClusterConfig config;
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

std::optional<ecs::ManagedScalingConfig> managed_scaling(const scenario::ConcreteService& cluster) {
  const auto& provider = cluster.cluster->auto_scaling_group_provider();
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

ec2::AutoScalingGroupConfig instances_config(const scenario::ConcreteService& cluster,
                                             std::uint32_t index, const RunFacts& run) {
  ec2::AutoScalingGroupConfig config = group_config(cluster, index, std::nullopt, run);
  config.fleet.name = "clusters." + cluster.name;
  config.fleet.member = "container instance";
  config.fleet.has_load_balancer = false;
  config.fleet.cross_zone = true;
  config.fleet.health_checks.interval = Duration{};
  config.fleet.idle_timeout = balancing::FleetConfig{}.idle_timeout;  // of requests that never come
  return config;
}

ecs::FargateServiceConfig cluster_service_config(const scenario::ConcreteService& service,
                                                 const scenario::ConcreteService& cluster,
                                                 std::uint32_t index, CallList calls,
                                                 const RunFacts& run) {
  ecs::FargateServiceConfig config = task_config(service, index, calls, run);
  config.purchase.on_demand = false;
  const auto& zones = group_of(cluster).availability_zones();
  config.fleet.zones.assign(zones.begin(), zones.end());
  return config;
}

ecs::ClusterTasks cluster_tasks(const scenario::ConcreteService& service,
                                const scenario::ConcreteService& cluster) {
  const proto::EcsService& ecs = service.config->ecs();
  const proto::TaskDefinition& task = ecs.task_definition();
  ecs::ClusterTasks tasks;
  tasks.on_provider = !ecs.has_launch_type();
  const bool has_interface = task.network_mode() == proto::TaskDefinition::AWSVPC;
  tasks.group.needs = {
      .cpu_units = task.cpu(), .memory_mib = task.memory(), .interfaces = has_interface ? 1U : 0U};
  bool asks = false;
  for (const proto::PlacementConstraint& constraint : ecs.placement_constraints()) {
    const bool is_distinct = constraint.type() == proto::PlacementConstraint::DISTINCT_INSTANCE;
    (is_distinct ? tasks.group.distinct_instance : asks) = true;
  }
  if (asks) {
    tasks.group.member_of =
        [zones = zones_that_fulfill(ecs, cluster)](const ecs::InstanceFacts& facts) {
          return zones[facts.attributes[0]];
        };
  }
  for (const Strategy& strategy : ecs.placement_strategies()) {
    tasks.group.strategies.push_back(strategy_of(strategy));
  }
  return tasks;
}

}  // namespace skyreplay::replay
