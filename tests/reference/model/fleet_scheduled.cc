// Scheduled actions (E77).
#include <algorithm>

#include "reference/model/fleet_service.h"

namespace skyreplay::reference {

bool FleetService::is_due(const ScheduledAction& action, Time at) const {
  const Time start = world_.scenario.start;
  const bool waits = fleet().fargate && action.recurs;  // C110: that is no time of its own
  if (action.every) {
    Time from = start + *action.start;
    if (world_.broken(Mutation::kRateCountsFromTheRun)) from = start;
    const bool is_over = action.end && at >= start + *action.end;
    return at >= start + *action.start && !is_over && (at - from) % *action.every == Time{};
  }
  if (waits && action.start && at < start + *action.start) return false;
  const bool starts = !waits || world_.broken(Mutation::kServiceCronStarts);
  if (starts && action.start && start + *action.start == at) return true;
  if (!action.recurs || at % std::chrono::minutes{1} != Time{}) return false;
  if (!waits && action.start && at <= start + *action.start) return false;
  const bool until = world_.broken(Mutation::kRecursAtItsEnd);
  if (action.end && (until ? at > start + *action.end : at >= start + *action.end)) return false;
  const auto minute = at / std::chrono::minutes{1};
  const auto holds = [](const std::vector<std::uint32_t>& list, std::int64_t value) {
    return list.empty() || std::find(list.begin(), list.end(), value) != list.end();
  };
  return holds(action.minutes, minute % 60) && holds(action.hours, minute / 60 % 24) &&
         holds(action.weekdays, (minute / 60 / 24 + 4) % 7);  // 1970 began on a Thursday
}

void FleetService::plan_scheduled(bool first) {
  std::vector<Time> times;
  const Time now = world_.now();
  const Time minute = std::chrono::minutes{1};
  for (const ScheduledAction& action : fleet().scheduled) {
    if (action.start) times.push_back(world_.scenario.start + *action.start);
  }
  const Time end = world_.scenario.end + world_.scenario.drain;
  for (const ScheduledAction& action : fleet().scheduled) {
    if (!action.every) continue;
    Time at = world_.scenario.start + *action.start;
    if (at < now) at += (now - at) / *action.every * *action.every;
    for (; at <= end; at += *action.every) times.push_back(at);
    // Where it counts from is what a mutation breaks.
    for (at = world_.scenario.start; at <= end; at += *action.every) times.push_back(at);
  }
  for (Time at = now / minute * minute; at <= end; at += minute) times.push_back(at);
  std::sort(times.begin(), times.end());
  for (const Time at : times) {
    if (first ? at < now : at <= now) continue;
    const auto due = [&](const ScheduledAction& action) { return is_due(action, at); };
    if (std::none_of(fleet().scheduled.begin(), fleet().scheduled.end(), due)) continue;
    return world_.calendar.plan(at, [this] { act_by_the_clock(); });
  }
}

void FleetService::act_by_the_clock() {
  const bool is_suspended = (fleet().suspended & kScheduledActions) != 0 &&
                            !world_.broken(Mutation::kSuspendedActionsHappen);
  for (const ScheduledAction& action : fleet().scheduled) {
    if (is_suspended || !is_due(action, world_.now())) continue;
    note("scheduled");
    set_capacity(action.min, action.max, action.desired);
  }
  plan_scheduled(false);
}

}  // namespace skyreplay::reference
