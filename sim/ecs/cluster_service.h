#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

#include "ecs/cluster.h"
#include "ecs/cluster_share.h"
#include "ecs/cluster_tenant.h"
#include "ecs/fargate_service.h"

namespace skyreplay::ecs {

/// How tasks are placed, and how they start there.
struct ClusterTasks {
  TaskGroup group;
  /// The cluster's capacity providers by kind in the fleet's mix; none: launch type EC2.
  std::vector<std::uint32_t> providers{};
  /// Its vCPUs are as fast as those of the instance it is on, times the revision's speed.
  bool has_speed_of_instance = false;
};

/// An ECS service whose tasks are placed on the container instances of a cluster (C60).
///
/// All of a service on Fargate but where tasks run, how they start and what they cost: a task
/// reserves its size on the instance until it has stopped (C22), and its share of what the instance
/// costs is the service's (C121).
///
/// **Start** A network interface, where it has one of its own; the image, where no task of the
/// service has pulled it on that instance yet, and which is there for all from then on (C28); the
/// container and its application (C35).
///
/// **Providers** A task is launched on the provider that is farthest below its share of the tasks
/// there are, those that wait among them, and those on instances that drain not: they are replaced
/// (C71, C72). Who waits does so for that provider, and never gets room on another (C73).
///
/// **Who goes** when there are too many: a task not in service yet, the latest first; else by the
/// placement strategy (C69), of those on the instance the oldest. The provider that is farthest
/// above its share gives where it can (C73).
///
/// **Draining** Tasks on an instance that drains are stopped where they are not in service yet, and
/// else replaced by the scheduler (C56).
///
/// **Daemon** Its desired number is that of the active instances that meet its constraints. A task
/// on an instance that drains is not replaced, and stays until the cluster ends it (C36, C88).
class ClusterService final : public FargateService, public ClusterTenant {
 public:
  /// The cluster, whose group has begun, outlives this.
  ClusterService(kernel::Loop& loop, metrics::Recorder& recorder,
                 const FargateServiceConfig& config, const ClusterTasks& tasks, std::uint64_t seed,
                 const balancing::FleetBilling& billing, Cluster& cluster);

  // What the cluster asks and tells.
  std::uint32_t waiting_on(std::uint32_t provider) const override;
  /// Tasks that wait, a daemon's that is missing, or one that evens its zones out.
  bool waits_for_room() const override;
  void try_again() override { launch_again(); }
  bool follow_instances() override;
  std::uint32_t instances() const { return cluster_.placement().instances_for(number_); }
  /// The instance drains: tasks on it that are not in service yet are launched elsewhere, and
  /// others replaced; of a daemon all stay (C56, C88).
  void leave(std::uint32_t instance) override;
  void end(std::uint32_t instance) override;
  void lose_tasks_on(const std::vector<std::uint32_t>& gone) override;

  // What ServiceScheduler asks and tells.
  std::uint32_t first_to_go(const std::function<bool(std::uint32_t)>& which) override;
  void tasks_wait(std::uint32_t tasks) override;

 protected:
  balancing::ZoneBalance::Choice choose_place(std::uint32_t kind) override;
  std::optional<std::uint32_t> choose_lagging_place(std::uint32_t kind) override;
  std::vector<std::uint32_t> kinds_that_stay() const override;
  void configure_server(std::uint32_t member, compute::ServerConfig& server) const override;
  void launches_failed(std::size_t, const std::vector<std::string>&) override {}
  Launch launch(std::uint32_t ordinal) override;
  void member_added(std::uint32_t member) override;
  void member_taken_out(std::uint32_t member) override;
  void member_gone(std::uint32_t member) override;
  void bill_from(std::uint32_t member, TimePoint at) override;
  void bill_until(std::uint32_t, TimePoint) override {}
  void read_members(TimePoint until, pricing::Meters& meters) override;

 private:
  static constexpr std::uint32_t kNowhere = std::numeric_limits<std::uint32_t>::max();

  struct Task {
    std::uint32_t instance = kNowhere;
    bool counts = false;  ///< for placement: it does not stop yet
  };
  std::vector<std::uint32_t> members_on(std::uint32_t instance) const;
  Resources needs_of(const TaskRevision& revision) const;
  std::uint32_t pool_of(std::uint32_t kind) const {
    return providers_.empty() ? 0 : providers_[kind];
  }
  std::uint32_t first_of(const std::function<bool(std::uint32_t)>& which);
  TimePoint& image_at(std::uint32_t instance, std::uint32_t revision) {
    return image_at_[instance * revisions() + revision];
  }

  kernel::Loop& loop_;
  Cluster& cluster_;
  std::uint32_t number_;                  ///< in the cluster
  std::vector<std::uint32_t> providers_;  ///< by kind; none: launch type EC2
  bool has_speed_of_instance_;
  bool is_daemon_;
  bool rebalances_zones_;
  RandomStream placement_draws_;
  RandomStream scale_in_draws_;
  std::uint64_t placed_ = 0;
  std::uint64_t scaled_in_ = 0;
  std::uint32_t interfaces_;     ///< of a task
  std::uint32_t placed_on_ = 0;  ///< the instance of the task about to be added
  std::vector<Task> tasks_;      ///< by member
  /// By instance and revision: from when on the image is there; the end of time: not.
  std::vector<TimePoint> image_at_;
  std::vector<std::uint32_t> waiting_of_kind_;
  ClusterShare share_;
};

}  // namespace skyreplay::ecs
