#pragma once

#include "reference/random_services.h"

namespace skyreplay::reference {

/// What operators do to groups by hand, and what groups and their balancers are besides: the most
/// that is paid for Spot Instances, public addresses, predictive policies on metrics of two kinds.
/// Drawn apart, so that scenarios of before stay what they were.
class RandomOperations {
 public:
  explicit RandomOperations(std::uint64_t number) : draws_(number ^ 0x0BE7A7E) {}

  void add_to(Scenario& scenario);

 private:
  void operate(Scenario& scenario, std::size_t service);
  void learn(Policy& policy);
  /// Some of the series of alarms become the number that stands by.
  void watch_standby(Fleet& fleet);

  RandomServices draws_;
};

}  // namespace skyreplay::reference
