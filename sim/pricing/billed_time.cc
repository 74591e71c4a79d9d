#include "pricing/billed_time.h"

#include <algorithm>

#include "core/check.h"

namespace skyreplay::pricing {

BilledTime::BilledTime(BilledSpan span, std::chrono::seconds minimum)
    : span_(span), minimum_(minimum) {
  SKY_CHECK(span.start <= span.end);
  SKY_CHECK(minimum.count() >= 0);
}

RunningId BilledTime::start(TimePoint at) {
  SKY_CHECK(at < kNotRunning);
  if (free_.empty()) {
    starts_.push_back(at);
    return RunningId{static_cast<std::uint32_t>(starts_.size() - 1)};
  }
  const std::uint32_t slot = free_.back();
  free_.pop_back();
  starts_[slot] = at;
  return RunningId{slot};
}

void BilledTime::end(RunningId id, TimePoint at) {
  const auto slot = static_cast<std::uint32_t>(id);
  SKY_CHECK(slot < starts_.size() && starts_[slot] != kNotRunning && at >= starts_[slot]);
  ended_seconds_ += seconds(starts_[slot], at);
  starts_[slot] = kNotRunning;
  free_.push_back(slot);
}

std::uint64_t BilledTime::at(TimePoint now) const {
  std::uint64_t sum = ended_seconds_;
  for (const TimePoint start : starts_) {
    if (start != kNotRunning) sum += seconds(start, now);
  }
  return sum;
}

// E138, E140, C119: rounded up for each start, and no less than the minimum.
std::uint64_t BilledTime::seconds(TimePoint start, TimePoint end) const {
  if (start >= span_.end) return 0;
  const bool ran_before = start < span_.start;
  const TimePoint from = std::max(start, span_.start);
  const TimePoint to = std::max(from, std::min(end, span_.end));
  const auto billed = std::chrono::ceil<std::chrono::seconds>(to - from);
  return static_cast<std::uint64_t>((ran_before ? billed : std::max(billed, minimum_)).count());
}

}  // namespace skyreplay::pricing
