#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "pricing/tariff.h"

namespace skyreplay::pricing {

/// The prices that are known: tariffs by line item ("lambda.duration_x86") and region. It holds
/// what its data says and nothing else: a price that is missing is an error that names it, never a
/// guess. The builtin one also has "ec2.on_demand.m7i.large" and every other type of
/// OnDemandPrices and DiscountedPrices, which are read when the first of them is asked for.
class Catalogue {
 public:
  /// The catalogue that is compiled into the program (data/services.tsv, data/ec2_on_demand.tsv).
  static const Catalogue& builtin();

  /// Reads tab-separated text in the form of data/services.tsv. Throws InputError with file, line
  /// and column for every row that cannot be right, all at once.
  static Catalogue parse(std::string_view text, const std::string& file);

  /// The tariff of a line item in a region. Throws InputError naming both where there is none, with
  /// the nearest spelling or the regions in which the item's price is known. O(log n).
  const Tariff& tariff(std::string_view line_item, std::string_view region) const;

  /// All tariffs but those of instances, ordered by (line item, region).
  std::span<const Tariff> tariffs() const { return tariffs_; }
  /// The regions of which any price is known, in order of name.
  const std::vector<std::string>& regions() const { return regions_; }
  /// Their line items' names, in order.
  std::vector<std::string> line_items() const;

 private:
  void list_regions();

  const Tariff* find(std::string_view line_item, std::string_view region) const;

  std::vector<Tariff> tariffs_;       // sorted by (line item, region), unique
  std::vector<std::string> regions_;  ///< sorted
  bool knows_instances_ = false;      ///< whether the builtin prices of instances belong to it
};

}  // namespace skyreplay::pricing
