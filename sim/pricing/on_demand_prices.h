#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "pricing/region_table.h"
#include "pricing/tariff.h"
#include "pricing/tariff_shelf.h"

namespace skyreplay::pricing {

/// What an hour of an EC2 instance costs on demand (E131, E138), by type and region: Linux, shared
/// tenancy. Line items are called "ec2.on_demand." and the type ("ec2.on_demand.m7i.large"), are
/// sold by the hour and metered in instance-seconds.
///
/// The table is kept as its figures; a tariff is made when it is first asked for. Safe to ask from
/// several threads.
class OnDemandPrices {
 public:
  static constexpr std::string_view kPrefix = "ec2.on_demand.";

  /// The prices compiled into the program (data/ec2_on_demand.tsv), read at the first call: 0.4 ms.
  static const OnDemandPrices& builtin();

  /// Reads tab-separated text in the form of data/ec2_on_demand.tsv. Throws InputError with file,
  /// line and column for every cell that cannot be right, all at once.
  OnDemandPrices(std::string_view text, const std::string& file);

  /// The tariff of a line item such as "ec2.on_demand.m7i.large" in a region; it lives as long as
  /// this object. Throws InputError naming both where no such price is known, with the regions in
  /// which it is or, for a type that is not in the table, the nearest spelling. O(log n).
  const Tariff& tariff(std::string_view line_item, std::string_view region) const;

  /// The types of the table, in order of name; of some no price is known anywhere.
  std::vector<std::string> instance_types() const { return table_.names(); }
  /// The columns of the table, in order of name.
  const std::vector<std::string>& regions() const { return table_.regions(); }

 private:
  struct Price {
    Decimal usd;
    std::size_t source = 0;  ///< into the table's
  };

  RegionTable<Price> table_;
  mutable TariffShelf shelf_;
};

}  // namespace skyreplay::pricing
