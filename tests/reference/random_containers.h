#pragma once

#include "reference/random_services.h"

namespace skyreplay::reference {

/// Tasks of several containers, which use CPU and memory beside the one that serves, exit, and are
/// restarted; by dice of their own.
class RandomContainers {
 public:
  explicit RandomContainers(std::uint64_t number) : random_(number ^ 0xC0DE) {}

  /// Divides the tasks of some services, each of one size whatever its deployments.
  void add_to(Scenario& scenario, Time unit);

 private:
  void divide(Fleet& fleet);
  Container container(const Fleet& fleet, bool serves);
  void take_memory(Fleet& fleet);
  void may_exit(Container& container);
  /// On a cluster: the task is as large as its containers together.
  void add_up(Fleet& fleet);

  RandomServices random_;
  Time seldom_{};
};

}  // namespace skyreplay::reference
