#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "compute/server_config.h"
#include "core/distribution.h"
#include "core/random.h"
#include "ecs/cpu_shares.h"
#include "kernel/loop.h"

namespace skyreplay::ecs {

class FargateService;

/// C7: when a container that exits is started again in its task.
struct RestartPolicy {
  Duration attempt_period = std::chrono::seconds{300};  ///< it must have run that long
  std::vector<std::uint32_t> ignored_exit_codes{};
};

/// A container of a task definition (C3, C6).
struct TaskContainer {
  std::string name;
  std::uint32_t shares = 2;
  bool is_essential = true;
  std::uint32_t cpu_use = 0;                   ///< CPU units; of a sidecar
  std::uint64_t memory_use = 0;                ///< bytes; of a sidecar
  std::optional<RestartPolicy> restart{};      ///< none: it is never restarted
  std::optional<Distribution> time_to_exit{};  ///< from a start; none: it does not exit by itself
  std::uint32_t exit_code = 1;
  Distribution restart_time{};  ///< from its exit until it runs again
};

/// The containers of a service's tasks. REQUIRES 1 to 10 of them (C8), `serving` below that, and
/// names that differ.
struct TaskContainersConfig {
  std::vector<TaskContainer> containers;
  std::size_t serving = 0;                 ///< the one that requests go to
  std::uint32_t cpu_units = 0;             ///< of the task
  std::uint64_t serving_memory_limit = 0;  ///< bytes: its own hard limit (C4)
  std::uint64_t task_memory_limit = 0;     ///< bytes, of all together

  /// Whether anything ever changes: a container exits by itself, or one killed is restarted.
  bool may_change() const;
  /// Of those that run, by container.
  CpuDivision cpu(const std::vector<bool>& runs) const;
  /// What `of_serving` becomes beside those that run: base and per_request are given.
  compute::MemoryConfig memory(compute::MemoryConfig of_serving,
                               const std::vector<bool>& runs) const;
  std::vector<bool> all_run() const { return std::vector<bool>(containers.size(), true); }
};

/// What becomes of the containers of each of a service's tasks (C6, C7).
///
///             exits, or is killed                      restart_time
///     runs -----------------------> may be restarted ----------------> runs
///      |                                                               as before
///      +-- may not: essential -----> the task stops, and is replaced
///      +-- may not: not essential -> gone; the task goes on
///
/// A container is restarted where it has a restart policy, has run since its last start for the
/// policy's period, and its exit code is not among those ignored.
///
/// While the container that serves does not run, the task refuses requests. While another does not,
/// its CPU and its memory are the others'.
///
/// **Order** Draws are counted by the task's ordinal and the container's starts. **Cost** one event
/// a start of a container that may exit; nothing on the path of a request.
///
/// Not modeled here: that containers start one after another (dependsOn); health checks of
/// containers after a restart; signals that one sends another.
class TaskContainers final : public kernel::Process {
 public:
  /// `service` outlives this; `entity` is its name path.
  TaskContainers(kernel::Loop& loop, FargateService& service, const TaskContainersConfig& config,
                 std::uint64_t seed, const std::string& entity);

  const TaskContainersConfig& config() const { return config_; }
  /// The task at that place runs, and all containers in it.
  void in_service(std::uint32_t member);
  /// Its serving container is killed; `why` says of what.
  void killed(std::uint32_t member, const std::string& why);
  /// Exits of containers so far, and how many of them were followed by a restart.
  std::uint64_t exited() const { return exits_; }
  std::uint64_t restarted() const { return restarts_; }

  void fire(const kernel::Event& event) override;

 private:
  struct Container {
    bool runs = true;
    std::uint32_t starts = 0;  ///< before the one in hand
    std::uint32_t event = 0;   ///< the number of its event; any other is void
    TimePoint since{};         ///< of its start
  };
  struct Task {
    std::uint32_t ordinal = 0;
    bool is_never_ready = false;
    std::vector<Container> containers;
  };

  bool is_there(std::uint32_t member) const;
  void start(std::uint32_t member, std::size_t number);
  void exits(std::uint32_t member, std::size_t number, std::uint32_t code, const std::string& how);
  bool may_restart(const TaskContainer& container, Duration ran, std::uint32_t code) const;
  void restart(std::uint32_t member, std::size_t number);
  /// The task's server has what those that run leave it.
  void adapt(std::uint32_t member);

  kernel::Loop& loop_;
  FargateService& service_;
  TaskContainersConfig config_;
  std::vector<RandomStream> exit_draws_;     ///< by container
  std::vector<RandomStream> restart_draws_;  ///< by container
  kernel::ProcessId process_;
  std::vector<Task> tasks_;  ///< by member
  std::uint32_t events_ = 0;
  std::uint64_t exits_ = 0;
  std::uint64_t restarts_ = 0;
};

}  // namespace skyreplay::ecs
