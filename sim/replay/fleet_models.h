#pragma once

#include "balancing/fleet.h"
#include "ec2/auto_scaling_group.h"
#include "ecs/fargate_service.h"
#include "pricing/catalogue.h"
#include "scenario/wiring.h"
#include "workload/external.h"

namespace skyreplay::replay {

/// Which list of calls a service's requests make, if any.
using CallList = std::optional<std::uint32_t>;

/// What a group's model has to know of the run beside its service.
struct RunFacts {
  const proto::Account& account;
  std::uint64_t seed = 1;
  bool has_bytes = false;  ///< the trace says how many bytes each request has
  bool steady = true;      ///< it begins in the steady state
  TimePoint trace_start{};
};

/// A group's parameters, read from the resolved message. `service` is its index in the recorder.
/// Throws InputError for a type, or a family's speed, that is not known, and for a metric of bytes
/// that nobody counts.
ec2::AutoScalingGroupConfig group_config(const scenario::ConcreteService& service,
                                         std::uint32_t index, CallList calls, const RunFacts& run);

/// What an instance-hour costs where the scenario gives a price of Spot Instances; else none.
std::optional<pricing::Tariff> spot_tariff(const scenario::ConcreteService& service);
/// The prices that it takes later (E146), each with its instant.
pricing::SpotChanges spot_price_changes(const scenario::ConcreteService& service,
                                        TimePoint trace_start);

/// Says so where a group's CPU speed is its base family's; else empty.
std::string speed_note(const scenario::ConcreteService& service);

/// The parameters of an ECS service on Fargate. Throws InputError for a size that Fargate does not
/// have.
ecs::FargateServiceConfig fargate_config(const scenario::ConcreteService& service,
                                         std::uint32_t index, CallList calls, const RunFacts& run);

/// The same of any service of tasks, whatever it runs on.
ecs::FargateServiceConfig task_config(const scenario::ConcreteService& service, std::uint32_t index,
                                      CallList calls, const RunFacts& run);

/// As a load balancer's meter takes it.
std::uint32_t requests_per_connection_milli(const proto::LoadBalancerAssumed& assumed);

workload::ExternalConfig external_config(const scenario::ConcreteService& service,
                                         std::uint32_t index);

/// What an external service is billed for: its requests, at the price the scenario gives.
pricing::Tariff external_tariff(const scenario::ConcreteService& service);

}  // namespace skyreplay::replay
