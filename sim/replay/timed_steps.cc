#include "replay/timed_steps.h"

#include <algorithm>
#include <optional>
#include <tuple>

namespace skyreplay::replay {
namespace {

TimePoint later(TimePoint time, Duration by) {
  return by > kEndOfTime - time ? kEndOfTime : time + by;
}

TimePoint instant(const proto::Moment& moment, TimePoint start) {
  if (moment.has_offset_ns()) return later(start, Duration{moment.offset_ns()});
  return TimePoint{Duration{moment.instant_ns()}};
}

bool happens_at_once(const proto::Fault& fault) {
  return fault.has_kill_instances() || fault.has_interrupt_spot();
}

/// None where it lasts to the end of the run.
std::optional<TimePoint> end_of(const proto::Fault& fault, TimePoint start) {
  if (happens_at_once(fault)) return instant(fault.at(), start);
  if (fault.has_for_()) return later(instant(fault.at(), start), Duration{fault.for_().ns()});
  if (fault.has_until()) return instant(fault.until(), start);
  return std::nullopt;
}

}  // namespace

std::vector<TimedStep> timed_steps(const scenario::Scenario& scenario, TimePoint start) {
  std::vector<TimedStep> steps;
  for (std::size_t i = 0; i < scenario.changes().size(); ++i) {
    steps.push_back(
        {std::max(scenario.changes()[i].when(start), start), TimedStep::Kind::kChange, i});
  }
  for (int i = 0; i < scenario.message().operations_size(); ++i) {
    const TimePoint at = instant(scenario.message().operations(i).at(), start);
    if (at < start) continue;
    steps.push_back({at, TimedStep::Kind::kOperation, static_cast<std::size_t>(i)});
  }
  for (int i = 0; i < scenario.message().faults_size(); ++i) {
    const proto::Fault& fault = scenario.message().faults(i);
    const std::optional<TimePoint> end = end_of(fault, start);
    const bool is_over = end && (happens_at_once(fault) ? *end < start : *end <= start);
    if (is_over) continue;
    const auto index = static_cast<std::size_t>(i);
    steps.push_back(
        {std::max(instant(fault.at(), start), start), TimedStep::Kind::kFaultBegins, index});
    if (end && !happens_at_once(fault)) {
      steps.push_back({*end, TimedStep::Kind::kFaultEnds, index});
    }
  }
  std::stable_sort(steps.begin(), steps.end(), [](const TimedStep& a, const TimedStep& b) {
    return std::tie(a.at, a.kind) < std::tie(b.at, b.kind);
  });
  return steps;
}

}  // namespace skyreplay::replay
