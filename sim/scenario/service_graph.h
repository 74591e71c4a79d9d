#pragma once

#include "scenario/binder.h"

namespace skyreplay::scenario {

/// Checks how the services of a scenario hang together. Refused are calls from or to a service that
/// there is not, to itself but of a function, from an external service, to a service that is made
/// for each route, and a call written twice; a cycle of synchronous calls, which would wait for
/// itself, and a cycle of other calls that goes on for ever, or nearly, because Lambda does not
/// stop it; and a service that no route and no call reaches. Cost: linear in services, rules and
/// calls.
void check_service_graph(const proto::Scenario& scenario, const Places& places, Mistakes& mistakes);

}  // namespace skyreplay::scenario
