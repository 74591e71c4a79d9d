#pragma once

#include <optional>
#include <vector>

#include "ecs/fargate_launches.h"
#include "ecs/service_scheduler.h"
#include "ecs/standalone_tasks.h"
#include "ecs/task_containers.h"
#include "ecs/task_revision.h"
#include "pricing/fargate_meter.h"
#include "scenario/wiring.h"
#include "skyreplay/scenario.pb.h"

namespace skyreplay::replay {

// What tasks are, read from resolved messages.

pricing::FargateTask fargate_task(const proto::TaskDefinition& task);

/// C5: what a task is placed by on container instances.
std::uint32_t reserved_mib(const proto::TaskDefinition& task);

/// What a service's tasks are at the beginning, and with each of its deployments.
std::vector<ecs::TaskRevision> task_revisions(const proto::EcsService& service);

/// How fast the account launches tasks on Fargate.
ecs::FargateLaunchesConfig fargate_launches_config(const proto::FargateAccount& account);
/// The containers of each of its tasks; none where the scenario names none.
std::optional<ecs::TaskContainersConfig> task_containers(const proto::EcsService& service);

/// When these come, and how tasks are replaced.
ecs::SchedulerConfig scheduler_config(const proto::EcsService& service, TimePoint trace_start);

/// A service of jobs; `index` is its own in the recorder, `calls` the list of calls that a job
/// makes.
ecs::StandaloneTaskConfig job_config(const scenario::ConcreteService& service, std::uint32_t index,
                                     std::optional<std::uint32_t> calls);

}  // namespace skyreplay::replay
