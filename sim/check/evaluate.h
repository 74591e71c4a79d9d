#pragma once

#include <cstdint>

#include "check/requirement.h"
#include "check/span.h"

namespace skyreplay::check {

/// What a requirement's left side came to. Compared exactly, as a quotient; `value` is rounded.
struct Measurement {
  bool known = false;      ///< false where there was nothing to measure: then nothing holds
  std::int64_t value = 0;  ///< 1e-9 of the requirement's unit, half to even
  bool holds = false;
};

/// Evaluates over the whole span, warm-up left out (but never of cost or capacity). Percentiles are
/// nearest rank in the merged histograms of all services asked for, as bucket midpoints (within
/// 1 %), never above the largest latency; everything else is exact.
///
/// `of` is a service's name; or the name before the '/' of services made for each route, which are
/// then taken together; or service/route; or "*": the requests of all clients, and the services
/// that have the metric. Throws InputError where there is no such service, or none has the metric.
Measurement evaluate(const Requirement& requirement, const Span& span);

/// How far a value is on the wrong side of a requirement: the larger, the worse.
std::int64_t wrongness(const Requirement& requirement, std::int64_t value);

}  // namespace skyreplay::check
