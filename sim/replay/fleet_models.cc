#include "replay/fleet_models.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "compute/instance_types.h"
#include "core/error.h"
#include "ecs/fargate_sizes.h"
#include "pricing/discounted_prices.h"
#include "replay/group_model.h"
#include "replay/queue_model.h"
#include "replay/scaling_model.h"
#include "replay/service_model.h"
#include "replay/task_models.h"
#include "scenario/field_path.h"
#include "scenario/law.h"

namespace skyreplay::replay {
namespace {

using scenario::to_distribution;
using scenario::to_duration;

balancing::Algorithm algorithm_of(const proto::TargetGroup& group) {
  switch (group.load_balancing_algorithm_type()) {
    case proto::TargetGroup::LEAST_OUTSTANDING_REQUESTS:
      return balancing::Algorithm::kLeastOutstandingRequests;
    case proto::TargetGroup::WEIGHTED_RANDOM:
      return balancing::Algorithm::kWeightedRandom;
    default:
      return balancing::Algorithm::kRoundRobin;
  }
}

/// What groups and ECS services spell alike.
template <typename Message>
balancing::FleetConfig fleet_config(const Message& message,
                                    const scenario::ConcreteService& service, std::uint32_t index,
                                    CallList calls) {
  balancing::FleetConfig fleet;
  fleet.name = "services." + service.name;
  fleet.service = index;
  fleet.algorithm = algorithm_of(message.target_group());
  const proto::TargetGroup& group = message.target_group();
  fleet.slow_start = to_duration(group.slow_start());
  fleet.cross_zone = group.load_balancing_cross_zone_enabled();
  fleet.deregistration_delay = to_duration(group.deregistration_delay());
  fleet.health_checks = {.interval = std::chrono::seconds(group.health_check_interval_seconds()),
                         .timeout = std::chrono::seconds(group.health_check_timeout_seconds()),
                         .healthy_threshold = group.healthy_threshold_count(),
                         .unhealthy_threshold = group.unhealthy_threshold_count()};
  fleet.zones.assign(message.availability_zones().begin(), message.availability_zones().end());
  fleet.calls = calls;
  if (message.assumed().has_workers()) fleet.server.workers = message.assumed().workers();
  if (message.assumed().has_backlog()) fleet.server.backlog = message.assumed().backlog();
  const proto::LoadBalancer& balancer = message.load_balancer();
  fleet.idle_timeout = to_duration(balancer.idle_timeout());
  fleet.load_balancer = {
      .requests_per_connection_milli = requests_per_connection_milli(balancer.assumed()),
      .rules = balancer.rules()};
  fleet.internet_facing = balancer.scheme() == proto::LoadBalancer::INTERNET_FACING;
  return fleet;
}

pricing::Term term_of(proto::CommitmentTerm term) {
  return term == proto::THREE_YEARS ? pricing::Term::kThreeYears : pricing::Term::kOneYear;
}

/// Exact: the resolved scenario has at most six decimals.
std::uint64_t micro_usd(const std::string& usd) {
  const auto value = pricing::Decimal::parse(usd);
  SKY_CHECK(value && value->scale() <= 6);
  auto micro = static_cast<std::uint64_t>(value->mantissa());
  for (int i = value->scale(); i < 6; ++i) micro *= 10;
  return micro;
}

pricing::Purchase purchase_of(const proto::AutoScalingGroup& group) {
  pricing::Purchase purchase;
  purchase.spot = group.has_instance_market_options();
  purchase.reserved_instances = group.reserved_instances().instance_count();
  purchase.reserved_term = term_of(group.reserved_instances().term());
  if (!group.has_savings_plan()) return purchase;
  const proto::SavingsPlan& plan = group.savings_plan();
  purchase.savings_plan_micro_usd = micro_usd(plan.commitment());
  purchase.savings_plan_term = term_of(plan.term());
  purchase.savings_plan = plan.savings_plan_type() == proto::SavingsPlan::EC2_INSTANCE
                              ? pricing::Commitment::kStandard
                              : pricing::Commitment::kConvertible;
  return purchase;
}

ec2::SpotConfig spot_config(const proto::AutoScalingGroup& group) {
  const proto::SpotAssumed& spot = group.assumed().spot();
  ec2::SpotConfig config;
  config.instance_type = group.instance_type();
  config.zones.assign(group.availability_zones().begin(), group.availability_zones().end());
  config.shock_share = spot.shock_share();
  if (spot.has_time_between_shocks()) {
    config.time_between_shocks = to_duration(spot.time_between_shocks());
  }
  config.shock_spread = to_duration(spot.shock_spread());
  config.reliable_time = to_duration(spot.reliable_time());
  config.recommendation_lead = to_duration(spot.recommendation_lead());
  config.max_price = group.instance_market_options().spot_options().max_price();
  return config;
}

}  // namespace

ec2::AutoScalingGroupConfig group_config(const scenario::ConcreteService& service,
                                         std::uint32_t index, CallList calls, const RunFacts& run) {
  const proto::AutoScalingGroup& group = service.config->ec2();
  const compute::InstanceType& type = compute::InstanceTypes::builtin().find(group.instance_type());
  ec2::AutoScalingGroupConfig config;
  config.fleet = fleet_config(group, service, index, calls);
  config.fleet.server.cpu_units = type.vcpus * compute::kUnitsPerVcpu;
  config.fleet.server.speed = group.assumed().speed();
  config.fleet.protects_members = group.new_instances_protected_from_scale_in();
  config.fleet.termination = termination_rule(group);
  config.fleet.balanced_only =
      group.availability_zone_distribution().capacity_distribution_strategy() ==
      proto::AvailabilityZoneDistribution::BALANCED_ONLY;
  config.fleet.loss =
      "taken out of service in response to an EC2 health check indicating it has been terminated "
      "or stopped";
  config.instance_type = type.name;
  config.detailed_monitoring = group.monitoring() == proto::AutoScalingGroup::DETAILED;
  config.bounds = {group.min_size(), group.max_size()};
  config.scheduled_actions = scheduled_actions(group, run.trace_start);
  config.fleet.member_addresses = group.associate_public_ip_address();
  config.suspended = suspended_processes(group);
  config.steady = run.steady;
  config.scaling = scaling_config(group, config.fleet.name, service.name, run.seed, run.has_bytes);
  if (config.scaling) {
    config.fleet.warmup = config.scaling->warmup;
    config.scaling->terminating_time = config.fleet.deregistration_delay;
  }
  if (group.health_check_type() == proto::AutoScalingGroup::LOAD_BALANCER) {
    config.elb_health = {.grace = std::chrono::seconds{group.health_check_grace_period()},
                         .warmup = std::chrono::seconds{group.default_instance_warmup()}};
  }
  const bool is_gp2 = group.ebs().volume_type() == proto::EbsVolume::GP2;
  config.volume = {.type = is_gp2 ? pricing::Volume::Type::kGp2 : pricing::Volume::Type::kGp3,
                   .size_gib = group.ebs().volume_size(),
                   .iops = group.ebs().iops(),
                   .throughput_mibps = group.ebs().throughput()};
  config.purchase = purchase_of(group);
  if (config.purchase.spot) config.spot = spot_config(group);
  config.capacity_rebalance = group.capacity_rebalance();
  config.boot_time = to_distribution(group.assumed().boot_time());
  config.pending_time = to_duration(group.assumed().pending_time());
  config.decision_lag = to_distribution(group.assumed().decision_lag());
  config.launching = lifecycle_hooks(group, proto::LifecycleHook::LAUNCHING);
  config.terminating = lifecycle_hooks(group, proto::LifecycleHook::TERMINATING);
  return config;
}

std::string speed_note(const scenario::ConcreteService& service) {
  const proto::AutoScalingGroup& group = service.config->ec2();
  const compute::InstanceTypes& types = compute::InstanceTypes::builtin();
  const compute::InstanceType& type = types.find(group.instance_type());
  try {
    const compute::CpuSpeed speed = types.cpu_speed(type);
    if (!speed.of_base_family || speed.value() != group.assumed().speed()) return "";
    return fmt::format(
        "ASSUMED: a vCPU of {} ({}) is as fast as one of {}; no figure is known for {}", type.name,
        service.name, speed.family, type.family);
  } catch (const InputError&) {
    return "";  // no figure at all: the scenario gives the speed itself
  }
}

ecs::FargateServiceConfig fargate_config(const scenario::ConcreteService& service,
                                         std::uint32_t index, CallList calls, const RunFacts& run) {
  const proto::TaskDefinition& task = service.config->ecs().task_definition();
  if (!ecs::valid_fargate_size(task.cpu(), task.memory())) {
    throw InputError(fmt::format("{}.ecs.task_definition: {}",
                                 scenario::join_path("services", service.name),
                                 ecs::valid_fargate_sizes(task.cpu())));
  }
  return task_config(service, index, calls, run);
}

ecs::FargateServiceConfig task_config(const scenario::ConcreteService& service, std::uint32_t index,
                                      CallList calls, const RunFacts& run) {
  const proto::EcsService& ecs = service.config->ecs();
  const proto::TaskDefinition& task = ecs.task_definition();
  const proto::EcsServiceAssumed& assumed = ecs.assumed();
  ecs::FargateServiceConfig config;
  config.fleet = fleet_config(ecs, service, index, calls);
  config.fleet.member = "task";
  config.fleet.loss = "stopped, essential container in task exited";
  config.task = fargate_task(task);
  config.revisions = task_revisions(ecs);
  config.containers = task_containers(ecs);
  config.scheduler = scheduler_config(ecs, run.trace_start);
  config.fleet.has_two_sides = config.scheduler.traffic_shift.has_value();
  config.fleet.mix = provider_mix(ecs, config.is_spot);
  config.purchase.on_demand = std::ranges::count(config.is_spot, false) > 0;
  for (const proto::CapacityProviderStrategyItem& item : ecs.capacity_provider_strategy()) {
    config.fleet.kinds.push_back(item.capacity_provider());
  }
  if (assumed.has_fargate_spot()) {
    config.time_to_interruption = to_distribution(assumed.fargate_spot().time_to_interruption());
  }
  config.stop_timeout = std::chrono::seconds{task.stop_timeout()};
  config.stop_time = to_distribution(assumed.stop_time());
  config.bounds = {ecs.min_capacity(), ecs.max_capacity()};
  config.scaling = service_scaling(ecs, config.fleet.name, service.name, run.seed);
  config.scheduled_actions = scheduled_actions(ecs.scheduled_actions(), run.trace_start);
  config.steady = run.steady;
  take_from_queue(service, run.account, config.fleet);
  if (config.fleet.queue && config.scaling) {
    const auto& watched = config.scaling->watched;
    config.fleet.queue->queue.is_asked_for_age =
        std::any_of(watched.begin(), watched.end(), [](const auto& each) {
          return each.metric == balancing::FleetMetric::kAgeOfOldestMessage;
        });
  }
  config.is_signaled_at_once = config.fleet.queue.has_value();
  if (config.fleet.queue) config.scheduler.runs_until_healthy = ecs::kRunsUntilHealthy;
  return config;
}

std::uint32_t requests_per_connection_milli(const proto::LoadBalancerAssumed& assumed) {
  return static_cast<std::uint32_t>(std::llround(assumed.requests_per_connection() * 1'000));
}

workload::ExternalConfig external_config(const scenario::ConcreteService& service,
                                         std::uint32_t index) {
  const proto::External& external = service.config->external();
  workload::ExternalConfig config;
  config.name = "services." + service.name;
  config.service = index;
  config.latency = to_distribution(external.latency());
  if (external.has_max_connections()) config.max_connections = external.max_connections();
  config.refuses_when_full = external.when_full() == proto::External::REFUSE;
  return config;
}

namespace {

pricing::Tariff hourly_tariff(const std::string& item, const std::string& usd) {
  const auto price = pricing::Decimal::parse(usd);
  SKY_CHECK(price.has_value());
  return {item, "*", "hour", {{.usd = *price, .source = "the scenario", .as_of = "undated"}}};
}

}  // namespace

std::optional<pricing::Tariff> spot_tariff(const scenario::ConcreteService& service) {
  const proto::AutoScalingGroup& group = service.config->ec2();
  if (!group.assumed().spot().has_price()) return std::nullopt;
  return hourly_tariff(std::string(pricing::DiscountedPrices::kSpot) + group.instance_type(),
                       group.assumed().spot().price());
}

pricing::SpotChanges spot_price_changes(const scenario::ConcreteService& service,
                                        TimePoint trace_start) {
  const proto::AutoScalingGroup& group = service.config->ec2();
  pricing::SpotChanges changes;
  for (const proto::SpotPrice& change : group.assumed().spot().price_changes()) {
    const std::string item = fmt::format("{}{}.{}", pricing::DiscountedPrices::kSpot,
                                         group.instance_type(), changes.size() + 2);
    changes.emplace_back(instant(change.at(), trace_start), hourly_tariff(item, change.price()));
  }
  return changes;
}

pricing::Tariff external_tariff(const scenario::ConcreteService& service) {
  const auto price = pricing::Decimal::parse(service.config->external().price_per_request());
  SKY_CHECK(price.has_value());
  return {"external.requests",
          "*",
          "request",
          {{.usd = *price, .source = "the scenario", .as_of = "undated"}}};
}

}  // namespace skyreplay::replay
