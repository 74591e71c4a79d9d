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

  /// One is near: prefetches.
  void expect(std::uint32_t unit) const { __builtin_prefetch(&functions_[unit], 1); }
  /// A request of the function is in flight now, with which there are so many.
  void began(std::uint32_t unit, std::uint32_t in_flight) {
    raise(functions_[unit].concurrent_executions_max, in_flight);
  }
  /// Of these, one never gets to its invocation (L5), until it fails.
  void began_in_vain(std::uint32_t unit) { ++functions_[unit].in_vain; }
  void failed_in_vain(std::uint32_t unit) { --functions_[unit].in_vain; }
  void ended(std::uint32_t unit, Duration invoke, bool failed) {
    Counts& of = functions_[unit];
    const auto us = static_cast<std::uint64_t>(invoke.count()) / 1000;
    of.duration_us += us;
    if (us > of.duration_max_us) [[unlikely]]
      of.duration_max_us = us;
    of.errors += failed;
  }
  void throttled(std::uint32_t unit) { ++functions_[unit].throttles; }
  /// What the account has in use rose, or may have.
  void see(const AccountConcurrency& now) {
    raise(account_.executions, now.executions);
    raise(account_.unreserved, now.unreserved);
    raise(account_.claimed, now.claimed);
    seen_up_to_ =
        std::min({account_.unreserved, account_.executions - (now.executions - now.unreserved),
                  account_.claimed - (now.claimed - now.unreserved)});
  }
  /// Whether nothing is new to see() where no more than so many are unreserved, and nothing else
  /// rose since the last call of it.
  bool has_seen(std::uint32_t unreserved) const { return unreserved <= seen_up_to_; }

  /// What a function has done since the beginning: invocations that began, and requests in flight.
  struct Progress {
    std::uint64_t invocations = 0;
    std::uint32_t in_flight = 0;
  };
  /// Of the window in hand; the function's own next one begins with what is in flight.
  metrics::FunctionCounts take(std::uint32_t unit, const Progress& now) {
    const Counts taken = functions_[unit];
    const std::uint32_t running = now.in_flight - taken.in_vain;
    functions_[unit] = {.invocations_before = now.invocations,
                        .concurrent_executions_max = now.in_flight,
                        .running_before = running,
                        .in_vain = taken.in_vain};
    const std::uint64_t invocations = now.invocations - taken.invocations_before;
    return {.invocations = invocations,
            .ended = invocations + taken.running_before - running,
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
  void begin_window(const AccountConcurrency& now) {
    account_ = now;
    seen_up_to_ = now.unreserved;
  }

 private:
  /// Of one function, in one cache line. How many began and ended is told by what it has done
  /// before the window and since.
  struct alignas(64) Counts {
    std::uint64_t invocations_before = 0;
    std::uint64_t duration_us = 0;
    std::uint64_t duration_max_us = 0;
    std::uint64_t errors = 0;
    std::uint64_t throttles = 0;
    std::uint32_t concurrent_executions_max = 0;
    std::uint32_t running_before = 0;
    std::uint32_t in_vain = 0;  ///< of those in flight now
  };
  static_assert(sizeof(Counts) == 64);

  static void raise(std::uint32_t& max, std::uint32_t value) {
    if (value > max) max = value;
  }

  std::vector<Counts> functions_;  ///< by unit
  AccountConcurrency account_;     ///< the largest values
  std::uint32_t seen_up_to_ = 0;   ///< unreserved executions that are new to none of them
};

}  // namespace skyreplay::lambda
