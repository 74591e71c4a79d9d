#pragma once

#include "reference/random_services.h"

namespace skyreplay::reference {

/// Counts functions as CloudWatch does, lets some crash, some call themselves, and some be paid for
/// by a Savings Plan. Drawn apart, after everything else, so that scenarios of before stay what
/// they were but for that.
class RandomLambda {
 public:
  explicit RandomLambda(std::uint64_t number) : draws_(number ^ 0x1A3BDA) {}

  void add_to(Scenario& scenario);

 private:
  void add_loop(Scenario& scenario, std::size_t service);

  RandomServices draws_;
};

}  // namespace skyreplay::reference
