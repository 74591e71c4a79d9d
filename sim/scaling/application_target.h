#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "scaling/scheduled_action.h"

namespace skyreplay::scaling {

// What targets of Application Auto Scaling have in common, in AWS's words.

/// "monitor alarm A in state ALARM triggered policy P".
std::string application_trigger(const std::string& alarm, const std::string& policy);

/// "scheduled action name A was triggered: setting min capacity to 2".
std::string in_words(const ScheduledAction& action);

/// Where a capacity goes that was outside of bounds which somebody set.
struct Followed {
  std::uint32_t to = 0;
  std::string cause;
};

/// Sets the bounds, and says where a capacity of `desired` has to go; none where it may stay, or
/// where neither bound was set (C110).
std::optional<Followed> follow(const CapacityChange& set, std::uint32_t desired,
                               CapacityBounds& bounds);

}  // namespace skyreplay::scaling
