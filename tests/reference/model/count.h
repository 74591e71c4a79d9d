#pragma once

#include "reference/model/world.h"

namespace skyreplay::reference {

/// Counts a run's journal: rows of windows that end at `ends`, spans, bill and verdict.
Result count(const Scenario& scenario, World& world, const std::vector<Time>& ends);

/// The bucket of a latency histogram: 64 to a doubling, one to a nanosecond below 128.
std::uint32_t bucket_of(Time latency);

}  // namespace skyreplay::reference
