#include <utility>

#include "lambda/functions.h"

// Functions as CloudWatch counts them (L42, L43, L100).

namespace skyreplay::lambda {

std::uint32_t Functions::in_flight_of(std::uint32_t unit) const {
  const std::uint32_t provisioned = provisioned_[unit] ? provisioned_[unit]->in_flight : 0;
  return functions_[unit].in_flight + provisioned;
}

AccountConcurrency Functions::account_concurrency() const {
  return {.executions = concurrent_executions(),
          .unreserved = in_flight_[kUnreserved],
          .claimed = in_flight_[kUnreserved] + set_aside_};
}

void Functions::see_concurrency() {
  if (metrics_ != nullptr) metrics_->see(account_concurrency());
}

/// A request that was accepted; one that is restored in vain takes its place, and never runs (L5).
void Functions::count_begun(std::uint32_t unit, const workload::Request& request) {
  if (metrics_ == nullptr) return;
  const bool never_runs =
      request.init > Duration{} && environments_[request.place].billing_start == kEndOfTime;
  never_runs ? metrics_->began_nothing(unit, in_flight_of(unit))
             : metrics_->began(unit, in_flight_of(unit));
  see_concurrency();
}

void Functions::count_ended(std::uint32_t unit, const workload::Request& request,
                            metrics::Outcome outcome) {
  if (metrics_ == nullptr) return;
  const TimePoint began =
      request.init > Duration{} ? environments_[request.place].invoke_start : request.attempt;
  metrics_->ended(unit, loop_.now() - began, outcome != metrics::Outcome::kCompleted);
}

/// Of the window in hand.
metrics::FunctionCounts Functions::take_counts(std::uint32_t unit) {
  metrics::FunctionCounts counts;
  if (metrics_ != nullptr) counts = metrics_->take(unit, in_flight_of(unit));
  counts.recursive_invocations_dropped = std::exchange(cold_[unit].loops_stopped, 0);
  return counts;
}

}  // namespace skyreplay::lambda
