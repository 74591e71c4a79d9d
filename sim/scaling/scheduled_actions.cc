#include "scaling/scheduled_actions.h"

#include <algorithm>

namespace skyreplay::scaling {

ScheduledActions::ScheduledActions(kernel::Loop& loop, const std::vector<ScheduledAction>& actions,
                                   Act act)
    : loop_(loop), act_(std::move(act)), process_(loop.add(*this)) {
  for (const ScheduledAction& action : actions) {
    planned_.push_back({action, action.schedule.next(loop.now() - Duration{1})});
  }
  schedule_next();
}

void ScheduledActions::schedule_next() {
  TimePoint next = kEndOfTime;
  for (const Planned& planned : planned_) next = std::min(next, planned.next);
  if (next != kEndOfTime) loop_.schedule(next, process_, 0, 0);
}

void ScheduledActions::fire(const kernel::Event&) {
  for (Planned& planned : planned_) {
    if (planned.next > loop_.now()) continue;
    planned.next = planned.action.schedule.next(loop_.now());
    if (!suspended_) act_(planned.action);
  }
  schedule_next();
}

}  // namespace skyreplay::scaling
