#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "pricing/meters.h"
#include "pricing/money.h"

namespace skyreplay::pricing {

/// A service as the bill sees it. REQUIRES: `meters` outlives its use here.
struct BilledService {
  std::string name;
  const Meters* meters = nullptr;
};

/// One line of a bill: what one service used in one tier of one line item.
struct BillRow {
  std::string service;
  std::string line_item;
  std::string unit;
  std::string quantity;  ///< catalogue units; exact where 15 decimals hold it, else half to even
  std::string unit_price_usd;  ///< exact
  NanoUsd amount = 0;
};

/// The bill of one account: one row per tier touched, services and their items in the order given.
///
/// **Order.** Tiers belong to the account's month (L91), so services that share a tariff stack: the
/// units of a service begin where those of the services before it, and of its own earlier items,
/// end. The rows of a service add up to the difference of two rounded totals, as in price(), and so
/// do the rows of one tariff over all services. Throws InputError as Tariff::total().
std::vector<BillRow> bill_rows(std::span<const BilledService> services);

/// Prices the same meters again and again as a run goes on: what each service has cost so far.
///
/// **Order.** As bill_rows(), so a window's cost is the difference of two readings, and the windows
/// of a service add up to its rows. Such a difference is negative where the use of an earlier
/// service moved this one into a cheaper tier. **Cost** of amounts(): one 128-bit division per
/// item.
class Ledger {
 public:
  /// REQUIRES: the meters outlive the ledger and get no further items.
  explicit Ledger(std::vector<const Meters*> services);

  /// Sets amounts[i] to the cost of services[i] so far. REQUIRES: one amount per service. Throws
  /// InputError as Tariff::total().
  void read(std::span<NanoUsd> amounts);

 private:
  /// The units of one tariff counted so far in a reading, and what they cost together.
  struct Stack {
    std::uint64_t units = 0;
    NanoUsd total = 0;
  };

  std::vector<const Meters*> services_;
  std::vector<std::uint32_t> stack_of_;  // per item of each service in order: index into stacks_
  std::vector<Stack> stacks_;            // one per (line item, region)
};

}  // namespace skyreplay::pricing
