#include "pricing/covered_hours.h"

#include <algorithm>

#include "core/check.h"

namespace skyreplay::pricing {
namespace {

using Hours = std::chrono::hours;
using Wide = unsigned __int128;

std::uint64_t whole_seconds(Duration duration) {
  return static_cast<std::uint64_t>(std::chrono::ceil<std::chrono::seconds>(duration).count());
}

}  // namespace

CoveredHours::CoveredHours(const Coverage& coverage, BilledSpan span)
    : coverage_(coverage),
      span_(span),
      hour_start_(std::chrono::floor<Hours>(span.start)),
      read_until_(span.start) {
  SKY_CHECK(coverage.commitment == PicoUsd{0} || coverage.plan_price > PicoUsd{0});
}

CoveredSeconds CoveredHours::of_hour() const {
  const TimePoint from = std::max(hour_start_, span_.start);
  const TimePoint to = std::max(from, std::min(hour_start_ + Hours(1), span_.end));
  const std::uint64_t length = whole_seconds(to - from);
  CoveredSeconds of;
  of.reserved = std::min<std::uint64_t>(hour_, length * coverage_.reserved_instances);
  const std::uint64_t rest = hour_ - of.reserved;
  if (coverage_.commitment > PicoUsd{0}) {
    const Wide paid = Wide{static_cast<std::uint64_t>(coverage_.commitment)} * length /
                      static_cast<std::uint64_t>(coverage_.plan_price);
    of.plan = paid < rest ? static_cast<std::uint64_t>(paid) : rest;
  }
  of.on_demand = rest - of.plan;
  return of;
}

void CoveredHours::close_hour() {
  const CoveredSeconds of = of_hour();
  past_.reserved += of.reserved;
  past_.plan += of.plan;
  past_.on_demand += of.on_demand;
  hour_ = 0;
}

void CoveredHours::read(TimePoint now, std::uint64_t seconds) {
  SKY_CHECK(now >= read_until_ && seconds >= seen_);
  std::uint64_t fresh = seconds - seen_;
  seen_ = seconds;
  // What is read at the very end of an hour belongs to it.
  for (TimePoint end = hour_start_ + Hours(1); now > end; end += Hours(1)) {
    const auto all = static_cast<std::uint64_t>((now - read_until_).count());
    const auto before = static_cast<std::uint64_t>((end - read_until_).count());
    const auto here = static_cast<std::uint64_t>(Wide{fresh} * before / all);
    hour_ += here;
    fresh -= here;
    close_hour();
    hour_start_ = read_until_ = end;
  }
  hour_ += fresh;
  read_until_ = now;
}

CoveredSeconds CoveredHours::seconds() const {
  const CoveredSeconds of = of_hour();
  return {past_.reserved + of.reserved, past_.plan + of.plan, past_.on_demand + of.on_demand};
}

std::uint64_t CoveredHours::elapsed(TimePoint now) const {
  return whole_seconds(std::clamp(now, span_.start, span_.end) - span_.start);
}

}  // namespace skyreplay::pricing
