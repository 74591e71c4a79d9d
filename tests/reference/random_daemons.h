#pragma once

#include "reference/random_services.h"

namespace skyreplay::reference {

/// Daemons on the container instances of a cluster, by dice of their own.
class RandomDaemons {
 public:
  explicit RandomDaemons(std::uint64_t number) : random_(number ^ 0xDAE0) {}

  /// Makes daemons of some services on the cluster, if there is one, which is the last service; and
  /// adds one that nothing reaches.
  void add_to(Scenario& scenario, Time unit);
  /// Where an instance would never take a task beside its daemons, these are not in every zone:
  /// otherwise a scenario is refused. Once everything is there.
  static void leave_room(Scenario& scenario);

 private:
  void make_daemon(Scenario& scenario, std::size_t service);
  Fleet agent(const Fleet& cluster, std::size_t number, Time length);

  RandomServices random_;
};

}  // namespace skyreplay::reference
