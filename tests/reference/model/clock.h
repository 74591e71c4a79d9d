#pragma once

// When scheduled actions happen (E77, C110).

#include <optional>
#include <vector>

#include "reference/model/world.h"

namespace skyreplay::reference {

/// Whose actions they are.
enum class Scheduler { kGroup, kApplicationAutoScaling };

bool is_due(const World& world, const ScheduledAction& action, Scheduler whose, Time at);

/// The next instant at which one of them is due: now too where that is the run's first, else later.
std::optional<Time> next_due(const World& world, const std::vector<ScheduledAction>& actions,
                             Scheduler whose, bool first);

}  // namespace skyreplay::reference
