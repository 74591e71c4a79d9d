#include "reference/model/clock.h"

#include <algorithm>

namespace skyreplay::reference {

bool is_due(const World& world, const ScheduledAction& action, Scheduler whose, Time at) {
  const Time start = world.scenario.start;
  // C110: that is no time of its own
  const bool waits = whose == Scheduler::kApplicationAutoScaling && action.recurs;
  if (action.every) {
    Time from = start + *action.start;
    if (world.broken(Mutation::kRateCountsFromTheRun)) from = start;
    const bool is_over = action.end && at >= start + *action.end;
    return at >= start + *action.start && !is_over && (at - from) % *action.every == Time{};
  }
  if (waits && action.start && at < start + *action.start) return false;
  const bool starts = !waits || world.broken(Mutation::kServiceCronStarts);
  if (starts && action.start && start + *action.start == at) return true;
  if (!action.recurs || at % std::chrono::minutes{1} != Time{}) return false;
  if (!waits && action.start && at <= start + *action.start) return false;
  const bool until = world.broken(Mutation::kRecursAtItsEnd);
  if (action.end && (until ? at > start + *action.end : at >= start + *action.end)) return false;
  const auto minute = at / std::chrono::minutes{1};
  const auto holds = [](const std::vector<std::uint32_t>& list, std::int64_t value) {
    return list.empty() || std::find(list.begin(), list.end(), value) != list.end();
  };
  return holds(action.minutes, minute % 60) && holds(action.hours, minute / 60 % 24) &&
         holds(action.weekdays, (minute / 60 / 24 + 4) % 7);  // 1970 began on a Thursday
}

/// Looks at every start and every minute from now on.
std::optional<Time> next_due(const World& world, const std::vector<ScheduledAction>& actions,
                             Scheduler whose, bool first) {
  std::vector<Time> times;
  const Time now = world.now();
  const Time minute = std::chrono::minutes{1};
  for (const ScheduledAction& action : actions) {
    if (action.start) times.push_back(world.scenario.start + *action.start);
  }
  const Time end = world.scenario.end + world.scenario.drain;
  for (const ScheduledAction& action : actions) {
    if (!action.every) continue;
    Time at = world.scenario.start + *action.start;
    if (at < now) at += (now - at) / *action.every * *action.every;
    for (; at <= end; at += *action.every) times.push_back(at);
    // Where it counts from is what a mutation breaks.
    for (at = world.scenario.start; at <= end; at += *action.every) times.push_back(at);
  }
  if (actions.empty()) return std::nullopt;
  for (Time at = now / minute * minute; at <= end; at += minute) times.push_back(at);
  std::sort(times.begin(), times.end());
  for (const Time at : times) {
    if (first ? at < now : at <= now) continue;
    const auto due = [&](const ScheduledAction& action) {
      return is_due(world, action, whose, at);
    };
    if (std::any_of(actions.begin(), actions.end(), due)) return at;
  }
  return std::nullopt;
}

}  // namespace skyreplay::reference
