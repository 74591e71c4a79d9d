#include "pricing/catalogue.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "core/check.h"
#include "core/error.h"
#include "pricing/catalogue_rows.h"
#include "pricing/discounted_prices.h"
#include "pricing/on_demand_prices.h"

namespace skyreplay::pricing {

extern const std::string_view kServicesTsv;  // data/services.tsv, embedded by the build

namespace {

constexpr std::string_view kEverywhere = "*";

Catalogue load_builtin() {
  try {
    return Catalogue::parse(kServicesTsv, "services.tsv");
  } catch (const InputError& error) {
    fmt::print(stderr, "{}\n", error.what());
    constexpr bool kEmbeddedCatalogueIsValid = false;
    SKY_CHECK(kEmbeddedCatalogueIsValid);
  }
}

std::string joined(const std::vector<std::string>& words) {
  return fmt::format("{}", fmt::join(words, ", "));
}

}  // namespace

const Catalogue& Catalogue::builtin() {
  static const Catalogue catalogue = [] {
    Catalogue loaded = load_builtin();
    loaded.knows_instances_ = true;
    return loaded;
  }();
  return catalogue;
}

Catalogue Catalogue::parse(std::string_view text, const std::string& file) {
  std::vector<CatalogueRow> rows = read_catalogue_rows(text, file);
  std::sort(rows.begin(), rows.end(), [](const CatalogueRow& a, const CatalogueRow& b) {
    return std::tie(a.line_item, a.region, a.tier.from, a.line) <
           std::tie(b.line_item, b.region, b.tier.from, b.line);
  });
  Catalogue catalogue;
  std::vector<std::string> mistakes;
  for (std::size_t i = 0; i < rows.size();) {
    const CatalogueRow& first = rows[i];
    std::vector<Tier> tiers;
    for (;
         i < rows.size() && rows[i].line_item == first.line_item && rows[i].region == first.region;
         ++i) {
      tiers.push_back(rows[i].tier);
    }
    try {
      catalogue.tariffs_.emplace_back(first.line_item, first.region, first.unit, std::move(tiers));
    } catch (const InputError& error) {
      mistakes.push_back(fmt::format("{}:{}: {}", file, first.line, error.what()));
    }
  }
  if (!mistakes.empty()) throw InputError(mistakes);
  catalogue.list_regions();
  return catalogue;
}

const Tariff* Catalogue::find(std::string_view line_item, std::string_view region) const {
  const auto key = std::pair(line_item, region);
  const auto at =
      std::lower_bound(tariffs_.begin(), tariffs_.end(), key, [](const Tariff& t, const auto& k) {
        return std::pair<std::string_view, std::string_view>(t.line_item(), t.region()) < k;
      });
  return at != tariffs_.end() && at->line_item() == line_item && at->region() == region ? &*at
                                                                                        : nullptr;
}

const Tariff& Catalogue::tariff(std::string_view line_item, std::string_view region) const {
  if (const Tariff* found = region == kEverywhere ? nullptr : find(line_item, region))
    return *found;
  if (!std::binary_search(regions_.begin(), regions_.end(), region)) {
    throw InputError(fmt::format("no price of region '{}' is known{}; known are {}", region,
                                 did_you_mean(region, regions_), joined(regions_)));
  }
  if (const Tariff* found = find(line_item, kEverywhere)) return *found;
  if (knows_instances_ && line_item.starts_with(OnDemandPrices::kPrefix)) {
    return OnDemandPrices::builtin().tariff(line_item, region);
  }
  if (knows_instances_ && DiscountedPrices::has(line_item)) {
    return DiscountedPrices::builtin().tariff(line_item, region);
  }
  std::vector<std::string> elsewhere;
  for (const Tariff& tariff : tariffs_) {
    if (tariff.line_item() == line_item) elsewhere.push_back(tariff.region());
  }
  if (elsewhere.empty()) {
    throw InputError(fmt::format("the price catalogue has no line item '{}'{}", line_item,
                                 did_you_mean(line_item, line_items())));
  }
  throw InputError(fmt::format("no price of {} in {} is known; it is known in {}", line_item,
                               region, joined(elsewhere)));
}

void Catalogue::list_regions() {
  for (const Tariff& tariff : tariffs_) {
    if (tariff.region() != kEverywhere) regions_.push_back(tariff.region());
  }
  std::sort(regions_.begin(), regions_.end());
  regions_.erase(std::unique(regions_.begin(), regions_.end()), regions_.end());
}

std::vector<std::string> Catalogue::line_items() const {
  std::vector<std::string> names;
  for (const Tariff& tariff : tariffs_) {
    if (names.empty() || names.back() != tariff.line_item()) names.push_back(tariff.line_item());
  }
  return names;
}

}  // namespace skyreplay::pricing
