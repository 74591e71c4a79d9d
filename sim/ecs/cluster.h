#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "ecs/capacity_shares.h"
#include "ecs/cluster_reservation.h"
#include "ecs/managed_scaling.h"
#include "ecs/placement.h"
#include "kernel/loop.h"
#include "pricing/meters.h"

namespace skyreplay::ecs {

class ClusterTenant;
class ContainerInstances;

inline constexpr std::uint32_t kMostProvisioning = 500;  ///< tasks of a cluster (C89)

/// What the container instances of a cluster are like.
struct ClusterConfig {
  Resources registered;  ///< by each (C1, C13, C18)
  /// An instance that is terminated drains first, for as long as its tasks take to be replaced,
  /// at most 48 h (C88); else its tasks are gone with it.
  bool drains = false;
  /// Instances with tasks are protected from scale-in (C87).
  bool protects = false;
};

/// An ECS cluster: the container instances of one Auto Scaling group, and its tenants, the services
/// and jobs whose tasks are placed on them.
///
///     launched -> active -> draining -> gone
///        |           +--------------------^
///        +--------------------------------^
///
/// **Instances** have numbers in the order of their launches, and get tasks while they are active
/// (C60). One that is lost, or terminated without draining, takes its tasks with it; their services
/// replace them. A task of a job pins its instance: one that drains waits until it has ended
/// (C116).
///
/// **Daemons** A service whose group is a daemon's has a task on each active instance that meets
/// its constraints. Where one is missing the others leave it room; an instance with no other tasks
/// counts as empty, and one that drains keeps its daemons until its other tasks have stopped (C36,
/// C77, C87, C88).
///
/// **Waiting** A task that nowhere fits waits, and is tried again when an instance becomes active
/// or a task has stopped: at that instant, when all that was due then has happened, tenant after
/// tenant in the order in which they were added (C47, C70). So are services whose tasks could be
/// more even over the zones (C52).
///
/// **Cost** an event for each instant at which room appears while tasks wait; nothing on the path
/// of a request.
class Cluster final : public kernel::Process {
 public:
  Cluster(kernel::Loop& loop, const ClusterConfig& config);

  /// What the group's instances are billed for in all: its meters are these.
  pricing::Meters& whole() { return whole_; }
  const ClusterConfig& config() const { return config_; }
  const Placement& placement() const { return placement_; }
  /// REQUIRES called before the group begins; outlives this.
  void consist_of(ContainerInstances& instances) { instances_ = &instances; }

  // --- What tenants do. A tenant's number is its group's in the placement.

  /// `on_provider`: its tasks are on the cluster's capacity provider, and not of launch type EC2.
  std::uint32_t add(ClusterTenant& tenant, TaskGroup tasks, bool on_provider);
  /// Places a task: on which instance, if any.
  std::optional<std::uint32_t> place(std::uint32_t service, const Resources& needs,
                                     std::uint64_t draw);
  /// Where place() would.
  std::optional<std::uint32_t> next_place(std::uint32_t service, const Resources& needs,
                                          std::uint64_t draw) {
    placement_.set_needs(service, needs);
    return placement_.next_place(service, draw);
  }
  /// `may_go`: how many of the service's tasks may, by instance.
  std::optional<std::uint32_t> first_to_go(std::uint32_t service,
                                           const std::vector<std::uint32_t>& may_go,
                                           std::uint64_t draw) const {
    return placement_.first_to_go(service, draw, may_go);
  }
  /// A task stops: it counts no more (C62).
  void stop(std::uint32_t service, std::uint32_t instance) { placement_.stop(service, instance); }
  /// It has stopped, and what it reserved, `held`, is free (C22).
  void free(std::uint32_t service, const Resources& held, std::uint32_t instance);
  /// Tasks on the capacity provider that wait, of all tenants: without a limit (C89).
  std::uint32_t provisioning_tasks() const;
  /// Those that wait are tried again at this instant, when all that is due has happened.
  void room_appears();

  // --- What the instances tell; of those that were lost, of all at once.

  void launched(std::uint32_t zone);
  void active(std::uint32_t instance);
  void draining(std::uint32_t instance);
  void gone(const std::vector<std::uint32_t>& instances);
  bool has_tasks(std::uint32_t instance) const { return tasks_[instance] > 0; }
  /// Instances that are needed and those there are (C75): of active ones those with tasks
  /// that are no daemons' (C77); where tasks of the capacity provider wait, all there are and as
  /// many more as one kind of them fills, the most of all kinds, but between the two steps (C78,
  /// C79).
  Reservation reservation(std::uint32_t minimum_step, std::uint32_t maximum_step) const;
  std::size_t instances() const { return tasks_.size(); }
  /// What tasks reserved since the last call (C123).
  metrics::ReservationCounts take_reservation(TimePoint now) { return reservation_.take(now); }

  // --- Money

  /// From now on an instance more, or less, is billed.
  void bill(bool more) { shares_.bill(config_.registered, more, loop_.now()); }
  /// What a service's tasks reserve of each item in `whole`; of no service: what is idle.
  std::uint64_t part(std::optional<std::uint32_t> service, std::uint32_t item, TimePoint until);

  void fire(const kernel::Event& event) override;

 private:
  bool is_daemon(std::uint32_t service) const { return placement_.group(service).is_daemon; }
  /// Tasks on the instance that are no daemons'.
  std::uint32_t others(std::uint32_t instance) const {
    return tasks_[instance] - daemons_[instance];
  }
  void end_daemons(std::uint32_t instance);
  bool somebody_waits() const;
  std::uint32_t more_for(std::uint32_t service, std::uint32_t waiting) const;

  kernel::Loop& loop_;
  ClusterConfig config_;
  kernel::ProcessId process_;
  Placement placement_;
  pricing::Meters whole_;
  CapacityShares shares_;
  ClusterReservation reservation_;
  std::optional<TimePoint> read_;  ///< the shares
  ContainerInstances* instances_ = nullptr;
  std::vector<ClusterTenant*> tenants_;
  std::vector<bool> on_provider_;        ///< by tenant
  std::vector<std::uint32_t> tasks_;     ///< by instance; those that stop among them
  std::vector<std::uint32_t> daemons_;   ///< of them
  std::vector<bool> is_active_;          ///< by instance
  std::vector<std::uint32_t> draining_;  ///< instances with tasks, in the order in which they began
  bool will_retry_ = false;
};

}  // namespace skyreplay::ecs
