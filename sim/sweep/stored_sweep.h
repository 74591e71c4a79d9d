#pragma once

#include <string>

#include "sweep/plan.h"
#include "sweep/store.h"

namespace skyreplay::sweep {

/// A sweep and its cells as a store has them. `version` is the program's.
StoredSweep stored_sweep(const SweepFile& file, const Plan& plan, const std::string& version);

}  // namespace skyreplay::sweep
