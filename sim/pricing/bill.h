#pragma once

#include <cstdint>
#include <string>
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

/// What every service of one account has cost so far, settled again and again as a run goes on.
///
/// **Order** Tiers belong to the account's month (L91): use goes to them in the order in which it
/// is settled, so the first user of a month fills the first tier. What one service has settled is
/// never repriced by another's use, so its windows add up to its rows to the last digit.
/// **Method** Each row is its tier's units times the price, rounded once, half to even.
/// **Cost** of settle(): one 128-bit division per item and tier in use.
class Ledger {
 public:
  /// REQUIRES: the meters outlive the ledger and get no further items.
  explicit Ledger(std::vector<BilledService> services);

  /// Takes in what service `i` has used since the last call and returns its cost so far. Throws
  /// InputError where the use reaches beyond the last tier whose price is known.
  NanoUsd settle(std::uint32_t i);

  /// One row per service, item and tier touched, as settled; in that order.
  std::vector<BillRow> rows() const;

 private:
  /// One item of one service: how much of it fell into each tier.
  struct Line {
    std::uint32_t stack = 0;
    std::uint64_t settled = 0;  ///< meter units
    std::vector<std::uint64_t> by_tier;
  };

  void take_in(Line& line, const Tariff& tariff, std::uint64_t units);

  std::vector<BilledService> services_;
  std::vector<std::size_t> first_line_;  ///< by service: into lines_
  std::vector<Line> lines_;
  std::vector<std::uint64_t> stacks_;  ///< by (line item, region): units of the account so far
};

}  // namespace skyreplay::pricing
