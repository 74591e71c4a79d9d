#include "pricing/bill.h"

#include <algorithm>
#include <limits>
#include <map>
#include <string_view>
#include <utility>

#include "core/error.h"
#include "pricing/bill_rows.h"
#include "pricing/tiered.h"

namespace skyreplay::pricing {
namespace {

/// What `units` of tier `i` cost: below 2^127 before the division (Tariff::nano_numerator).
NanoUsd amount(const Tariff& tariff, std::size_t i, std::uint64_t units) {
  using Wide = unsigned __int128;
  const Wide nano = round_half_even<Wide>(Wide{units} * tariff.nano_numerator(i),
                                          Wide{tariff.nano_denominator()});
  if (nano > Wide{std::numeric_limits<NanoUsd>::max()}) throw InputError(tariff.too_large());
  return static_cast<NanoUsd>(nano);
}

}  // namespace

Ledger::Ledger(std::vector<BilledService> services) : services_(std::move(services)) {
  std::map<std::pair<std::string_view, std::string_view>, std::uint32_t> stacks;
  for (const BilledService& service : services_) {
    first_line_.push_back(lines_.size());
    for (std::uint32_t item = 0; item < service.meters->size(); ++item) {
      const Tariff& tariff = service.meters->tariff(item);
      const auto next = static_cast<std::uint32_t>(stacks.size());
      const auto at = stacks.try_emplace({tariff.line_item(), tariff.region()}, next).first;
      lines_.push_back({at->second, 0, std::vector<std::uint64_t>(tariff.tiers().size(), 0)});
    }
  }
  stacks_.resize(stacks.size());
}

void Ledger::take_in(Line& line, const Tariff& tariff, std::uint64_t units) {
  std::uint64_t& used = stacks_[line.stack];
  for (std::size_t i = 0; i < line.by_tier.size() && units > 0; ++i) {
    const std::uint64_t end = tariff.tier_end(i);
    if (used >= end) continue;
    const std::uint64_t here = std::min(units, end - used);
    line.by_tier[i] += here;
    used += here;
    units -= here;
  }
  if (units > 0) throw InputError(tariff.beyond_known());
}

NanoUsd Ledger::settle(std::uint32_t i) {
  const Meters& meters = *services_[i].meters;
  NanoUsd cost = 0;
  for (std::uint32_t item = 0; item < meters.size(); ++item) {
    Line& line = lines_[first_line_[i] + item];
    const Tariff& tariff = meters.tariff(item);
    if (meters.units(item) > line.settled) {
      take_in(line, tariff, meters.units(item) - line.settled);
      line.settled = meters.units(item);
    }
    for (std::size_t tier = 0; tier < line.by_tier.size(); ++tier) {
      if (line.by_tier[tier] > 0) cost += amount(tariff, tier, line.by_tier[tier]);
    }
  }
  return cost;
}

std::vector<BillRow> Ledger::rows() const {
  std::vector<BillRow> rows;
  for (std::size_t i = 0; i < services_.size(); ++i) {
    const Meters& meters = *services_[i].meters;
    for (std::uint32_t item = 0; item < meters.size(); ++item) {
      const Tariff& tariff = meters.tariff(item);
      const Line& line = lines_[first_line_[i] + item];
      for (std::size_t tier = 0; tier < line.by_tier.size(); ++tier) {
        const std::uint64_t units = line.by_tier[tier];
        if (units == 0) continue;
        rows.push_back({.service = services_[i].name,
                        .line_item = tariff.line_item(),
                        .unit = tariff.unit(),
                        .quantity = format_quotient(units, tariff.meter_units_per_unit()),
                        .unit_price_usd = tariff.tiers()[tier].usd.to_string(),
                        .amount = amount(tariff, tier, units)});
      }
    }
  }
  return rows;
}

}  // namespace skyreplay::pricing
