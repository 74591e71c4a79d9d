#pragma once

#include "skyreplay/tune.h"

namespace skyreplay::sweep {

/// `tune` over a choice of values (choices.h): replays every combination and answers as a sweep
/// does, with the cheapest, the fastest and the balanced one. Throws as tune_scenario().
TuneReport tune_choice(const TuneOptions& options);

/// `tune --traffic LOW..HIGH`: the highest multiple of the traffic that the scenario still meets
/// the requirements at, within 2 %. Assumes that more traffic is not better.
TuneReport tune_traffic(const TuneOptions& options);

}  // namespace skyreplay::sweep
