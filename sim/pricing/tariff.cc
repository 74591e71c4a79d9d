#include "pricing/tariff.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <utility>

#include "core/error.h"
#include "pricing/tiered.h"
#include "pricing/units.h"

namespace skyreplay::pricing {
namespace {

using Wide = unsigned __int128;

constexpr std::uint64_t kMaxNumerator = std::uint64_t{1} << 62;

Wide power_of_ten(int exponent) {
  Wide power = 1;
  for (int i = 0; i < exponent; ++i) power *= 10;
  return power;
}

Wide greatest_common_divisor(Wide a, Wide b) {
  while (b != 0) a = std::exchange(b, a % b);
  return a;
}

int largest_scale(const std::vector<Tier>& tiers) {
  int scale = 0;
  for (const Tier& tier : tiers) scale = std::max(scale, tier.usd.scale());
  return scale;
}

}  // namespace

Tariff::Tariff(std::string line_item, std::string region, std::string unit, std::vector<Tier> tiers)
    : line_item_(std::move(line_item)),
      region_(std::move(region)),
      unit_(std::move(unit)),
      tiers_(std::move(tiers)) {
  const UnitOfSale* sold = find_unit(unit_);
  if (sold == nullptr) {
    throw InputError(fmt::format("{} in {}: unknown unit '{}'{}", line_item_, region_, unit_,
                                 did_you_mean(unit_, unit_names())));
  }
  meter_unit_ = sold->meter;
  meter_units_per_unit_ = sold->meter_units;
  check_tiers();
  make_steps();
}

void Tariff::check_tiers() const {
  if (tiers_.empty()) throw InputError(fmt::format("{} in {}: no tier", line_item_, region_));
  std::uint64_t expected = 0;
  for (const Tier& tier : tiers_) {
    if (tier.from != expected || tier.to <= tier.from || expected == Tier::kUnlimited) {
      throw InputError(
          fmt::format("{} in {}: the tier from {} to {} does not adjoin the one before it, "
                      "which ends at {}",
                      line_item_, region_, tier.from, tier.to, expected));
    }
    expected = tier.to;
  }
}

// One meter unit costs usd x 10^9 / meter_units_per_unit; all tiers get one denominator, reduced.
void Tariff::make_steps() {
  const int scale = largest_scale(tiers_);
  std::vector<Wide> numerators;
  Wide denominator = power_of_ten(scale) * meter_units_per_unit_;
  Wide divisor = denominator;
  for (const Tier& tier : tiers_) {
    const Wide mantissa = static_cast<std::uint64_t>(tier.usd.mantissa());
    numerators.push_back(mantissa * power_of_ten(scale - tier.usd.scale()) * 1'000'000'000);
    divisor = greatest_common_divisor(divisor, numerators.back());
  }
  denominator /= divisor;
  for (std::size_t i = 0; i < tiers_.size(); ++i) {
    const bool open = tiers_[i].to == Tier::kUnlimited;
    const Wide end = open ? Wide{Tier::kUnlimited} : Wide{tiers_[i].to} * meter_units_per_unit_;
    const Wide numerator = numerators[i] / divisor;
    if (numerator >= kMaxNumerator || denominator >= kMaxNumerator ||
        (!open && end >= Tier::kUnlimited)) {
      throw InputError(fmt::format("{} in {}: a price of {} USD or a tier up to {} {} is too large",
                                   line_item_, region_, tiers_[i].usd.to_string(), tiers_[i].to,
                                   unit_));
    }
    steps_.push_back({static_cast<std::uint64_t>(end), static_cast<std::uint64_t>(numerator)});
  }
  denominator_ = static_cast<std::uint64_t>(denominator);
}

NanoUsd Tariff::total(std::uint64_t units) const {
  if (units > steps_.back().end) throw InputError(beyond_known());
  const Wide amount = round_half_even<Wide>(tiered_numerator<Wide>(*this, units, 1), denominator_);
  if (amount > Wide{std::numeric_limits<NanoUsd>::max()}) throw InputError(too_large());
  return static_cast<NanoUsd>(amount);
}

std::string Tariff::beyond_known() const {
  return fmt::format("{} in {}: no price is known beyond {} {}", line_item_, region_,
                     tiers_.back().to, unit_);
}

std::string Tariff::too_large() const {
  return fmt::format("{} in {}: the amount is above {} USD", line_item_, region_,
                     std::numeric_limits<NanoUsd>::max() / 1'000'000'000);
}

NanoUsd price(const Tariff& tariff, std::uint64_t units, std::uint64_t already_used_units) {
  if (units > Tier::kUnlimited - already_used_units) throw InputError(tariff.too_large());
  return tariff.total(already_used_units + units) - tariff.total(already_used_units);
}

}  // namespace skyreplay::pricing
