#pragma once

#include <string>

#include "reference/random_services.h"

namespace skyreplay::reference {

/// Gives some clusters a second capacity provider, or a third, and who is on them strategies. Drawn
/// apart, so that all other scenarios stay what they were.
class RandomClusterProviders {
 public:
  explicit RandomClusterProviders(std::uint64_t number) : random_(number ^ 0xCA9A) {}

  /// Where the last service is a cluster: its groups are the last services from then on, and are
  /// called z/a, z/b and z/c. `unit`: of the scenario.
  void add_to(Scenario& scenario, Time unit);

 private:
  void add_group(Scenario& scenario, std::size_t first, Time unit);
  std::vector<Provider> split(std::size_t groups);
  template <typename Tasks>
  void share_out(Tasks& tasks, std::size_t groups, const std::vector<Provider>& standard);

  RandomServices random_;
};

/// A strategy, with a comma behind it; empty where there is none.
std::string split_yaml(const std::vector<Provider>& providers);
/// The cluster's default one, on a line of its own.
std::string default_split_yaml(const Fleet& first);

}  // namespace skyreplay::reference
