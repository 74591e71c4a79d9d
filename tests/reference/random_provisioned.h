#pragma once

#include "reference/random_services.h"

namespace skyreplay::reference {

/// Has some functions' provisioned concurrency scaled by policies and the clock. Drawn apart, after
/// everything else, so that scenarios of before stay what they were.
class RandomProvisioned {
 public:
  explicit RandomProvisioned(std::uint64_t number) : draws_(number ^ 0x9C0FE) {}

  void scale(Scenario& scenario);

 private:
  bool may_provision(const Scenario& scenario, std::size_t service) const;
  void scale_function(Scenario& scenario, std::size_t service);
  Policy policy();
  void schedule(const Scenario& scenario, Fleet& fleet, std::uint32_t most);
  void change_later(Scenario& scenario, std::size_t service, std::uint32_t most);

  RandomServices draws_;
};

}  // namespace skyreplay::reference
