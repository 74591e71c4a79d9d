#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "pricing/money.h"

namespace skyreplay::pricing {

/// One step of a tariff: its price holds for the month's units from `from` up to `to`.
struct Tier {
  static constexpr std::uint64_t kUnlimited = std::numeric_limits<std::uint64_t>::max();

  Decimal usd;             ///< per catalogue unit
  std::uint64_t from = 0;  ///< catalogue units
  std::uint64_t to = kUnlimited;
  std::string source = {};  ///< where the figure was read
  std::string as_of = {};   ///< of which date it is there; "undated" where that is not known
};

/// What one line item costs in one region: tiers of exact prices per catalogue unit ("GB-second"),
/// and the smaller unit its meter counts ("MiB*ms"). Tiers are of the account's month (L91).
///
/// **Method.** An amount is units x price / meter_units_per_unit, computed in 128 bits and rounded
/// once, half to even, to 10^-9 USD. Every amount is a difference of two rounded totals from zero,
/// so amounts of adjoining spans of use add up to the amount of the whole, to the last digit.
class Tariff {
 public:
  /// Throws InputError where the unit is unknown, where the tiers do not adjoin from 0 upward, or
  /// where a price or a tier is too large to be priced in 128 bits.
  Tariff(std::string line_item, std::string region, std::string unit, std::vector<Tier> tiers);

  const std::string& line_item() const { return line_item_; }
  const std::string& region() const { return region_; }  ///< "*" holds in every region
  const std::string& unit() const { return unit_; }
  std::string_view meter_unit() const { return meter_unit_; }
  std::uint64_t meter_units_per_unit() const { return meter_units_per_unit_; }
  const std::vector<Tier>& tiers() const { return tiers_; }

  /// Where tier `i` ends, in meter units; Tier::kUnlimited for an open last tier.
  std::uint64_t tier_end(std::size_t i) const { return steps_[i].end; }
  /// One meter unit in tier `i` costs nano_numerator(i) / nano_denominator() of 10^-9 USD, exactly.
  std::uint64_t nano_numerator(std::size_t i) const { return steps_[i].numerator; }
  std::uint64_t nano_denominator() const { return denominator_; }

  /// What the first `units` meter units of the month cost. Throws InputError where they reach
  /// beyond the last tier whose price is known, or cost more than NanoUsd holds (9.2 billion USD).
  NanoUsd total(std::uint64_t units) const;

  /// "lambda.duration_x86 in us-east-2: no price is known beyond 6000000000 GB-second".
  std::string beyond_known() const;
  /// "alb.lcu in us-east-1: the amount is above 9223372036 USD".
  std::string too_large() const;

 private:
  struct Step {
    std::uint64_t end;
    std::uint64_t numerator;  // < 2^62, so that 2^64 units x price stay below 2^127
  };

  void check_tiers() const;
  void make_steps();

  std::string line_item_;
  std::string region_;
  std::string unit_;
  std::string_view meter_unit_;
  std::uint64_t meter_units_per_unit_;
  std::vector<Tier> tiers_;
  std::vector<Step> steps_;  // one per tier
  std::uint64_t denominator_ = 1;
};

/// What `units` more meter units cost after `already_used_units` of the same account's month:
/// total(already + units) - total(already). Throws as total() does.
NanoUsd price(const Tariff& tariff, std::uint64_t units, std::uint64_t already_used_units = 0);

}  // namespace skyreplay::pricing
