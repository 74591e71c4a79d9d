#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "core/distribution.h"
#include "ecs/cluster.h"
#include "ecs/cluster_share.h"
#include "ecs/cluster_tenant.h"

namespace skyreplay::ecs {

class StandaloneTasks;

/// Where on a cluster the tasks of jobs are placed, and what becomes of those that fit nowhere.
struct ClusterJobsConfig {
  TaskGroup group;
  /// The cluster's capacity providers by kind in the jobs' mix; none: launch type EC2.
  std::vector<std::uint32_t> providers{};
  /// By kind: a task that fits nowhere waits in PROVISIONING (C89).
  std::vector<bool> provisions{};
  bool has_speed_of_instance = false;  ///< times the jobs' speed
  /// A job that RunTask refuses waits in line (C117); else it has failed (C70).
  bool queues = false;
  Distribution provisioning_timeout{};
};

/// One kind of jobs on a cluster: on which instances their tasks are, where their image is, and
/// which wait in PROVISIONING.
///
/// A task holds what it reserves from its placement until it has stopped, and pays for that (C22,
/// C121). Nothing moves it: an instance that drains, or is to be scaled in, waits for it (C116).
class ClusterJobs final : public ClusterTenant {
 public:
  static constexpr std::uint32_t kNowhere = ~std::uint32_t{0};

  /// Both outlive this; `unit` is the jobs' there. Adds what the cluster is billed for to `meters`.
  ClusterJobs(Cluster& cluster, StandaloneTasks& jobs, std::uint32_t unit,
              const ClusterJobsConfig& config, pricing::Meters& meters);

  const ClusterJobsConfig& config() const { return config_; }
  /// Whether one more task of the kind may wait in PROVISIONING.
  bool may_provision(std::uint32_t kind) const;
  /// What the instance makes of a task's speed.
  double speed(std::uint32_t instance) const {
    return config_.has_speed_of_instance ? cluster_.speed(instance) : 1;
  }

  /// Places a task of the kind: on which instance, if any (C60, C71).
  std::optional<std::uint32_t> place(std::uint32_t kind, std::uint64_t draw);
  /// Whether it could not be done just now, for the first time since one was placed while none
  /// waited: to be told once.
  bool has_become_full();
  /// It has stopped there. The instance may be gone with it at once.
  void free(std::uint32_t instance);
  /// When a task there that begins to pull at `begins` has its image (C28).
  TimePoint pulled(std::uint32_t instance, TimePoint begins, Duration pull_time);

  /// Tasks in PROVISIONING, by their place in StandaloneTasks, in the order in which they came.
  std::vector<std::uint32_t>& provisioning() { return provisioning_; }
  /// A job in line may start now, though there is no more room than before.
  void line_moves() { cluster_.room_appears(); }

  // What the cluster asks and tells.
  std::uint32_t waiting_on(std::uint32_t provider) const override;
  bool waits_for_room() const override;
  void try_again() override;
  void leave(std::uint32_t) override {}  // C116
  void lose_tasks_on(const std::vector<std::uint32_t>& instances) override;

  void read_meters(TimePoint until, pricing::Meters& meters);

 private:
  Cluster& cluster_;
  StandaloneTasks& jobs_;
  std::uint32_t unit_;
  ClusterJobsConfig config_;
  std::uint32_t number_;  ///< in the cluster
  bool is_full_ = false;
  bool is_told_ = false;
  std::vector<TimePoint> image_at_;  ///< by instance: from when on; the end of time: not
  std::vector<std::uint32_t> provisioning_;
  ClusterShare share_;
};

}  // namespace skyreplay::ecs
