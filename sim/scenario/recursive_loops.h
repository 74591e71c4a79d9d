#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "scenario/wiring.h"

namespace skyreplay::scenario {

/// Whether Lambda's recursive loop detection follows a chain of calls through this one: from
/// function to function, and not through an API or a load balancer (L67).
bool is_followed(const proto::Service& from, const proto::Service& to);

/// The function that most invocations would follow from, were a chain of calls stopped where a
/// function has been invoked 16 times in it, and whether they are more than a million: then a run
/// of them has no sense.
struct LoopGrowth {
  std::string function;
  bool is_too_many = false;
};
/// Of the functions that calls may come back to; none where there are no such functions. REQUIRES
/// that the calls name services that there are. Cost: functions in loops squared, times calls.
std::optional<LoopGrowth> largest_growth(const proto::Scenario& scenario);

/// Which functions of a run calls may come back to, and by which calls (L67).
class RecursiveLoops {
 public:
  explicit RecursiveLoops(const Wiring& wiring);

  /// Its number among the functions that calls come back to; none: it is none of them.
  std::optional<std::uint32_t> place(std::uint32_t service) const { return places_[service]; }
  /// Whether a chain that goes through the call may come back to its caller.
  bool has(const ConcreteCall& call) const;

 private:
  const Wiring& wiring_;
  std::vector<std::size_t> components_;  ///< by service
  std::vector<std::optional<std::uint32_t>> places_;
};

}  // namespace skyreplay::scenario
