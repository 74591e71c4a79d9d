#pragma once

#include <cstdint>
#include <string>

#include "check/metric.h"

namespace skyreplay::sweep {

/// A measured value, 1e-9 of its unit, as a person reads it: "212.0 ms", "0.0500 %", "12",
/// "1.2345 USD".
std::string human_value(std::int64_t nano, check::Unit unit);

/// The same with "+" before what is above 0: a difference.
std::string human_difference(std::int64_t nano, check::Unit unit);

}  // namespace skyreplay::sweep
