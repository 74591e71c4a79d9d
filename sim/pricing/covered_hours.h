#pragma once

#include <cstdint>

#include "pricing/billed_time.h"

namespace skyreplay::pricing {

/// A price or a commitment per hour, in 10^-12 USD: exact for every list price.
enum class PicoUsd : std::uint64_t {};

/// What is paid for whether it is used or not (E143).
struct Coverage {
  std::uint32_t reserved_instances = 0;
  PicoUsd commitment{};  ///< of a Savings Plan, per hour; 0 where there is none
  PicoUsd
      plan_price{};  ///< of an instance-hour under that plan. REQUIRES above 0 with a commitment
};

/// How the seconds that instances ran were paid for.
struct CoveredSeconds {
  std::uint64_t reserved = 0;
  std::uint64_t plan = 0;
  std::uint64_t on_demand = 0;
};

/// Tells which of the seconds that like instances ran are covered by what was committed (E143).
///
/// **Method.** In each clock hour (UTC), Reserved Instances cover up to 3,600 s each, by however
/// many instances they were used; then a Savings Plan covers what its commitment pays for at the
/// plan's price, in whole seconds; the rest is on demand. Neither carries over. An hour that lies
/// only partly in the span has only that part's share, rounded up to a second as use is. Within an
/// hour the use so far is taken as the hour's: each of the three only grows. Where an hour ends
/// between two readings, what was used between them is split in proportion to time.
/// **Cost** O(hours since the last reading).
class CoveredHours {
 public:
  CoveredHours(const Coverage& coverage, BilledSpan span);

  /// Takes in that instances ran `seconds` in all until `now`. REQUIRES neither below the last
  /// reading's, nor `now` before the span.
  void read(TimePoint now, std::uint64_t seconds);

  CoveredSeconds seconds() const;
  /// Of the span until `now`, rounded up: what commitments run for.
  std::uint64_t elapsed(TimePoint now) const;

 private:
  CoveredSeconds of_hour() const;
  void close_hour();

  Coverage coverage_;
  BilledSpan span_;
  TimePoint hour_start_;  ///< of the hour in hand
  TimePoint read_until_;
  std::uint64_t seen_ = 0;  ///< seconds up to read_until_
  std::uint64_t hour_ = 0;  ///< of them, in the hour in hand
  CoveredSeconds past_;     ///< of the hours before
};

}  // namespace skyreplay::pricing
