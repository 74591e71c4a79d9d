#include "sweep/objective.h"

namespace skyreplay::sweep {

Objective parse_objective(std::string_view text) {
  if (text == "cost") return {};
  if (text == "monthly_cost") {
    return {.kind = Objective::Kind::kMonthlyCost, .text = std::string(text), .quantity = {}};
  }
  check::Requirement quantity = check::parse_quantity(text);
  return {.kind = Objective::Kind::kQuantity,
          .text = check::quantity_of(quantity),
          .quantity = std::move(quantity)};
}

}  // namespace skyreplay::sweep
