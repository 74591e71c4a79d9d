#pragma once

#include <string>
#include <vector>

#include "balancing/termination.h"
#include "ec2/lifecycle_hooks.h"
#include "ec2/spot_interruptions.h"
#include "pricing/instance_meter.h"
#include "skyreplay/scenario.pb.h"

namespace skyreplay::replay {

/// Who of a group goes first, read from the resolved message (E33).
balancing::TerminationRule termination_rule(const proto::AutoScalingGroup& group);

/// A group's hooks of one transition.
std::vector<ec2::LifecycleHook> lifecycle_hooks(const proto::AutoScalingGroup& group,
                                                proto::LifecycleHook::Transition transition);

/// E36: what the price of its Spot Instances is in the Region, and whether that is above what the
/// group pays at most; where that becomes another. `purchase` has the scenario's own prices.
std::vector<ec2::SpotPriceStep> spot_prices(const proto::AutoScalingGroup& group,
                                            const pricing::Purchase& purchase,
                                            const std::string& region, TimePoint trace_start);

}  // namespace skyreplay::replay
