#pragma once

#include <cstdint>
#include <vector>

namespace skyreplay::ecs {

/// Whoever has tasks on the instances of a cluster, as the cluster sees it: a service, or a kind of
/// jobs.
class ClusterTenant {
 public:
  virtual ~ClusterTenant() = default;

  /// How many of its tasks wait in PROVISIONING for room on that provider of the cluster: they ask
  /// it for instances (C78). None of launch type EC2 does (C90).
  virtual std::uint32_t waiting_on(std::uint32_t provider) const = 0;
  /// Whether room would be of use to it.
  virtual bool waits_for_room() const = 0;
  /// There is some: what waits is placed as far as it fits.
  virtual void try_again() = 0;
  /// There are other instances than before: of a daemon as many tasks are desired as there are
  /// instances for it (C36). Whether that is another number.
  virtual bool follow_instances() { return false; }
  /// The instance drains, with tasks on it (C56, C88); a daemon is told of each that ends.
  virtual void leave(std::uint32_t instance) = 0;
  /// Of a daemon: its task there stops (C88).
  virtual void end(std::uint32_t) {}
  /// The instances are gone with all tasks on them.
  virtual void lose_tasks_on(const std::vector<std::uint32_t>& instances) = 0;
};

}  // namespace skyreplay::ecs
