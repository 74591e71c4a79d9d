#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "sweep/comparison.h"
#include "sweep/paired.h"

namespace skyreplay::sweep {

/// By how much a candidate is above the winner over the seeds.
struct PairedDifference {
  std::size_t candidate = 0;
  std::optional<std::size_t> requirement;  ///< nothing: of the trace's cost
  check::Unit unit = check::Unit::kUsd;
  std::size_t seeds = 0;  ///< pairs that there were: both had a value
  Interval interval;      ///< candidate less winner, 1e-9 of the unit
};

/// Of every candidate but the winner, cost first and then each requirement's value. Empty without
/// replications or without a winner.
std::vector<PairedDifference> paired_differences(const Comparison& comparison);

}  // namespace skyreplay::sweep
