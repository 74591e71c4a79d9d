#include "pricing/catalogue_rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "core/error.h"
#include "core/tab_separated.h"

namespace skyreplay::pricing {
namespace {

constexpr std::array<std::string_view, 8> kColumns = {"line_item", "region",  "unit",   "usd",
                                                      "tier_from", "tier_to", "source", "as_of"};
enum Column : std::size_t { kLineItem, kRegion, kUnit, kUsd, kTierFrom, kTierTo, kSource, kAsOf };

std::optional<std::uint64_t> parse_count(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// Reads one file; mistakes are gathered, so that all of them are reported at once.
class RowReader {
 public:
  explicit RowReader(const std::string& file) : file_(file) {}

  void read(std::string_view text) {
    TabSeparatedText lines(text);
    while (lines.next(line_)) {
      if (!has_header_) {
        check_header();
      } else if (line_.fields.size() != kColumns.size()) {
        mistake(0,
                fmt::format("expected {} fields, found {}", kColumns.size(), line_.fields.size()));
      } else {
        read_row();
      }
    }
  }

  std::vector<CatalogueRow> finish() {
    if (!has_header_) mistake(0, "expected a line that names the columns");
    if (!mistakes_.empty()) throw InputError(mistakes_);
    return std::move(rows_);
  }

 private:
  std::string_view text(std::size_t column) const { return line_.fields[column]; }

  void check_header() {
    has_header_ = true;
    for (std::size_t i = 0; i < kColumns.size(); ++i) {
      if (i < line_.fields.size() && text(i) == kColumns[i]) continue;
      mistake(i, fmt::format("expected column '{}'", kColumns[i]));
      return;
    }
    if (line_.fields.size() > kColumns.size()) {
      mistake(kColumns.size(), fmt::format("unknown column '{}'", text(kColumns.size())));
    }
  }

  void read_row() {
    const std::size_t before = mistakes_.size();
    for (const Column column : {kLineItem, kRegion, kUnit, kSource, kAsOf}) {
      if (text(column).empty()) mistake(column, fmt::format("{} is empty", kColumns[column]));
    }
    const auto usd = Decimal::parse(text(kUsd));
    if (!usd) {
      mistake(kUsd,
              fmt::format("'{}' is no price; expected a decimal such as 0.0000166667", text(kUsd)));
    }
    const std::uint64_t from = tier_bound(kTierFrom);
    const std::uint64_t to = text(kTierTo).empty() ? Tier::kUnlimited : tier_bound(kTierTo);
    if (mistakes_.size() > before) return;
    CatalogueRow row{.line = line_.number,
                     .line_item = std::string(text(kLineItem)),
                     .region = std::string(text(kRegion)),
                     .unit = std::string(text(kUnit)),
                     .tier = {.usd = usd.value_or(Decimal()),
                              .from = from,
                              .to = to,
                              .source = std::string(text(kSource)),
                              .as_of = std::string(text(kAsOf))}};
    check_same_unit(row);
    rows_.push_back(std::move(row));
  }

  std::uint64_t tier_bound(Column column) {
    const auto value = parse_count(text(column));
    if (!value) {
      mistake(column,
              fmt::format("'{}' is no tier bound; expected a whole number of units", text(column)));
    }
    return value.value_or(0);
  }

  // One line item has one unit, or its meters could not be compared across regions.
  void check_same_unit(const CatalogueRow& row) {
    const auto same = std::find_if(rows_.begin(), rows_.end(), [&](const CatalogueRow& other) {
      return other.line_item == row.line_item && other.unit != row.unit;
    });
    if (same == rows_.end()) return;
    mistake(kUnit, fmt::format("{} is sold by {} on line {}, by {} here", row.line_item, same->unit,
                               same->line, row.unit));
  }

  void mistake(std::size_t field, const std::string& what) {
    const SourcePosition at{file_, std::max(line_.number, 1U), line_.column(field)};
    mistakes_.push_back(fmt::format("{}: {}", to_string(at), what));
  }

  std::string file_;
  TabSeparatedLine line_;
  bool has_header_ = false;
  std::vector<CatalogueRow> rows_;
  std::vector<std::string> mistakes_;
};

}  // namespace

std::vector<CatalogueRow> read_catalogue_rows(std::string_view text, const std::string& file) {
  RowReader reader(file);
  reader.read(text);
  return reader.finish();
}

}  // namespace skyreplay::pricing
