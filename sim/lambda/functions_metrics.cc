#include <utility>

#include "lambda/functions.h"

// Functions as CloudWatch counts them (L42, L43, L100).

namespace skyreplay::lambda {

void Functions::see_concurrency() {
  if (metrics_ != nullptr) metrics_->see(account_concurrency());
}

/// Of the window in hand.
metrics::FunctionCounts Functions::take_counts(std::uint32_t unit) {
  metrics::FunctionCounts counts;
  if (metrics_ != nullptr) {
    counts = metrics_->take(unit, {functions_[unit].requests, in_flight_of(unit)});
  }
  counts.recursive_invocations_dropped = std::exchange(cold_[unit].loops_stopped, 0);
  return counts;
}

}  // namespace skyreplay::lambda
