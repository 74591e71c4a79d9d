#pragma once

#include <cstdint>
#include <vector>

#include "core/check.h"
#include "pricing/tariff.h"

namespace skyreplay::pricing {

/// What one service has used so far: a few line items, each a count of its tariff's meter units.
/// Counts only grow. Money is not kept here: a bill prices the counts.
class Meters {
 public:
  /// Adds a line item at zero and returns its index. REQUIRES: the tariff outlives the meters.
  std::uint32_t add_item(const Tariff& tariff) {
    items_.push_back({&tariff, 0});
    return static_cast<std::uint32_t>(items_.size() - 1);
  }

  /// Counts `units` meter units. REQUIRES: `item` came from add_item; the count stays below 2^64.
  void add(std::uint32_t item, std::uint64_t units) {
    SKY_CHECK(!__builtin_add_overflow(items_[item].units, units, &items_[item].units));
  }

  /// Raises the count to `units`, of meters that are read rather than fed. REQUIRES: `item` came
  /// from add_item; the count does not fall.
  void advance_to(std::uint32_t item, std::uint64_t units) {
    SKY_CHECK(units >= items_[item].units);
    items_[item].units = units;
  }

  std::uint32_t size() const { return static_cast<std::uint32_t>(items_.size()); }
  std::uint64_t units(std::uint32_t item) const { return items_[item].units; }
  const Tariff& tariff(std::uint32_t item) const { return *items_[item].tariff; }

 private:
  struct Item {
    const Tariff* tariff;
    std::uint64_t units;
  };
  std::vector<Item> items_;
};

}  // namespace skyreplay::pricing
