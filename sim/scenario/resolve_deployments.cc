#include "scenario/resolve_deployments.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/text.h"
#include "ecs/cluster_query.h"
#include "ecs/fargate_sizes.h"
#include "scenario/field_path.h"

namespace skyreplay::scenario {
namespace {

/// C35, ASSUMED: pull and unpacking, in proportion to the CPU between these.
constexpr std::uint32_t kSlowPullCpu = 1024;
constexpr std::uint32_t kFastPullCpu = 4096;
constexpr std::int64_t kSlowPullMb = 30;
constexpr std::int64_t kFastPullMb = 80;
constexpr std::int64_t kMegabyte = 1'000'000;

/// C58: as the schema has it by default.
constexpr double kLinearPercent = 10;
constexpr std::uint32_t kLinearMinutes = 6;
constexpr double kCanaryPercent = 5;
constexpr std::uint32_t kCanaryMinutes = 10;

/// C58: what is of another strategy than the service's is a mistake, unless it is as by default.
template <typename Mistake>
void resolve_strategy(const proto::EcsService& service, const Mistake& mistake) {
  using Config = proto::DeploymentConfiguration;
  const Config& config = service.deployment_configuration();
  const std::string path = "deployment_configuration.";
  const bool is_rolling = config.strategy() == Config::ROLLING;
  if (is_rolling && config.bake_time_in_minutes() != 0) {
    mistake(path + "bake_time_in_minutes", "is for BLUE_GREEN, LINEAR and CANARY deployments");
  }
  const proto::LinearConfiguration& linear = config.linear_configuration();
  const bool is_usual = linear.step_percent() == kLinearPercent &&
                        linear.step_bake_time_in_minutes() == kLinearMinutes;
  if (config.strategy() != Config::LINEAR && !is_usual) {
    mistake(path + "linear_configuration", "is for LINEAR deployments");
  }
  const proto::CanaryConfiguration& canary = config.canary_configuration();
  const bool is_usual_canary = canary.canary_percent() == kCanaryPercent &&
                               canary.canary_bake_time_in_minutes() == kCanaryMinutes;
  if (config.strategy() != Config::CANARY && !is_usual_canary) {
    mistake(path + "canary_configuration", "is for CANARY deployments");
  }
}

constexpr const char* kZone = "attribute:ecs.availability-zone";

/// Whether a placement constraint asks for the zone.
bool asks_for_zones(const proto::EcsService& service) {
  return std::any_of(service.placement_constraints().begin(), service.placement_constraints().end(),
                     [](const proto::PlacementConstraint& constraint) {
                       std::string mistake;  // is reported already
                       const auto query =
                           ecs::ClusterQuery::parse(constraint.expression(), mistake);
                       return query && query->asks_for(kZone);
                     });
}

/// C53: what keeps zones from being rebalanced; null where nothing does.
const char* why_not_rebalanced(const proto::EcsService& service) {
  using Strategy = proto::PlacementStrategy;
  if (service.scheduling_strategy() == proto::EcsService::DAEMON) {
    return "is for REPLICA: a DAEMON has a task on every instance";
  }
  if (service.deployment_configuration().maximum_percent() <= 100) {
    return "needs a maximum_percent above 100";
  }
  const auto& strategies = service.placement_strategies();
  if (!strategies.empty() &&
      (strategies[0].type() != Strategy::SPREAD || strategies[0].field() != kZone)) {
    return "needs a spread over attribute:ecs.availability-zone as the first of "
           "placement_strategies, or none at all";
  }
  if (asks_for_zones(service)) return "excludes placement constraints that ask for the zone";
  return nullptr;
}

}  // namespace

std::int64_t pull_rate(std::uint32_t cpu) {
  const std::int64_t above = std::clamp(cpu, kSlowPullCpu, kFastPullCpu) - kSlowPullCpu;
  const std::int64_t span = kFastPullCpu - kSlowPullCpu;
  return (kSlowPullMb + (kFastPullMb - kSlowPullMb) * above / span) * kMegabyte;
}

void resolve_deployments(proto::EcsService& service, const std::string& path,
                         bool pull_rate_is_given, const Places& places, Mistakes& mistakes) {
  const auto mistake = [&](const std::string& field, const std::string& text) {
    mistakes.add(places.near(path + "." + field), path + "." + field, text);
  };
  const proto::TaskDefinition& task = service.task_definition();
  for (int i = 0; i < service.deployments_size(); ++i) {
    proto::Deployment& deployment = *service.mutable_deployments(i);
    const std::string own = join_index("deployments", static_cast<std::size_t>(i));
    const std::uint32_t cpu = deployment.has_cpu() ? deployment.cpu() : task.cpu();
    const std::uint32_t memory = deployment.has_memory() ? deployment.memory() : task.memory();
    if (!deployment.assumed().has_pull_rate()) {
      deployment.mutable_assumed()->mutable_pull_rate()->set_bytes_per_second(
          pull_rate_is_given || service.has_cluster()
              ? service.assumed().pull_rate().bytes_per_second()
              : pull_rate(cpu));
    }
    if (!(deployment.has_cpu() || deployment.has_memory()) || service.has_cluster()) continue;
    if (cpu == 0 || memory == 0 || ecs::valid_fargate_size(cpu, memory)) continue;
    mistake(own, fmt::format("Fargate has no size of {} CPU units with {} MiB; {}", grouped(cpu),
                             grouped(memory), ecs::valid_fargate_sizes(cpu)));
  }
  resolve_strategy(service, mistake);
  const char* const excluded = why_not_rebalanced(service);
  if (!service.has_availability_zone_rebalancing()) {
    service.set_availability_zone_rebalancing(excluded == nullptr ? proto::EcsService::ENABLED
                                                                  : proto::EcsService::DISABLED);
  } else if (excluded != nullptr &&
             service.availability_zone_rebalancing() == proto::EcsService::ENABLED) {
    mistake("availability_zone_rebalancing", excluded);
  }
  const proto::DeploymentCircuitBreaker& breaker =
      service.deployment_configuration().deployment_circuit_breaker();
  if (breaker.rollback() && !breaker.enable()) {
    mistake("deployment_configuration.deployment_circuit_breaker.rollback",
            "is for a circuit breaker that is enabled");
  }
}

}  // namespace skyreplay::scenario
