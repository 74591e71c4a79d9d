#include "pricing/billed_time.h"

#include <algorithm>
#include <utility>

#include "core/check.h"

namespace skyreplay::pricing {

BilledTime::BilledTime(BilledSpan span, std::chrono::seconds minimum, Duration free_if_interrupted)
    : span_(span), minimum_(minimum), free_if_interrupted_(free_if_interrupted) {
  SKY_CHECK(span.start <= span.end);
  SKY_CHECK(minimum.count() >= 0 && free_if_interrupted.count() >= 0);
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

/// Its start.
TimePoint BilledTime::stop(RunningId id, TimePoint at) {
  const auto slot = static_cast<std::uint32_t>(id);
  SKY_CHECK(slot < starts_.size() && starts_[slot] != kNotRunning && at >= starts_[slot]);
  free_.push_back(slot);
  return std::exchange(starts_[slot], kNotRunning);
}

void BilledTime::end(RunningId id, TimePoint at) { ended_seconds_ += seconds(stop(id, at), at); }

void BilledTime::interrupt(RunningId id, TimePoint at) {
  const TimePoint start = stop(id, at);
  const bool is_free = at < start + free_if_interrupted_ && at < span_.end;  // E41
  if (!is_free) ended_seconds_ += seconds(start, at);
}

std::uint64_t BilledTime::at(TimePoint now) const {
  std::uint64_t sum = ended_seconds_;
  for (const TimePoint start : starts_) {
    if (start == kNotRunning) continue;
    const bool may_be_free = now < start + free_if_interrupted_ && now < span_.end;
    if (!may_be_free) sum += seconds(start, now);
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
