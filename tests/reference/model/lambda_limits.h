#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "reference/model/result.h"

namespace skyreplay::reference {

class World;

/// Tokens in exact 10^-12 of one, so that a thousandth of a token a second is one unit a ns.
struct TokenBucket {
  Wide full = 0, level = 0;
  std::int64_t per_ns = 0;
  Time last{};

  /// Full. Holds `capacity`; without one, what comes in a second, and one at least.
  static TokenBucket of(double tokens_a_second, std::optional<std::uint32_t> capacity, Time now) {
    const auto thousandths = static_cast<std::int64_t>(tokens_a_second * 1000 + 0.5);
    const std::int64_t holds = capacity ? *capacity : std::max<std::int64_t>(thousandths / 1000, 1);
    const Wide full = Wide{holds} * 1'000'000'000'000;
    return {full, full, thousandths, now};
  }
  bool take(Time now, bool whole_seconds) {
    const Time elapsed = now - last;
    if (whole_seconds && elapsed < std::chrono::seconds{1}) return spend();
    level = std::min(full, level + Wide{elapsed.count()} * per_ns);
    last = now;
    return spend();
  }
  bool spend() {
    if (level < 1'000'000'000'000) return false;
    level -= 1'000'000'000'000;
    return true;
  }
  void give_back() { level = std::min(full, level + 1'000'000'000'000); }
};

/// How much concurrency is in use from an instant on.
struct ConcurrencyStep {
  Time at{};
  std::uint64_t executions = 0, unreserved = 0, claimed = 0;
};

/// What all functions of the account share.
struct LambdaAccount {
  TokenBucket api;      ///< requests a second through all APIs (L51)
  TokenBucket scaling;  ///< environments of all functions together (L46)
  TokenBucket rate;     ///< requests a second (L48)
  /// By service: requests, Init included (L42), but those on provisioned concurrency.
  std::vector<std::uint64_t> in_flight;
  std::vector<std::uint64_t> on_provisioned;  ///< those
  std::vector<ConcurrencyStep> steps;         ///< ascending
};

/// The largest of what `value` says of steps in [from, to), and of the last one before.
std::uint64_t largest(const std::vector<ConcurrencyStep>& steps, Time from, Time to,
                      std::uint64_t ConcurrencyStep::* value);

/// Notes a step, after a change.
void note_concurrency(World& world);

TokenBucket api_rate(const World& world);
TokenBucket shared_scaling(const World& world);
TokenBucket account_rate(const World& world);
TokenBucket reserved_rate(const World& world, std::size_t service);

/// Ten times what is provisioned, a second (L48).
TokenBucket provisioned_rate(const World& world, std::size_t service);

/// Why a request to the function is throttled by the first or by the third decision of L44, in
/// AWS's words; empty where it is not.
std::string over_rates(World& world, std::size_t service, TokenBucket& reserved);
std::string over_concurrency(World& world, std::size_t service);

}  // namespace skyreplay::reference
