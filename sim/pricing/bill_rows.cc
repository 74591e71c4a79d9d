#include "pricing/bill_rows.h"

#include <algorithm>
#include <limits>

#include "core/error.h"
#include "pricing/tiered.h"

namespace skyreplay::pricing {
namespace {

NanoUsd total(const Tariff& tariff, const Exact& units, const Exact& scale) {
  const Exact denominator = scale * tariff.nano_denominator();
  const Exact amount =
      round_half_even<Exact>(tiered_numerator<Exact>(tariff, units, scale), denominator);
  if (amount > std::numeric_limits<NanoUsd>::max()) throw InputError(tariff.too_large());
  return amount.convert_to<NanoUsd>();
}

}  // namespace

void append_rows(const UseSpan& span, std::vector<BillRow>& rows) {
  const Tariff& tariff = span.tariff;
  Exact from = span.from;
  for (std::size_t i = 0; i < tariff.tiers().size() && from < span.to; ++i) {
    Exact to = span.to;
    if (tariff.tier_end(i) != Tier::kUnlimited)
      to = std::min<Exact>(to, tariff.tier_end(i) * span.scale);
    if (to <= from) continue;
    rows.push_back(
        {.service = span.service,
         .line_item = tariff.line_item(),
         .unit = tariff.unit(),
         .quantity = format_quotient(to - from, span.scale * tariff.meter_units_per_unit()),
         .unit_price_usd = tariff.tiers()[i].usd.to_string(),
         .amount = total(tariff, to, span.scale) - total(tariff, from, span.scale)});
    from = to;
  }
  if (from < span.to) throw InputError(tariff.beyond_known());
}

std::string format_quotient(const Exact& numerator, const Exact& denominator) {
  constexpr std::size_t kDecimals = 15;
  const Exact unit = boost::multiprecision::pow(Exact(10), kDecimals);
  std::string digits = round_half_even<Exact>(numerator * unit, denominator).str();
  if (digits.size() <= kDecimals) digits.insert(0, kDecimals + 1 - digits.size(), '0');
  digits.insert(digits.size() - kDecimals, 1, '.');
  digits.erase(digits.find_last_not_of('0') + 1);
  if (digits.back() == '.') digits.pop_back();
  return digits;
}

}  // namespace skyreplay::pricing
