#pragma once

#include <string>

#include "sweep/comparison.h"

namespace skyreplay::sweep {

/// What `skyreplay compare` prints: at most 100 columns, the answer first, units in the headings,
/// ends with a line break. Depends on the comparison alone.
std::string compare_table(const Comparison& comparison);

}  // namespace skyreplay::sweep
