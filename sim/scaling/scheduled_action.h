#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>

#include "core/time.h"
#include "scaling/recurrence.h"

namespace skyreplay::scaling {

/// What somebody sets of a capacity: an action by the clock, a change. None: it stays as it is.
struct CapacityChange {
  std::optional<std::uint32_t> minimum{};
  std::optional<std::uint32_t> maximum{};
  std::optional<std::uint32_t> desired{};
};

/// Between which numbers a capacity moves (E1).
struct CapacityBounds {
  std::uint32_t minimum = 0;
  std::uint32_t maximum = 0;

  /// Whoever sets one sets it from then on. Where the two would cross, the one that is not set
  /// gives way (E2).
  void set(const CapacityChange& change) {
    if (change.minimum) minimum = *change.minimum;
    if (change.maximum) maximum = *change.maximum;
    if (!change.maximum) maximum = std::max(maximum, minimum);
    if (!change.minimum) minimum = std::min(minimum, maximum);
  }
  std::uint32_t clamp(std::uint32_t capacity) const {
    return std::clamp(capacity, minimum, maximum);
  }
};

/// When something happens: at `start_time`, and then by the recurrence, before `end_time` (E77), or
/// again and again at one distance (C110).
struct Schedule {
  std::optional<TimePoint> start_time{};  ///< none: with the first time of the recurrence
  std::optional<TimePoint> end_time{};
  std::optional<Recurrence> recurrence{};  ///< none: once
  std::optional<Duration> every{};         ///< from start_time on; REQUIRES one, and no recurrence
  std::optional<TimePoint> not_before{};   ///< the recurrence begins then, or later

  /// The first time after `time`; kEndOfTime where there is none. Cost as of Recurrence::next.
  TimePoint next(TimePoint time) const {
    if (start_time && *start_time > time) return *start_time;
    TimePoint next = kEndOfTime;
    if (every) next = *start_time + ((time - *start_time) / *every + 1) * *every;
    if (recurrence && not_before) time = std::max(time, *not_before - Duration{1});
    if (recurrence) next = recurrence->next(time);
    return end_time && next >= *end_time ? kEndOfTime : next;
  }
};

/// Sets a capacity by the clock (E2).
struct ScheduledAction {
  std::string name;
  CapacityChange capacity{};
  Schedule schedule{};
};

}  // namespace skyreplay::scaling
