#pragma once

#include <algorithm>
#include <cstdint>

#include "core/time.h"

namespace skyreplay::ecs {

/// The health check of a task's container (C26): a command that ECS runs every `interval` from the
/// start of the container on, which succeeds once the application can answer. `retries` failures
/// in a row make the container unhealthy; those within the start period do not count.
///
/// Not modeled here: a command that takes time, or waits for a busy application.
struct ContainerCheck {
  Duration interval = std::chrono::seconds{30};
  std::uint32_t retries = 3;
  Duration start_period{};

  /// When a container that runs from `start`, and can answer from `ready` on, is healthy; never at
  /// kEndOfTime.
  TimePoint healthy_at(TimePoint start, TimePoint ready) const {
    if (ready == kEndOfTime) return kEndOfTime;
    return start + interval * checks_until(std::max(ready - start, Duration{1}));
  }
  /// When it is unhealthy before that; kEndOfTime: it is not.
  TimePoint unhealthy_at(TimePoint start, TimePoint ready) const {
    const std::int64_t first = checks_until(std::max(start_period, Duration{1}));
    const TimePoint last = start + interval * (first + retries - 1);
    return last < healthy_at(start, ready) ? last : kEndOfTime;
  }

 private:
  /// How many there are before the first at or after `since` the start, with that one.
  std::int64_t checks_until(Duration since) const {
    return (since + interval - Duration{1}) / interval;
  }
};

}  // namespace skyreplay::ecs
