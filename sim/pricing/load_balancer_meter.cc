#include "pricing/load_balancer_meter.h"

#include <algorithm>

#include "core/check.h"

namespace skyreplay::pricing {
namespace {

using Wide = unsigned __int128;
using Hours = std::chrono::hours;

constexpr std::uint64_t kSecondsPerHour = 3600;
constexpr std::uint64_t kFreeRules = 10;  // E119
constexpr Wide kNano = 1'000'000'000;     // a meter unit is 10^-9 LCU-hour
constexpr Wide kGb = Wide{1} << 30U;
constexpr Wide kConnections = 90'000;     // new in an hour at 25 a second
constexpr Wide kActiveMinutes = 180'000;  // connection-minutes of an hour at 3,000
constexpr Wide kEvaluations = 3'600'000;  // in an hour at 1,000 a second
constexpr Wide kMsPerMinute = 60'000;

/// The share of `count` that falls into the first `part` of `whole`, rounded down.
std::uint64_t share(std::uint64_t count, Duration part, Duration whole) {
  return static_cast<std::uint64_t>(Wide{count} * static_cast<std::uint64_t>(part.count()) /
                                    static_cast<std::uint64_t>(whole.count()));
}

LoadBalancerUse share(const LoadBalancerUse& use, Duration part, Duration whole) {
  return {share(use.requests, part, whole), share(use.bytes, part, whole),
          share(use.in_flight_ms, part, whole)};
}

LoadBalancerUse operator-(const LoadBalancerUse& a, const LoadBalancerUse& b) {
  SKY_CHECK(a.requests >= b.requests && a.bytes >= b.bytes && a.in_flight_ms >= b.in_flight_ms);
  return {a.requests - b.requests, a.bytes - b.bytes, a.in_flight_ms - b.in_flight_ms};
}

LoadBalancerUse operator+(const LoadBalancerUse& a, const LoadBalancerUse& b) {
  return {a.requests + b.requests, a.bytes + b.bytes, a.in_flight_ms + b.in_flight_ms};
}

}  // namespace

LoadBalancerMeter::LoadBalancerMeter(const Catalogue& catalogue, const LoadBalancer& balancer,
                                     std::string_view region, BilledSpan span, Meters& meters)
    : balancer_(balancer),
      span_(span),
      hour_item_(meters.add_item(catalogue.tariff("alb.load_balancer", region))),
      lcu_item_(meters.add_item(catalogue.tariff("alb.lcu", region))),
      read_until_(span.start) {
  SKY_CHECK(balancer.requests_per_connection_milli > 0);
  SKY_CHECK(span.start <= span.end);
}

void LoadBalancerMeter::read(TimePoint now, const LoadBalancerUse& use, Meters& meters) {
  SKY_CHECK(now >= read_until_);
  take_in(now, use - seen_);
  seen_ = use;
  meters.advance_to(hour_item_, hour_seconds(now));
  meters.advance_to(lcu_item_, past_nano_lcu_ + hour_nano_lcu());
}

void LoadBalancerMeter::take_in(TimePoint now, LoadBalancerUse fresh) {
  for (TimePoint end = next_hour(read_until_); end <= now; end = next_hour(read_until_)) {
    const LoadBalancerUse before = share(fresh, end - read_until_, now - read_until_);
    hour_ = hour_ + before;
    fresh = fresh - before;
    close_hour();
    read_until_ = end;
  }
  hour_ = hour_ + fresh;
  read_until_ = now;
}

void LoadBalancerMeter::close_hour() {
  past_nano_lcu_ += hour_nano_lcu();
  hour_ = {};
}

TimePoint LoadBalancerMeter::next_hour(TimePoint now) const {
  SKY_CHECK(now >= span_.start);
  return span_.start + std::chrono::floor<Hours>(now - span_.start) + Hours(1);
}

// E118: a partial hour is a full hour. An hour that would begin at the span's end is not begun.
std::uint64_t LoadBalancerMeter::hour_seconds(TimePoint now) const {
  const Hours begun = now < span_.end
                          ? std::chrono::floor<Hours>(now - span_.start) + Hours(1)
                          : std::max(Hours(1), std::chrono::ceil<Hours>(span_.end - span_.start));
  return static_cast<std::uint64_t>(begun.count()) * kSecondsPerHour;
}

// E119: of the four dimensions only the largest is charged. Connections are requests x 1,000 /
// requests_per_connection_milli, kept as a fraction.
std::uint64_t LoadBalancerMeter::hour_nano_lcu() const {
  const Wide per_connection = balancer_.requests_per_connection_milli;
  const Wide opened_milli = Wide{hour_.requests} * 1000;
  const Wide rules = balancer_.rules > kFreeRules ? balancer_.rules - kFreeRules : 0;
  const Wide dimensions[] = {
      opened_milli * kNano / (per_connection * kConnections),
      (opened_milli * kMsPerMinute + Wide{hour_.in_flight_ms} * per_connection) * kNano /
          (per_connection * kMsPerMinute * kActiveMinutes),
      // E118: 1 GB an hour is one LCU, or 0.4 of functions.
      balancer_.has_functions ? Wide{hour_.bytes} * 5 * kNano / (2 * kGb)
                              : Wide{hour_.bytes} * kNano / kGb,
      Wide{hour_.requests} * rules * kNano / kEvaluations,
  };
  return static_cast<std::uint64_t>(
      *std::max_element(std::begin(dimensions), std::end(dimensions)));
}

}  // namespace skyreplay::pricing
