#pragma once

#include <cstdint>
#include <optional>

#include "compute/server_config.h"
#include "core/distribution.h"

namespace skyreplay::ecs {

/// How long a task takes from its creation until it can answer, one phase after the other (C35), by
/// the states that ECS has for them (C23).
struct TaskStart {
  Distribution
      infrastructure_time;  ///< PROVISIONING, until its image is pulled: not billed (C30, C119)
  Duration pull_time{};     ///< PENDING: every task pulls the whole image (C28)
  Distribution
      container_start;  ///< so too; then it is RUNNING, and registered with its target group
  Distribution application_start;  ///< in which it fails health checks
};

/// What the tasks of one deployment are: a revision of the task definition.
struct TaskRevision {
  std::uint32_t cpu_units = 0;
  std::uint32_t memory_mib = 0;    ///< hard limit (C4)
  std::uint32_t reserved_mib = 0;  ///< what it is placed by on an instance (C5), at most memory_mib
  double speed = 1;                ///< of a vCPU, for the CPU work of requests
  std::optional<std::uint32_t> workers{};
  std::optional<std::uint32_t> backlog{};
  std::optional<compute::MemoryConfig> memory{};  ///< what requests take of memory_mib
  TaskStart start;
  double start_failures = 0;  ///< the share of them that end before they run
  double never_healthy = 0;   ///< the share that fail every health check
};

}  // namespace skyreplay::ecs
