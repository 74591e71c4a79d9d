#include "core/check.h"
#include "replay/scaling_model.h"

namespace skyreplay::replay {

TimePoint instant(const proto::Moment& moment, TimePoint trace_start) {
  if (moment.has_offset_ns()) return trace_start + Duration{moment.offset_ns()};
  return TimePoint{Duration{moment.instant_ns()}};
}

std::vector<scaling::ScheduledAction> scheduled_actions(const proto::AutoScalingGroup& group,
                                                        TimePoint trace_start) {
  std::vector<scaling::ScheduledAction> actions;
  for (const proto::ScheduledAction& from : group.scheduled_actions()) {
    scaling::ScheduledAction& to = actions.emplace_back();
    to.name = from.scheduled_action_name();
    if (from.has_min_size()) to.capacity.minimum = from.min_size();
    if (from.has_max_size()) to.capacity.maximum = from.max_size();
    if (from.has_desired_capacity()) to.capacity.desired = from.desired_capacity();
    scaling::Schedule& schedule = to.schedule;
    if (from.has_start_time()) schedule.start_time = instant(from.start_time(), trace_start);
    if (from.has_end_time()) schedule.end_time = instant(from.end_time(), trace_start);
    if (!from.has_recurrence()) continue;
    std::string mistake;
    schedule.recurrence = scaling::Recurrence::parse(
        from.recurrence(), from.has_time_zone() ? from.time_zone() : scaling::kUtc, mistake);
    SKY_CHECK(schedule.recurrence);  // resolved
  }
  return actions;
}

}  // namespace skyreplay::replay
