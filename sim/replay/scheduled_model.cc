#include "core/check.h"
#include "replay/scaling_model.h"
#include "scaling/schedule_expression.h"

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

/// C110.
std::vector<scaling::ScheduledAction> scheduled_actions(
    const google::protobuf::RepeatedPtrField<proto::ServiceScheduledAction>& listed,
    TimePoint trace_start) {
  std::vector<scaling::ScheduledAction> actions;
  for (const proto::ServiceScheduledAction& from : listed) {
    std::string mistake;
    const auto schedule = scaling::parse_schedule(
        from.schedule(), from.has_timezone() ? from.timezone() : scaling::kUtc, mistake);
    SKY_CHECK(schedule);  // resolved
    scaling::ScheduledAction& to = actions.emplace_back();
    to.name = from.scheduled_action_name();
    const proto::ScalableTargetAction& sets = from.scalable_target_action();
    if (sets.has_min_capacity()) to.capacity.minimum = sets.min_capacity();
    if (sets.has_max_capacity()) to.capacity.maximum = sets.max_capacity();
    to.schedule = *schedule;
    if (from.has_start_time()) {
      const TimePoint start = instant(from.start_time(), trace_start);
      (to.schedule.every ? to.schedule.start_time : to.schedule.not_before) = start;
    }
    if (from.has_end_time()) to.schedule.end_time = instant(from.end_time(), trace_start);
  }
  return actions;
}

}  // namespace skyreplay::replay
