#include "pricing/on_demand_prices.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "core/check.h"
#include "core/error.h"
#include "core/tab_separated.h"

namespace skyreplay::pricing {

extern const std::string_view kEc2OnDemandTsv;  // data/ec2_on_demand.tsv, embedded by the build

/// Reads one file into `prices_`; mistakes are gathered, so that all of them are reported at once.
class OnDemandPrices::Reader {
 public:
  Reader(OnDemandPrices& prices, const std::string& file) : prices_(prices), file_(file) {}

  void read(std::string_view text) {
    TabSeparatedText lines(text);
    while (lines.next(line_)) {
      if (line_.fields[0].size() == 1) {
        read_source();
      } else if (prices_.regions_.empty()) {
        read_header();
      } else {
        read_row();
      }
    }
    if (prices_.regions_.empty()) mistake(0, "expected a line that names the columns");
    if (!mistakes_.empty()) throw InputError(mistakes_);
  }

 private:
  void read_source() {
    if (line_.fields.size() != 3 || !prices_.regions_.empty()) {
      mistake(0, "expected a source, before the prices: letter, name, date");
      return;
    }
    letters_.push_back(line_.fields[0][0]);
    prices_.sources_.push_back({std::string(line_.fields[1]), std::string(line_.fields[2])});
  }

  void read_header() {
    prices_.regions_.assign(line_.fields.begin() + 1, line_.fields.end());
    const auto& regions = prices_.regions_;
    const bool ordered =
        std::adjacent_find(regions.begin(), regions.end(), std::greater_equal<>()) == regions.end();
    if (line_.fields[0] != "instance_type" || !ordered || regions.empty()) {
      mistake(0, "expected the columns instance_type and regions in order of name");
    }
  }

  void read_row() {
    const std::size_t regions = prices_.regions_.size();
    if (line_.fields.size() != regions + 1) {
      mistake(0, fmt::format("expected {} fields, found {}", regions + 1, line_.fields.size()));
      return;
    }
    Row row{std::string(line_.fields[0]), {}};
    if (!prices_.rows_.empty() && row.instance_type <= prices_.rows_.back().instance_type) {
      mistake(0, "expected the types in order of name, each once");
    }
    row.prices.reserve(regions);
    for (std::size_t i = 1; i <= regions; ++i) row.prices.push_back(price(i));
    prices_.rows_.push_back(std::move(row));
  }

  std::optional<Price> price(std::size_t field) {
    std::string_view text = line_.fields[field];
    if (text.empty()) return std::nullopt;
    const std::size_t source = letters_.find(text.back());
    if (source != std::string::npos) text.remove_suffix(1);
    const auto usd = Decimal::parse(text);
    if (usd && source != std::string::npos) return Price{*usd, source};
    mistake(field, fmt::format("'{}' is no price; expected a decimal and its source's letter, "
                               "such as 0.1008{}",
                               line_.fields[field], letters_.substr(0, 1)));
    return std::nullopt;
  }

  void mistake(std::size_t field, const std::string& what) {
    const SourcePosition at{file_, std::max(line_.number, 1U), line_.column(field)};
    mistakes_.push_back(fmt::format("{}: {}", to_string(at), what));
  }

  OnDemandPrices& prices_;
  std::string file_;
  TabSeparatedLine line_;
  std::string letters_;  ///< of the sources, in their order
  std::vector<std::string> mistakes_;
};

OnDemandPrices::OnDemandPrices(std::string_view text, const std::string& file) {
  Reader(*this, file).read(text);
}

const OnDemandPrices& OnDemandPrices::builtin() {
  static const OnDemandPrices prices(kEc2OnDemandTsv, "ec2_on_demand.tsv");
  return prices;
}

const Tariff& OnDemandPrices::tariff(std::string_view line_item, std::string_view region) const {
  SKY_CHECK(line_item.starts_with(kPrefix));
  const Row& found = row(line_item.substr(kPrefix.size()));
  const auto column = std::lower_bound(regions_.begin(), regions_.end(), region);
  if (column == regions_.end() || *column != region) refuse(found, region);
  const auto i = static_cast<std::size_t>(column - regions_.begin());
  if (!found.prices[i]) refuse(found, region);
  const auto ordinal = static_cast<std::size_t>(&found - rows_.data());
  const std::lock_guard lock(mutex_);
  const auto at = tariffs_.find({ordinal, i});
  if (at != tariffs_.end()) return at->second;
  return tariffs_.emplace(std::pair(ordinal, i), make_tariff(found, i)).first->second;
}

const OnDemandPrices::Row& OnDemandPrices::row(std::string_view instance_type) const {
  const auto at = std::lower_bound(
      rows_.begin(), rows_.end(), instance_type,
      [](const Row& row, std::string_view type) { return row.instance_type < type; });
  if (at != rows_.end() && at->instance_type == instance_type) return *at;
  throw InputError(fmt::format("the price catalogue has no instance type '{}'{}", instance_type,
                               did_you_mean(instance_type, instance_types())));
}

Tariff OnDemandPrices::make_tariff(const Row& row, std::size_t region) const {
  const Price& price = *row.prices[region];
  const Source& source = sources_[price.source];
  return Tariff(std::string(kPrefix) + row.instance_type, regions_[region], "hour",
                {{.usd = price.usd, .source = source.name, .as_of = source.as_of}});
}

void OnDemandPrices::refuse(const Row& row, std::string_view region) const {
  std::vector<std::string_view> known;
  for (std::size_t i = 0; i < regions_.size(); ++i) {
    if (row.prices[i]) known.push_back(regions_[i]);
  }
  throw InputError(
      fmt::format("no price of {}{} in {} is known{}", kPrefix, row.instance_type, region,
                  known.empty() ? std::string(", nor in any other region")
                                : fmt::format("; it is known in {}", fmt::join(known, ", "))));
}

std::vector<std::string> OnDemandPrices::instance_types() const {
  std::vector<std::string> names;
  names.reserve(rows_.size());
  for (const Row& row : rows_) names.push_back(row.instance_type);
  return names;
}

}  // namespace skyreplay::pricing
