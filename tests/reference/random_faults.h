#pragma once

#include "reference/random_services.h"

namespace skyreplay::reference {

/// Spot Instances, public addresses and what fails; by dice of their own.
class RandomFaults {
 public:
  explicit RandomFaults(std::uint64_t number)
      : failed_(number + (std::uint64_t{1} << 32)), priced_(number + (std::uint64_t{1} << 38)) {}

  void add_to(Scenario& scenario, Time unit);

 private:
  void buy_spot(Fleet& fleet, Time length);
  /// False where the service knows no fault.
  bool choose(Fault& fault, const Service& service, Time unit);

  RandomServices failed_;
  RandomServices priced_;
};

}  // namespace skyreplay::reference
