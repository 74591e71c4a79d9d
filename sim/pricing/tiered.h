#pragma once

#include <cstddef>

#include "pricing/tariff.h"

namespace skyreplay::pricing {

/// What `units / scale` meter units cost from zero, in 10^-9 USD x scale x
/// tariff.nano_denominator(): exact, not yet divided. REQUIRES: `units / scale` lies within the
/// tiers whose price is known.
template <class Int>
Int tiered_numerator(const Tariff& tariff, const Int& units, const Int& scale) {
  Int sum = 0;
  Int from = 0;
  for (std::size_t i = 0; i < tariff.tiers().size() && from < units; ++i) {
    Int to = units;
    if (tariff.tier_end(i) != Tier::kUnlimited) {
      const Int end = Int(tariff.tier_end(i)) * scale;
      if (end < to) to = end;
    }
    sum += (to - from) * Int(tariff.nano_numerator(i));
    from = to;
  }
  return sum;
}

/// numerator / denominator to the nearest integer, halves to the even one. REQUIRES: neither is
/// negative, the denominator is positive and twice it fits in Int.
template <class Int>
Int round_half_even(const Int& numerator, const Int& denominator) {
  Int quotient = numerator / denominator;
  const Int twice = (numerator - quotient * denominator) * 2;
  if (twice > denominator || (twice == denominator && quotient % 2 != 0)) quotient += 1;
  return quotient;
}

}  // namespace skyreplay::pricing
