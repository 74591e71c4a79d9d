#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "ec2/auto_scaling_group.h"
#include "skyreplay/scenario.pb.h"

namespace skyreplay::replay {

/// A group's policies and alarms, read from the resolved message; none where it has neither.
/// `entity` is the group's name path, of which each alarm's second is drawn. Throws InputError
/// where a metric counts bytes and the trace has none.
std::optional<ec2::GroupScalingConfig> scaling_config(const proto::AutoScalingGroup& group,
                                                      const std::string& entity,
                                                      const std::string& service,
                                                      std::uint64_t seed, bool has_bytes);

/// `moment` of a run whose trace begins at `trace_start`.
TimePoint instant(const proto::Moment& moment, TimePoint trace_start);

/// A group's scheduled actions, read from the resolved message.
std::vector<scaling::ScheduledAction> scheduled_actions(const proto::AutoScalingGroup& group,
                                                        TimePoint trace_start);

/// Those of a target of Application Auto Scaling (C110).
std::vector<scaling::ScheduledAction> scheduled_actions(
    const google::protobuf::RepeatedPtrField<proto::ServiceScheduledAction>& actions,
    TimePoint trace_start);

ec2::Suspended suspended_processes(const proto::AutoScalingGroup& group);

}  // namespace skyreplay::replay
