#include "pricing/billed_time.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "core/check.h"

namespace skyreplay::pricing {

BilledTime::BilledTime(BilledSpan span, std::chrono::seconds minimum, Duration free_if_interrupted,
                       std::vector<TimePoint> price_changes)
    : span_(span),
      minimum_(minimum),
      free_if_interrupted_(free_if_interrupted),
      price_changes_(std::move(price_changes)),
      ended_seconds_(price_changes_.size() + 1) {
  SKY_CHECK(std::ranges::is_sorted(price_changes_));
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

void BilledTime::end(RunningId id, TimePoint at) { add(stop(id, at), at, ended_seconds_); }

void BilledTime::interrupt(RunningId id, TimePoint at) {
  const TimePoint start = stop(id, at);
  const bool is_free = at < start + free_if_interrupted_ && at < span_.end;  // E41
  if (!is_free) add(start, at, ended_seconds_);
}

std::uint64_t BilledTime::at(TimePoint now) const {
  const std::vector<std::uint64_t> sums = by_price(now);
  return std::accumulate(sums.begin(), sums.end(), std::uint64_t{0});
}

std::vector<std::uint64_t> BilledTime::by_price(TimePoint now) const {
  std::vector<std::uint64_t> sums = ended_seconds_;
  for (const TimePoint start : starts_) {
    if (start == kNotRunning) continue;
    const bool may_be_free = now < start + free_if_interrupted_ && now < span_.end;
    if (!may_be_free) add(start, now, sums);
  }
  return sums;
}

void BilledTime::add(TimePoint start, TimePoint end, std::vector<std::uint64_t>& by_price) const {
  constexpr std::chrono::hours kHour{1};
  constexpr std::uint64_t kHourSeconds = 3600;
  std::uint64_t left = seconds(start, end);
  TimePoint hour = std::max(start, span_.start);
  while (left > 0) {
    const auto price = std::ranges::upper_bound(price_changes_, hour) - price_changes_.begin();
    const bool is_last_price = by_price.size() == static_cast<std::size_t>(price) + 1;
    const std::uint64_t part = is_last_price ? left : std::min(left, kHourSeconds);
    by_price[static_cast<std::size_t>(price)] += part;
    left -= part;
    hour += kHour;
  }
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
