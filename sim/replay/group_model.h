#pragma once

#include <vector>

#include "balancing/termination.h"
#include "ec2/lifecycle_hooks.h"
#include "skyreplay/scenario.pb.h"

namespace skyreplay::replay {

/// Who of a group goes first, read from the resolved message (E33).
balancing::TerminationRule termination_rule(const proto::AutoScalingGroup& group);

/// A group's hooks of one transition.
std::vector<ec2::LifecycleHook> lifecycle_hooks(const proto::AutoScalingGroup& group,
                                                proto::LifecycleHook::Transition transition);

}  // namespace skyreplay::replay
