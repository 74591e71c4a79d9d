#pragma once

#include <string>

#include "scenario/binder.h"

namespace skyreplay::scenario {

/// Reports what is wrong with a group's scheduled actions: how many there are, what they set, when
/// they happen (E2, E5, E77). `path` is the group's (`services.web.ec2`).
void check_scheduled_actions(const proto::AutoScalingGroup& group, const std::string& path,
                             const Places& places, Mistakes& mistakes);

}  // namespace skyreplay::scenario
