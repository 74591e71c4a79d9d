#include "pricing/on_demand_prices.h"

#include <fmt/format.h>

#include "core/check.h"
#include "core/error.h"

namespace skyreplay::pricing {

extern const std::string_view kEc2OnDemandTsv;  // data/ec2_on_demand.tsv, embedded by the build

OnDemandPrices::OnDemandPrices(std::string_view text, const std::string& file)
    : table_(text, file, {.column = "instance_type", .things = "types"},
             [](std::string_view cell, const std::vector<TableSource>& sources) {
               for (std::size_t i = 0; i < sources.size(); ++i) {
                 if (cell.back() != sources[i].letter) continue;
                 if (const auto usd = Decimal::parse(cell.substr(0, cell.size() - 1))) {
                   return Price{*usd, i};
                 }
               }
               throw InputError(fmt::format(
                   "'{}' is no price; expected a decimal and its source's letter, such as 0.1008{}",
                   cell, sources.empty() ? 'a' : sources[0].letter));
             }) {}

const OnDemandPrices& OnDemandPrices::builtin() {
  static const OnDemandPrices prices(kEc2OnDemandTsv, "ec2_on_demand.tsv");
  return prices;
}

const Tariff& OnDemandPrices::tariff(std::string_view line_item, std::string_view region) const {
  SKY_CHECK(line_item.starts_with(kPrefix));
  const std::string_view type = line_item.substr(kPrefix.size());
  const auto* const row = table_.row(type);
  if (row == nullptr) {
    throw InputError(fmt::format("the price catalogue has no instance type '{}'{}", type,
                                 did_you_mean(type, instance_types())));
  }
  const Price* const price = table_.find(type, region);
  if (price == nullptr) {
    throw InputError(
        fmt::format("no price of {} in {} is known{}", line_item, region, table_.known_in(*row)));
  }
  return shelf_.get(line_item, region, [&] {
    const TableSource& source = table_.sources()[price->source];
    return Tariff(std::string(line_item), std::string(region), "hour",
                  {{.usd = price->usd, .source = source.name, .as_of = source.as_of}});
  });
}

}  // namespace skyreplay::pricing
