#pragma once

// What things cost in us-east-1, by a price list of the reference's own.

#include "reference/model/world.h"

namespace skyreplay::reference {

struct Span {
  Time start, end;
};

/// Whole seconds of one start that are billed up to `until` (E138, C120).
std::uint64_t billed_seconds(const Span& span, Time from, Time until, bool minimum);

/// What went through a load balancer since its start.
struct BalancerUse {
  std::uint64_t requests = 0, bytes = 0, in_flight_ms = 0, bytes_out = 0;
};
struct BalancerRules {
  bool full_hours = true;
  bool rules_count = true;
  bool hours_are_apart = true;
  bool has_functions = false;  ///< as targets
};

/// The hours that have begun by the last of `ends`, in seconds, and the capacity units (E118).
Meters balancer_meters(const Fleet& fleet, const Span& span, const std::vector<Time>& ends,
                       const std::vector<BalancerUse>& uses, const BalancerRules& rules);

/// What a Spot Instance costs after each of its changes of price.
/// What a unit of sale of an item costs.
std::string usd_of(const std::string& item);

inline constexpr const char* kSpotPrices[] = {"0.04", "0.02"};

/// By price, the seconds of an instance that ran from then on (E146): those of each hour count for
/// the price that held as it began.
std::vector<std::uint64_t> seconds_by_price(const Fleet& fleet, const Span& span, Time from,
                                            std::uint64_t seconds, bool of_launch);

/// Seconds billed of members, and times their size, of tasks.
struct Ran {
  std::uint64_t seconds = 0;
  std::uint64_t cpu = 0, memory = 0, spot_cpu = 0, spot_memory = 0;
};

/// A fleet's line items at the last of `ends`, the ends of windows, at which `uses` and the seconds
/// billed so far were read; `ran` are those of what is due also where an instance is free.
Meters fleet_meters(const Fleet& fleet, const Span& span, const std::vector<std::uint64_t>& seconds,
                    const Ran& ran, const std::vector<Time>& ends,
                    const std::vector<BalancerUse>& uses, bool has_bytes,
                    const BalancerRules& rules);

/// Quantity x price, rounded once, half to even, to 10^-9 USD. external.requests has the service's
/// own price, and what a Savings Plan pays for its discount.
std::int64_t amount(const std::string& item, std::uint64_t units, const Service& service);
/// The quantity in the unit of sale, to 15 decimals, half to even, without zeros at the end.
std::string quantity(const std::string& item, std::uint64_t units);

}  // namespace skyreplay::reference
