#pragma once

#include "balancing/fleet_metrics.h"

namespace skyreplay::ecs {

/// What the metrics of a service are called (C94, C95). All are reported every minute.
balancing::FleetMetricNames service_metrics();

}  // namespace skyreplay::ecs
