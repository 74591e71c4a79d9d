#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "core/time.h"
#include "metrics/window_row.h"

namespace skyreplay::lambda {

/// How much of the account's concurrency is in use (L42, L43).
struct AccountConcurrency {
  std::uint32_t executions = 0;  ///< requests in flight over all functions
  std::uint32_t unreserved = 0;  ///< of them, of functions without a reservation, on demand
  std::uint32_t claimed = 0;     ///< those, and what is reserved or provisioned, used or not
};

/// All functions as CloudWatch counts them, of the window in hand. **Cost** O(1) an invocation, and
/// O(1) a row.
class FunctionMetrics {
 public:
  /// So many functions have their places. REQUIRES no fewer than before.
  void reserve(std::size_t functions) { functions_.resize(functions); }

  /// An invocation of the function began, with which so many of it are in flight.
  void began(std::uint32_t unit, std::uint32_t in_flight) {
    Counts& of = functions_[unit];
    ++of.invocations;
    raise(of.concurrent_executions_max, in_flight);
  }
  /// One is in flight that never gets to its invocation (L5).
  void began_nothing(std::uint32_t unit, std::uint32_t in_flight) {
    raise(functions_[unit].concurrent_executions_max, in_flight);
  }
  void ended(std::uint32_t unit, Duration invoke, bool failed) {
    Counts& of = functions_[unit];
    const auto us = static_cast<std::uint64_t>(invoke.count()) / 1000;
    ++of.ended;
    of.duration_us += us;
    of.duration_max_us = std::max(of.duration_max_us, us);
    of.errors += failed;
  }
  void throttled(std::uint32_t unit) { ++functions_[unit].throttles; }
  /// What the account has in use rose, or may have.
  void see(const AccountConcurrency& now) {
    raise(account_.executions, now.executions);
    raise(account_.unreserved, now.unreserved);
    raise(account_.claimed, now.claimed);
  }

  /// Of the window in hand; the function's own next one begins with what is in flight.
  metrics::FunctionCounts take(std::uint32_t unit, std::uint32_t in_flight) {
    const Counts taken = functions_[unit];
    functions_[unit] = {.concurrent_executions_max = in_flight};
    return {.invocations = taken.invocations,
            .ended = taken.ended,
            .duration_us = taken.duration_us,
            .duration_max_us = taken.duration_max_us,
            .errors = taken.errors,
            .throttles = taken.throttles,
            .concurrent_executions_max = taken.concurrent_executions_max,
            .account_concurrent_executions_max = account_.executions,
            .unreserved_concurrent_executions_max = account_.unreserved,
            .claimed_account_concurrency_max = account_.claimed};
  }
  /// The next window begins.
  void begin_window(const AccountConcurrency& now) { account_ = now; }

 private:
  /// Of one function, in one cache line.
  struct alignas(64) Counts {
    std::uint64_t invocations = 0;
    std::uint64_t ended = 0;
    std::uint64_t duration_us = 0;
    std::uint64_t duration_max_us = 0;
    std::uint64_t errors = 0;
    std::uint64_t throttles = 0;
    std::uint32_t concurrent_executions_max = 0;
  };
  static_assert(sizeof(Counts) == 64);

  static void raise(std::uint32_t& max, std::uint32_t value) {
    if (value > max) max = value;
  }

  std::vector<Counts> functions_;  ///< by unit
  AccountConcurrency account_;     ///< the largest values
};

}  // namespace skyreplay::lambda
