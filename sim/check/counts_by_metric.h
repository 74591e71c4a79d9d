#pragma once

#include <cstdint>

#include "check/metric.h"
#include "metrics/window_row.h"

namespace skyreplay::check {

/// What counters say of a metric. REQUIRES one that counts requests or their attempts.
std::uint64_t count_of(Metric metric, const metrics::Counters& counters);

/// What the parts of latencies say of one, in ns. REQUIRES a time, or a part of one.
std::int64_t part_of(Metric metric, const metrics::LatencyParts& parts);

}  // namespace skyreplay::check
