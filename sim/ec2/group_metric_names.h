#pragma once

#include "balancing/fleet_metrics.h"

namespace skyreplay::ec2 {

/// What the metrics of a group are called. Those of period 0 are reported as often as the
/// instances' monitoring says (E97).
balancing::FleetMetricNames group_metrics();

}  // namespace skyreplay::ec2
