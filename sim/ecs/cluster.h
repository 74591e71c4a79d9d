#pragma once

#include <cstdint>
#include <deque>
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

/// What the container instances of one capacity provider of a cluster are like.
struct ProviderConfig {
  Resources registered;              ///< by each (C1, C13, C18)
  std::vector<std::uint32_t> zones;  ///< the cluster's numbers of the zones of its group
  double speed = 1;                  ///< of a vCPU, for tasks that have none of their own
  /// An instance that is terminated drains first, for as long as its tasks take to be replaced,
  /// at most 48 h (C88); else its tasks are gone with it.
  bool drains = false;
  /// Instances with tasks are protected from scale-in (C87).
  bool protects = false;
};

/// An ECS cluster: the container instances of one Auto Scaling group or, where it has several
/// capacity providers, of one each, and its tenants, the services and jobs whose tasks are placed
/// on them.
///
///     launched -> active -> draining -> gone
///        |           +--------------------^
///        +--------------------------------^
///
/// **Instances** have numbers in the order of their launches, of all providers together, and get
/// tasks while they are active (C60). One that is lost, or terminated without draining, takes its
/// tasks with it; their services replace them. A task of a job pins its instance: one that drains
/// waits until it has ended (C116).
///
/// **Providers** A task that is on a provider is placed on its instances alone, and waits for room
/// on them, whatever room there is elsewhere (C71, C73); one of launch type EC2 is placed on any.
/// Each provider is scaled by the tasks on it (C75), and what its instances cost is shared out to
/// who reserves of them.
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
  explicit Cluster(kernel::Loop& loop) : loop_(loop), process_(loop.add(*this)) {}

  /// Returns its number, counted from 0. REQUIRES before the first tenant.
  std::uint32_t add_provider(const ProviderConfig& config);
  std::uint32_t providers() const { return static_cast<std::uint32_t>(providers_.size()); }
  /// What a provider's instances are billed for in all: its group's meters are these.
  pricing::Meters& whole(std::uint32_t provider) { return providers_[provider].whole; }
  const Placement& placement() const { return placement_; }
  /// REQUIRES called before the provider's group begins; outlives this.
  void consist_of(std::uint32_t provider, ContainerInstances& instances) {
    providers_[provider].instances = &instances;
  }

  // --- What tenants do. A tenant's number is its group's in the placement.

  std::uint32_t add(ClusterTenant& tenant, TaskGroup tasks);
  /// Places a task: on which instance, if any; of that provider where the tenant's group asks.
  std::optional<std::uint32_t> place(std::uint32_t service, const Resources& needs,
                                     std::uint64_t draw, std::uint32_t provider);
  /// Where place() would.
  std::optional<std::uint32_t> next_place(std::uint32_t service, const Resources& needs,
                                          std::uint64_t draw, std::uint32_t provider) {
    placement_.set_needs(service, needs);
    return placement_.next_place(service, draw, provider);
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
  /// Tasks on capacity providers that wait, of all tenants: without a limit (C89).
  std::uint32_t provisioning_tasks() const;
  /// Those that wait are tried again at this instant, when all that is due has happened.
  void room_appears();

  // --- What the instances tell; of those that were lost, of all at once.

  /// In the zone of that number of the provider's group, which knows it as the `ordinal`th. Returns
  /// its number in the cluster.
  std::uint32_t launched(std::uint32_t provider, std::uint32_t zone, std::uint32_t ordinal);
  void active(std::uint32_t instance);
  void draining(std::uint32_t instance);
  void gone(const std::vector<std::uint32_t>& instances);
  bool has_tasks(std::uint32_t instance) const { return tasks_[instance] > 0; }
  /// Whether it is of a provider whose instances do.
  bool drains(std::uint32_t instance) const { return config_of(instance).drains; }
  double speed(std::uint32_t instance) const { return config_of(instance).speed; }
  /// A provider's instances that are needed and those there are (C75): of active ones those with
  /// tasks that are no daemons' (C77); where tasks of the provider wait, all there are and as many
  /// more as one tenant's fill, the most of all tenants, but between the two steps (C78, C79).
  Reservation reservation(std::uint32_t provider, std::uint32_t minimum_step,
                          std::uint32_t maximum_step) const;
  std::size_t instances() const { return tasks_.size(); }
  /// What tasks reserved of a provider's instances since the last call (C123).
  metrics::ReservationCounts take_reservation(std::uint32_t provider, TimePoint now) {
    return providers_[provider].reservation.take(now);
  }

  // --- Money

  /// From now on an instance more, or less, of the provider is billed.
  void bill(std::uint32_t provider, bool more) {
    providers_[provider].shares.bill(providers_[provider].config.registered, more, loop_.now());
  }
  /// What a service's tasks reserve of an item in the provider's whole; of no service: what is
  /// idle.
  std::uint64_t part(std::uint32_t provider, std::optional<std::uint32_t> service,
                     std::uint32_t item, TimePoint until);

  void fire(const kernel::Event& event) override;

 private:
  struct Provider {
    ProviderConfig config;
    pricing::Meters whole{};
    CapacityShares shares;
    ClusterReservation reservation;
    std::optional<TimePoint> read{};  ///< the shares
    ContainerInstances* instances = nullptr;
  };

  Provider& provider_of(std::uint32_t instance) { return providers_[placement_.pool(instance)]; }
  const ProviderConfig& config_of(std::uint32_t instance) const {
    return providers_[placement_.pool(instance)].config;
  }
  bool is_daemon(std::uint32_t service) const { return placement_.group(service).is_daemon; }
  /// Tasks on the instance that are no daemons'.
  std::uint32_t others(std::uint32_t instance) const {
    return tasks_[instance] - daemons_[instance];
  }
  void end_daemons(std::uint32_t instance);
  bool somebody_waits() const;
  std::uint32_t more_for(std::uint32_t provider, std::uint32_t service,
                         std::uint32_t waiting) const;

  kernel::Loop& loop_;
  kernel::ProcessId process_;
  Placement placement_;
  std::deque<Provider> providers_;  ///< groups keep references to their meters
  std::vector<ClusterTenant*> tenants_;
  std::vector<std::uint32_t> ordinal_;   ///< by instance: its number in its group
  std::vector<std::uint32_t> tasks_;     ///< by instance; those that stop among them
  std::vector<std::uint32_t> daemons_;   ///< of them
  std::vector<bool> is_active_;          ///< by instance
  std::vector<std::uint32_t> draining_;  ///< instances with tasks, in the order in which they began
  bool will_retry_ = false;
};

}  // namespace skyreplay::ecs
