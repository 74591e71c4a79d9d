// Scheduled actions (E77).
#include "reference/model/clock.h"
#include "reference/model/fleet_service.h"

namespace skyreplay::reference {

Scheduler FleetService::scheduler() const {
  return fleet().fargate ? Scheduler::kApplicationAutoScaling : Scheduler::kGroup;
}

void FleetService::plan_scheduled(bool first) {
  const auto at = next_due(world_, fleet().scheduled, scheduler(), first);
  if (at) world_.calendar.plan(*at, [this] { act_by_the_clock(); });
}

void FleetService::act_by_the_clock() {
  const bool is_suspended = (fleet().suspended & kScheduledActions) != 0 &&
                            !world_.broken(Mutation::kSuspendedActionsHappen);
  for (const ScheduledAction& action : fleet().scheduled) {
    if (is_suspended || !is_due(world_, action, scheduler(), world_.now())) continue;
    note("scheduled");
    set_capacity(action.min, action.max, action.desired);
  }
  plan_scheduled(false);
}

}  // namespace skyreplay::reference
