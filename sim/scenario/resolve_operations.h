#pragma once

#include "scenario/binder.h"

namespace skyreplay::scenario {

/// Checks `operations`: each does one thing, to a group of instances that there is. All services
/// are resolved.
void check_operations(const proto::Scenario& scenario, const Places& places, Mistakes& mistakes);

}  // namespace skyreplay::scenario
