#pragma once

#include <cstdint>
#include <limits>
#include <vector>

#include "ecs/cluster.h"
#include "ecs/fargate_service.h"

namespace skyreplay::ecs {

/// How tasks are placed, and how they start there.
struct ClusterTasks {
  TaskGroup group;
  bool on_provider = false;  ///< and not of launch type EC2
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
/// **Who goes** when there are too many: a task not in service yet, the latest first; else by the
/// placement strategy (C69), of those on the instance the oldest.
///
/// Not modeled here: deployments, and the replacement of tasks that are unhealthy (C41).
class ClusterService final : public FargateService {
 public:
  /// The cluster, whose group has begun, outlives this.
  ClusterService(kernel::Loop& loop, metrics::Recorder& recorder,
                 const FargateServiceConfig& config, const ClusterTasks& tasks, std::uint64_t seed,
                 const balancing::FleetBilling& billing, Cluster& cluster);

  // What the cluster asks and tells.
  std::uint32_t waiting_tasks() const { return waiting(); }
  void try_again() { launch_again(); }
  /// The instance drains: tasks on it that are not in service yet are launched elsewhere, and
  /// others replaced, as far as there is room now (C56, C88).
  void leave(std::uint32_t instance);
  /// The instances are gone with all tasks on them.
  void lose_tasks_on(const std::vector<std::uint32_t>& instances);

 protected:
  /// The desired number says it all, and what an instance's end asks for.
  bool schedule_members() override { return false; }
  void member_health_changed(std::uint32_t) override {}
  balancing::ZoneBalance::Choice choose_place(std::uint32_t kind) override;
  std::uint32_t next_to_go() override;
  void launches_failed(std::size_t failed, const std::vector<std::string>& zones) override;
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

  kernel::Loop& loop_;
  Cluster& cluster_;
  std::uint32_t number_;  ///< in the cluster
  RandomStream placement_draws_;
  RandomStream scale_in_draws_;
  std::uint64_t placed_ = 0;
  std::uint64_t scaled_in_ = 0;
  std::uint32_t placed_on_ = 0;  ///< the instance of the task about to be added
  std::vector<Task> tasks_;      ///< by member
  std::vector<TimePoint>
      image_at_;              ///< by instance: from when on it is there; the end of time: not
  std::uint32_t first_item_;  ///< of the shares, in the service's meters
};

}  // namespace skyreplay::ecs
