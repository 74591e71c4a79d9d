#include "scaling/application_target.h"

#include <fmt/format.h>

namespace skyreplay::scaling {

std::string application_trigger(const std::string& alarm, const std::string& policy) {
  return fmt::format("monitor alarm {} in state ALARM triggered policy {}", alarm, policy);
}

std::string in_words(const ScheduledAction& action) {
  std::string sets;
  if (action.capacity.minimum) sets = fmt::format("min capacity to {}", *action.capacity.minimum);
  if (action.capacity.maximum) {
    sets +=
        fmt::format("{}max capacity to {}", sets.empty() ? "" : " and ", *action.capacity.maximum);
  }
  return fmt::format("scheduled action name {} was triggered: setting {}", action.name, sets);
}

std::optional<Followed> follow(const CapacityChange& set, std::uint32_t desired,
                               CapacityBounds& bounds) {
  if (!set.minimum && !set.maximum) return std::nullopt;
  bounds.set(set);
  const std::uint32_t to = bounds.clamp(desired);
  if (to == desired) return std::nullopt;
  const bool is_raised = to > desired;
  return Followed{to, fmt::format("{} capacity was set to {}; desired {} → {}",
                                  is_raised ? "minimum" : "maximum",
                                  is_raised ? bounds.minimum : bounds.maximum, desired, to)};
}

}  // namespace skyreplay::scaling
