#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "check/requirement.h"

namespace skyreplay::sweep {

/// What a sweep minimizes.
struct Objective {
  enum class Kind : std::uint8_t { kCost, kMonthlyCost, kQuantity };

  Kind kind = Kind::kCost;
  std::string text = "cost";
  check::Requirement quantity;  ///< of kQuantity, what is measured

  check::Unit unit() const { return kind == Kind::kQuantity ? quantity.unit : check::Unit::kUsd; }
};

/// Reads `cost`, `monthly_cost` or what a requirement measures. Throws InputError.
Objective parse_objective(std::string_view text);

}  // namespace skyreplay::sweep
