#pragma once

#include <string>

#include "scenario/binder.h"

namespace skyreplay::scenario {

/// Derives what a group of Spot Instances leaves open, and checks that it may have them. `path` is
/// the group's (`services.web.ec2`).
void resolve_spot(proto::AutoScalingGroup& group, const std::string& region,
                  const std::string& path, const Places& places, Mistakes& mistakes);

}  // namespace skyreplay::scenario
