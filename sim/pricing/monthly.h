#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/time.h"
#include "pricing/bill.h"
#include "pricing/catalogue.h"

namespace skyreplay::pricing {

/// A month of 730 hours.
inline constexpr Duration kMonth = std::chrono::hours(730);

/// What a month of the same use would cost. A run's own bill knows no free tier; this does.
struct MonthlyEstimate {
  std::vector<BillRow> rows;  ///< free quantities are rows of their own, at a price of 0
  NanoUsd total = 0;
  std::string unavailable;  ///< why there is no estimate; empty where there is one
};

/// Whether the account's free allowances are taken off.
enum class FreeTier : std::uint8_t { kTaken, kNone };

/// Extrapolates the use of `horizon` to a month, exactly (quantity x 730 h / horizon), takes off
/// what is free, and prices the rest by the account's tiers.
///
/// **Method.** Free are 1 M requests and 400,000 GB-second of Lambda, x86 and arm together (L94),
/// and 100 GB to the internet (E142); they go to the services in their order, before the tiers,
/// which count what is left (no source says which tier a free unit takes up). Otherwise as
/// bill_rows(). A load balancer runs for the hours of the month, not for the begun ones of a short
/// horizon many times over (E118), and a snapshot is kept for them, not for three hours many times
/// over (L34). A horizon of zero, a tier whose price is not known, or an amount
/// out of range makes the estimate unavailable.
MonthlyEstimate monthly_estimate(std::span<const BilledService> services, Duration horizon,
                                 FreeTier free_tier = FreeTier::kTaken,
                                 const Catalogue& catalogue = Catalogue::builtin());

}  // namespace skyreplay::pricing
