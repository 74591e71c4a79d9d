#pragma once

#include <cstdint>
#include <string_view>

#include "pricing/billed_time.h"
#include "pricing/catalogue.h"
#include "pricing/meters.h"

namespace skyreplay::pricing {

/// What of an Application Load Balancer its price depends on.
struct LoadBalancer {
  /// Requests that a client's connection carries before it closes, in thousandths: 1,000 opens a
  /// connection for every request. REQUIRES: above 0.
  std::uint32_t requests_per_connection_milli = 1000;
  std::uint32_t rules = 0;     ///< processed for each request; 10 are free
  bool has_functions = false;  ///< its targets are Lambda functions
};

/// What went through a load balancer since it started; counts that only grow.
struct LoadBalancerUse {
  std::uint64_t requests = 0;
  std::uint64_t bytes = 0;         ///< in and out
  std::uint64_t in_flight_ms = 0;  ///< requests in flight, integrated over time: request x ms
};

/// Meters one Application Load Balancer (E118): hours, a begun one in full from its beginning, and
/// capacity units (LCU).
///
/// **Method.** In each hour since the balancer started, the largest of four dimensions is charged
/// (E119), each averaged over the whole hour: new connections / 25 a second, active connections /
/// 3,000, bytes / 1 GB an hour (0.4 GB where its targets are functions), rule evaluations / 1,000 a
/// second. Within an hour a reading takes the use so far as the hour's; it only grows, as each
/// dimension does, and ends as the hour's charge. Counted in 10^-9 LCU-hour, each hour rounded
/// down. New connections are requests / requests per connection. ASSUMED: the connections active in
/// a minute are those opened in it and the requests in flight (their time mean), so keep-alive
/// connections that carry nothing are left out. Rule evaluations are requests x (rules - 10).
/// Where an hour ends between two readings, what was used between them is split in proportion to
/// time; who reads at next_hour() splits nothing.
/// **Cost** O(hours since the last reading).
class LoadBalancerMeter {
 public:
  /// A balancer that runs for the whole span. Adds "alb.load_balancer" and "alb.lcu" to `meters`.
  /// Throws InputError where a price in `region` is not known. REQUIRES: see LoadBalancer.
  LoadBalancerMeter(const Catalogue& catalogue, const LoadBalancer& balancer,
                    std::string_view region, BilledSpan span, Meters& meters);

  /// Takes in what was used up to `now` and brings `meters` up to it: seconds of begun hours, and
  /// 10^-9 LCU-hour. What is used after the span, by requests that arrived in it, is charged; hours
  /// are not. REQUIRES: neither `now` nor a count of `use` lies below the last reading's, nor `now`
  /// before the span.
  void read(TimePoint now, const LoadBalancerUse& use, Meters& meters);

  /// The end of the hour that runs at `now`. REQUIRES: `now` is not before the span.
  TimePoint next_hour(TimePoint now) const;

 private:
  void take_in(TimePoint now, LoadBalancerUse fresh);
  void close_hour();
  std::uint64_t hour_seconds(TimePoint now) const;
  std::uint64_t hour_nano_lcu() const;

  LoadBalancer balancer_;
  BilledSpan span_;
  std::uint32_t hour_item_;
  std::uint32_t lcu_item_;
  TimePoint read_until_;
  LoadBalancerUse seen_;             ///< up to read_until_
  LoadBalancerUse hour_;             ///< of it, in the hour that runs at read_until_
  std::uint64_t past_nano_lcu_ = 0;  ///< of the hours before
};

}  // namespace skyreplay::pricing
