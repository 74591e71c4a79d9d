#pragma once

#include "scenario/binder.h"

namespace skyreplay::scenario {

/// Checks the faults of a scenario whose services are resolved: that each is of one kind, ends
/// after it begins, and meets something that can fail so.
void check_faults(const proto::Scenario& scenario, const Places& places, Mistakes& mistakes);

}  // namespace skyreplay::scenario
