#pragma once

#include <array>

#include "metrics/window_row.h"

namespace skyreplay::sweep {

struct OutcomeLabel {
  const char* key;      ///< in JSON, as in summary.json
  const char* heading;  ///< over a column
  int width;            ///< of that column; all together at most 67
};

/// In the order of metrics::Outcome.
inline constexpr std::array<OutcomeLabel, metrics::kOutcomes> kOutcomeLabels = {{
    {"completed", "completed", 12},
    {"errors", "errors", 8},
    {"throttles", "throttles", 11},
    {"client_timeouts", "gave up", 9},
    {"server_timeouts", "cut off", 9},
    {"refused", "refused", 9},
    {"dependency_errors", "by call", 9},
}};
static_assert(kOutcomeLabels.back().key != nullptr, "name the new outcome");

}  // namespace skyreplay::sweep
