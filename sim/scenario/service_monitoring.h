#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "scenario/binder.h"
#include "skyreplay/scenario.pb.h"

namespace skyreplay::scenario {

/// How often a metric of high resolution is reported (C94).
inline constexpr std::chrono::seconds kShortPeriod{20};

bool is_high_resolution(proto::ServicePredefinedMetricSpecification::Type metric);

/// Whether the service reports a metric of its own, such as CPUUtilization (C93), every 20 s (C94).
bool is_monitored_closely(const proto::EcsService& service, const std::string& metric_name);
/// How many metrics it does.
std::uint32_t closely_monitored(const proto::EcsService& service);

/// C94: checks what a service says of its monitoring, and fills in what such metrics cost and when
/// they are seen. `path` is the service's.
void resolve_monitoring(proto::EcsService& service, const std::string& path, const Places& places,
                        Mistakes& mistakes);

}  // namespace skyreplay::scenario
