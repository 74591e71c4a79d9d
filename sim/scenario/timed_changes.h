#pragma once

#include <vector>

#include "scenario/binder.h"
#include "scenario/scenario.h"

namespace skyreplay::scenario {

/// Checks the timed changes of a scenario that has no other mistake, and resolves the scenario anew
/// after each. `root` is what `message` was read from. The values in `message` are then spelled as
/// the fields they set. Mistakes stand where the change stands. Returned in order of time.
/// Cost: one reading of the scenario a change.
std::vector<TimedChange> apply_changes(const SourceNode& root, proto::Scenario& message,
                                       const Places& places, Mistakes& mistakes);

}  // namespace skyreplay::scenario
