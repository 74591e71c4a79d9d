#pragma once

#include <vector>

#include "check/expectation.h"
#include "scenario/binder.h"
#include "scenario/mistakes.h"

namespace skyreplay::scenario {

/// Checks and reads the expectations of a resolved scenario, in the order they were written.
/// Mistakes are collected at the place of the field that is wrong.
std::vector<check::Expectation> read_expectations(const proto::Scenario& scenario,
                                                  const Places& places, Mistakes& mistakes);

}  // namespace skyreplay::scenario
