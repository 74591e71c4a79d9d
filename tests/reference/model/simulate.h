#pragma once

#include "reference/model/mutation.h"
#include "reference/model/result.h"

namespace skyreplay::reference {

/// The second simulator: the models of docs/models.md by the plainest means, for small scenarios.
/// It shares no code with sim/; what the two share is docs/models.md. Lists, scans, and a
/// calendar of closures; every number is counted after the run, from a journal of what happened.
///
/// What the rules leave open and both must do alike is said where it is done: the order of what
/// happens at one instant (calendar.h, server.h, target_group.h), the keys of draws (draws.h,
/// calls.cc), roundings (server.cc, function.cc, money.cc), and when a run ends (simulate.cc).
Result simulate(const Scenario& scenario, Mutation mutation = Mutation::kNone);

}  // namespace skyreplay::reference
