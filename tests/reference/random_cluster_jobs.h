#pragma once

#include "reference/random_services.h"

namespace skyreplay::reference {

/// Has jobs run on clusters: some of those there are, and others beside them. Drawn apart, so that
/// scenarios of before stay what they were, but for those with clusters.
class RandomClusterJobs {
 public:
  explicit RandomClusterJobs(std::uint64_t number) : random_(number ^ 0xC1B5) {}

  /// Where there is no cluster some scenarios get one, for jobs alone. `unit`: of the scenario.
  void add_to(Scenario& scenario, Time unit);

 private:
  void add_jobs(Scenario& scenario);
  void move(JobKind& job, std::size_t cluster, const Fleet& hosts);
  JobKind job();

  RandomServices random_;
};

}  // namespace skyreplay::reference
