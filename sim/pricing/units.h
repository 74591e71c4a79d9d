#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace skyreplay::pricing {

/// A unit the catalogue prices, and the integer unit its meter counts instead.
struct UnitOfSale {
  std::string_view name;
  std::string_view meter;
  std::uint64_t meter_units;  ///< of `meter` in one `name`
};

/// The unit of that name, or nullptr.
const UnitOfSale* find_unit(std::string_view name);

/// Every unit's name, for "did you mean".
std::vector<std::string> unit_names();

}  // namespace skyreplay::pricing
