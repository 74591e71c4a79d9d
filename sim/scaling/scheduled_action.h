#pragma once

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

/// When something happens: at `start_time`, and then by the recurrence, before `end_time` (E77).
struct Schedule {
  std::optional<TimePoint> start_time{};  ///< none: with the first time of the recurrence
  std::optional<TimePoint> end_time{};
  std::optional<Recurrence> recurrence{};  ///< none: once

  /// The first time after `time`; kEndOfTime where there is none. Cost as of Recurrence::next.
  TimePoint next(TimePoint time) const {
    if (start_time && *start_time > time) return *start_time;
    if (!recurrence) return kEndOfTime;
    const TimePoint next = recurrence->next(time);
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
