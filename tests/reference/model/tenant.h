#pragma once

// Clusters and whoever has tasks on them (docs/models.md, C60 to C90, C121).

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "reference/model/world.h"

namespace skyreplay::reference {

using Held = std::array<std::uint32_t, 3>;  ///< CPU units, MiB, network interfaces

/// How tasks are placed.
struct Placing {
  Held needs{};  ///< of the next one
  bool is_daemon = false;
  bool distinct_instance = false;
  std::optional<std::uint32_t> not_in_zone{};
  std::vector<std::string> strategies{};  ///< none: C61
};

/// A service or jobs with tasks on the instances of a cluster.
class Tenant {
 public:
  virtual ~Tenant() = default;
  virtual Placing placing() const = 0;
  /// What its tasks hold of an instance.
  virtual Held held_on(std::size_t instance) const = 0;
  /// Tasks that are there still, or stop.
  virtual bool is_on(std::size_t instance) const = 0;
  /// Tasks that count there, or in a zone (C62).
  virtual std::uint32_t tasks_on(std::optional<std::size_t> instance,
                                 std::optional<std::uint32_t> zone) const = 0;
  /// In PROVISIONING, on that capacity provider of the cluster.
  virtual std::uint32_t provisioning(std::size_t pool) const = 0;
  virtual bool waits_for_room() const = 0;
  virtual void try_again() = 0;
  /// There are other instances than before: whether it desires another number for that (C36).
  virtual bool follow_instances() { return false; }
  virtual void leave(std::size_t instance) = 0;
  /// Of a daemon: its tasks there stop (C88).
  virtual void end_on(std::size_t) {}
  virtual void lose_on(const std::vector<std::size_t>& instances) = 0;
  /// By tasks on that provider's instances; weight x ns (C121).
  virtual Wide reserved(Time from, Time to, std::size_t pool) const = 0;
  /// By tasks on that provider's instances; CPU units or MiB x ns (C123).
  virtual Wide held(Time from, Time to, bool memory, std::size_t pool) const = 0;
};

/// The cluster, to them: the first of its groups. Instances of all of them have numbers in the
/// order of their launches.
class Host {
 public:
  virtual ~Host() = default;
  virtual void let_in(Tenant& tenant) = 0;
  /// On which instance a task is placed from now on, of that provider or of any.
  virtual std::optional<std::size_t> place(const Tenant& tenant, Bits draw,
                                           std::optional<std::size_t> pool) = 0;
  virtual std::uint32_t zone_of(std::size_t instance) const = 0;
  virtual std::size_t pool_of(std::size_t instance) const = 0;
  virtual void task_gone(const Tenant& tenant, std::size_t instance) = 0;
  virtual void room_appears() = 0;
  /// Whether tasks on the provider wait in PROVISIONING, and how many do on all.
  virtual bool is_managed(std::size_t pool) const = 0;
  virtual std::uint32_t all_provisioning() const = 0;
  /// Of what its instances cost, the tenant's share.
  virtual Meters part_of(const Tenant& tenant, const std::vector<Time>& ends) const = 0;
};

/// REQUIRES a cluster's service.
Host& host_of(World& world, std::size_t cluster);

}  // namespace skyreplay::reference
