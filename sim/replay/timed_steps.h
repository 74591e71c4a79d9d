#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/time.h"
#include "scenario/scenario.h"

namespace skyreplay::replay {

/// Something that a scenario set a time for.
struct TimedStep {
  enum class Kind : std::uint8_t { kChange, kOperation, kFaultEnds, kFaultBegins };

  TimePoint at;
  Kind kind = Kind::kChange;
  std::size_t index = 0;  ///< in Scenario::changes(), or in the message's list
};

/// What happens at set times in a run that starts then.
///
/// **Order** By time; at one instant changes first, then operations, then the ends of faults, then
/// their beginnings, each in the scenario's order. What lies before the start happens at it, but
/// for operations and for a fault that is over by then, which do not happen.
std::vector<TimedStep> timed_steps(const scenario::Scenario& scenario, TimePoint start);

}  // namespace skyreplay::replay
