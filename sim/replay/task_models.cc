#include "replay/task_models.h"

#include <algorithm>
#include <cmath>

#include "compute/server_config.h"
#include "replay/scaling_model.h"
#include "replay/service_model.h"
#include "scenario/law.h"
#include "scenario/resolve_containers.h"

namespace skyreplay::replay {
namespace {

using scenario::to_distribution;
using scenario::to_duration;

Duration pull_time(const proto::DataSize& image, const proto::DataRate& rate,
                   std::int64_t others = 0) {
  const double seconds =
      static_cast<double>(image.bytes() + others) / static_cast<double>(rate.bytes_per_second());
  return Duration{std::llround(seconds * 1e9)};
}

/// What services and jobs spell alike.
template <typename Assumed>
ecs::TaskStart task_start(const Assumed& assumed) {
  return {.infrastructure_time = to_distribution(assumed.infrastructure_time()),
          .pull_time = pull_time(assumed.image_size(), assumed.pull_rate()),
          .container_start = to_distribution(assumed.container_start()),
          .application_start = to_distribution(assumed.application_start())};
}

/// C2, C4: the task's memory is a hard limit.
std::optional<compute::MemoryConfig> memory_config(const proto::EcsServiceAssumed& of_service,
                                                   const proto::DeploymentAssumed& of_deployment,
                                                   std::uint32_t task_mib,
                                                   std::uint32_t reserved_mib) {
  if (!of_service.has_memory_base() && !of_deployment.has_memory_base()) return std::nullopt;
  const auto bytes = [](const proto::DataSize& own, bool has_own, const proto::DataSize& other) {
    return static_cast<std::uint64_t>((has_own ? own : other).bytes());
  };
  return compute::MemoryConfig{
      .limit = std::uint64_t{task_mib} << 20,
      .reserved = std::uint64_t{reserved_mib} << 20,
      .base = bytes(of_deployment.memory_base(), of_deployment.has_memory_base(),
                    of_service.memory_base()),
      .per_request =
          bytes(of_deployment.memory_per_request(), of_deployment.has_memory_per_request(),
                of_service.memory_per_request())};
}

}  // namespace

std::uint32_t reserved_mib(const proto::TaskDefinition& task) {
  return task.has_memory_reservation() ? task.memory_reservation() : task.memory();
}

namespace {

/// C28: what is pulled beside the image of the container that serves.
std::int64_t sidecar_images(const proto::EcsService& service) {
  const proto::TaskDefinition& task = service.task_definition();
  std::int64_t bytes = 0;
  if (task.container_definitions_size() == 0) return bytes;
  const std::size_t serving = scenario::serving_container(service);
  for (int i = 0; i < task.container_definitions_size(); ++i) {
    if (static_cast<std::size_t>(i) == serving) continue;
    bytes += task.container_definitions(i).assumed().image_size().bytes();
  }
  return bytes;
}

ecs::TaskRevision first_revision(const proto::EcsService& service) {
  const proto::EcsServiceAssumed& assumed = service.assumed();
  ecs::TaskRevision revision;
  revision.cpu_units = service.task_definition().cpu();
  revision.memory_mib = service.task_definition().memory();
  revision.speed = assumed.has_speed() ? assumed.speed() : 1;  // times its instance's
  if (assumed.has_workers()) revision.workers = assumed.workers();
  if (assumed.has_backlog()) revision.backlog = assumed.backlog();
  revision.reserved_mib = reserved_mib(service.task_definition());
  revision.memory = memory_config(assumed, {}, revision.memory_mib, revision.reserved_mib);
  revision.start = task_start(assumed);
  revision.start.pull_time =
      pull_time(assumed.image_size(), assumed.pull_rate(), sidecar_images(service));
  return revision;
}

ecs::TaskRevision revision_of(const proto::EcsService& service,
                              const proto::Deployment& deployment) {
  const proto::DeploymentAssumed& assumed = deployment.assumed();
  ecs::TaskRevision revision = first_revision(service);
  if (deployment.has_cpu()) revision.cpu_units = deployment.cpu();
  if (deployment.has_memory()) revision.memory_mib = deployment.memory();
  revision.speed /= assumed.work_factor();
  if (assumed.has_workers()) revision.workers = assumed.workers();
  if (assumed.has_backlog()) revision.backlog = assumed.backlog();
  if (deployment.has_memory_reservation()) {
    revision.reserved_mib = deployment.memory_reservation();
  } else if (!service.task_definition().has_memory_reservation()) {
    revision.reserved_mib = revision.memory_mib;
  }
  revision.memory =
      memory_config(service.assumed(), assumed, revision.memory_mib, revision.reserved_mib);
  revision.start.pull_time =
      pull_time(assumed.has_image_size() ? assumed.image_size() : service.assumed().image_size(),
                assumed.pull_rate(), sidecar_images(service));
  if (assumed.has_container_start()) {
    revision.start.container_start = to_distribution(assumed.container_start());
  }
  if (assumed.has_application_start()) {
    revision.start.application_start = to_distribution(assumed.application_start());
  }
  revision.start_failures = assumed.start_failures();
  revision.never_healthy = assumed.never_healthy();
  return revision;
}

ecs::CircuitBreakerConfig circuit_breaker(const proto::DeploymentCircuitBreaker& breaker) {
  using Threshold = ecs::CircuitBreakerConfig::Threshold;
  const proto::CircuitBreakerThreshold& from = breaker.threshold_configuration();
  Threshold threshold = Threshold::kBoundedPercent;
  if (from.type() == proto::CircuitBreakerThreshold::UNBOUNDED_PERCENT) {
    threshold = Threshold::kUnboundedPercent;
  } else if (from.type() == proto::CircuitBreakerThreshold::COUNT) {
    threshold = Threshold::kCount;
  }
  return {.enable = breaker.enable(),
          .rollback = breaker.rollback(),
          .threshold = threshold,
          .value = from.value(),
          .reset_on_healthy_task = breaker.reset_on_healthy_task()};
}

/// C58.
std::optional<ecs::TrafficShift> traffic_shift(const proto::DeploymentConfiguration& config) {
  using Strategy = proto::DeploymentConfiguration;
  constexpr std::uint32_t kAll = balancing::TargetGroup::kAll;
  const auto parts = [](double percent) {
    return static_cast<std::uint32_t>(std::lround(percent * kAll / 100));
  };
  ecs::TrafficShift shift{.bake = std::chrono::minutes{config.bake_time_in_minutes()}};
  if (config.strategy() == Strategy::LINEAR) {
    shift.first = shift.step = parts(config.linear_configuration().step_percent());
    shift.pause = std::chrono::minutes{config.linear_configuration().step_bake_time_in_minutes()};
  } else if (config.strategy() == Strategy::CANARY) {
    shift.first = parts(config.canary_configuration().canary_percent());
    shift.step = kAll;
    shift.pause = std::chrono::minutes{config.canary_configuration().canary_bake_time_in_minutes()};
  } else if (config.strategy() != Strategy::BLUE_GREEN) {
    return std::nullopt;
  }
  return shift;
}

}  // namespace

pricing::FargateTask fargate_task(const proto::TaskDefinition& task) {
  const bool is_arm = task.runtime_platform().cpu_architecture() == proto::RuntimePlatform::ARM64;
  return {.architecture = is_arm ? pricing::FargateTask::Architecture::kArm
                                 : pricing::FargateTask::Architecture::kX86,
          .cpu_units = task.cpu(),
          .memory_mib = task.memory(),
          .ephemeral_storage_gib = task.ephemeral_storage().size_in_gib()};
}

std::vector<ecs::TaskRevision> task_revisions(const proto::EcsService& service) {
  std::vector<ecs::TaskRevision> revisions{first_revision(service)};
  for (const proto::Deployment& deployment : service.deployments()) {
    revisions.push_back(revision_of(service, deployment));
  }
  return revisions;
}

ecs::FargateLaunchesConfig fargate_launches_config(const proto::FargateAccount& account) {
  return {.burst = account.launch_burst(),
          .rate = account.launch_rate(),
          .spot_burst = account.spot_launch_burst(),
          .spot_rate = account.spot_launch_rate()};
}

namespace {

/// C3, C6, C7.
ecs::TaskContainer task_container(const proto::ContainerDefinition& from,
                                  const proto::EcsServiceAssumed& of_service) {
  constexpr std::uint32_t kLeastShares = 2;
  const proto::ContainerAssumed& assumed = from.assumed();
  ecs::TaskContainer container;
  container.name = from.name();
  container.shares = std::max(from.cpu(), kLeastShares);
  container.is_essential = from.essential();
  container.cpu_use =
      static_cast<std::uint32_t>(std::lround(assumed.cpu_use() * compute::kUnitsPerVcpu));
  container.memory_use = static_cast<std::uint64_t>(assumed.memory_use().bytes());
  if (from.restart_policy().enabled()) {
    container.restart = ecs::RestartPolicy{
        .attempt_period = std::chrono::seconds{from.restart_policy().restart_attempt_period()}};
    for (const double code : from.restart_policy().ignored_exit_codes()) {
      container.restart->ignored_exit_codes.push_back(static_cast<std::uint32_t>(code));
    }
  }
  if (assumed.has_time_to_exit()) container.time_to_exit = to_distribution(assumed.time_to_exit());
  container.exit_code = assumed.exit_code();
  container.restart_time = to_distribution(
      assumed.has_restart_time() ? assumed.restart_time() : of_service.container_start());
  return container;
}

}  // namespace

std::optional<ecs::TaskContainersConfig> task_containers(const proto::EcsService& service) {
  const proto::TaskDefinition& task = service.task_definition();
  if (task.container_definitions_size() == 0) return std::nullopt;
  ecs::TaskContainersConfig config;
  for (const proto::ContainerDefinition& container : task.container_definitions()) {
    config.containers.push_back(task_container(container, service.assumed()));
  }
  config.serving = scenario::serving_container(service);
  config.cpu_units = task.cpu();
  config.task_memory_limit = std::uint64_t{task.memory()} << 20;
  const auto& serving = task.container_definitions(static_cast<int>(config.serving));
  config.serving_memory_limit =
      std::uint64_t{serving.has_memory() ? serving.memory() : task.memory()} << 20;
  return config;
}

ecs::SchedulerConfig scheduler_config(const proto::EcsService& service, TimePoint trace_start) {
  const proto::DeploymentConfiguration& limits = service.deployment_configuration();
  ecs::SchedulerConfig config{
      .minimum_healthy_percent = limits.minimum_healthy_percent(),
      .maximum_percent = limits.maximum_percent(),
      .health_check_grace = std::chrono::seconds{service.health_check_grace_period_seconds()},
      .circuit_breaker = circuit_breaker(limits.deployment_circuit_breaker()),
      .traffic_shift = traffic_shift(limits),
      .first_restart_delay = to_duration(service.assumed().first_restart_delay()),
      .launch_burst = service.assumed().launch_burst(),
      .launches_a_minute = service.assumed().launch_rate(),
      .rebalances_zones = service.availability_zone_rebalancing() == proto::EcsService::ENABLED};
  if (service.task_definition().has_health_check()) {
    const proto::ContainerHealthCheck& check = service.task_definition().health_check();
    config.container_check = {.interval = std::chrono::seconds{check.interval()},
                              .retries = check.retries(),
                              .start_period = std::chrono::seconds{check.start_period()}};
  }
  std::uint32_t revision = 0;
  for (const proto::Deployment& deployment : service.deployments()) {
    config.deployments.push_back({instant(deployment.at(), trace_start), ++revision});
  }
  return config;
}

ecs::StandaloneTaskConfig job_config(const scenario::ConcreteService& service, std::uint32_t index,
                                     std::optional<std::uint32_t> calls) {
  const proto::EcsTask& job = service.config->ecs_task();
  const proto::EcsTaskAssumed& assumed = job.assumed();
  ecs::StandaloneTaskConfig config;
  config.name = "services." + service.name;
  config.service = index;
  config.task = fargate_task(job.task_definition());
  config.start = task_start(assumed);
  const double vcpus = static_cast<double>(config.task.cpu_units) / compute::kUnitsPerVcpu;
  const double speed = assumed.has_speed() ? assumed.speed() : 1;  // times its instance's
  config.rate = std::min(vcpus, assumed.vcpu_parallelism()) * speed;
  if (assumed.has_max_concurrent_tasks()) {
    config.max_concurrent_tasks = assumed.max_concurrent_tasks();
  }
  config.launch_burst = assumed.launch_burst();
  config.launch_rate = assumed.launch_rate();
  config.calls = calls;
  config.mix = provider_mix(job, config.is_spot);
  config.purchase.on_demand = !job.has_cluster() && std::ranges::count(config.is_spot, false) > 0;
  if (assumed.has_fargate_spot()) {
    config.time_to_interruption = to_distribution(assumed.fargate_spot().time_to_interruption());
  }
  config.stop_timeout = std::chrono::seconds{job.task_definition().stop_timeout()};
  return config;
}

}  // namespace skyreplay::replay
