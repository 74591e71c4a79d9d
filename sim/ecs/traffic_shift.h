#pragma once

#include <algorithm>
#include <cstdint>

#include "balancing/target_group.h"
#include "core/time.h"

namespace skyreplay::ecs {

/// How a deployment takes the traffic over once as many of its tasks as desired are healthy: some
/// of it at first, more after each pause, and when it has had all of it for the bake time, the old
/// tasks go (C58). Parts are of TargetGroup::kAll.
struct TrafficShift {
  std::uint32_t first = balancing::TargetGroup::kAll;
  std::uint32_t step = 0;  ///< REQUIRES above 0 where first is not all
  Duration pause{};        ///< before each step
  Duration bake{};

  /// What follows `shifted` parts.
  std::uint32_t next(std::uint32_t shifted) const {
    return std::min(balancing::TargetGroup::kAll, shifted == 0 ? first : shifted + step);
  }
};

}  // namespace skyreplay::ecs
