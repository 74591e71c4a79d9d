#pragma once

#include <string_view>

namespace skyreplay::sweep {

/// The parameter that multiplies the trace's traffic; it is no field of the scenario.
inline constexpr std::string_view kTraffic = "traffic";

}  // namespace skyreplay::sweep
