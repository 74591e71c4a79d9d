#include "pricing/catalogue_rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "core/error.h"

namespace skyreplay::pricing {
namespace {

constexpr std::array<std::string_view, 8> kColumns = {"line_item", "region",  "unit",   "usd",
                                                      "tier_from", "tier_to", "source", "as_of"};
enum Column : std::size_t { kLineItem, kRegion, kUnit, kUsd, kTierFrom, kTierTo, kSource, kAsOf };

struct Field {
  std::string_view text;
  std::uint32_t column;  // of its first character, from 1
};

std::vector<Field> split(std::string_view line) {
  std::vector<Field> fields;
  std::size_t start = 0;
  while (true) {
    const std::size_t end = std::min(line.find('\t', start), line.size());
    fields.push_back({line.substr(start, end - start), static_cast<std::uint32_t>(start + 1)});
    if (end == line.size()) return fields;
    start = end + 1;
  }
}

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

  void read_line(std::string_view text) {
    ++line_;
    if (text.empty() || text.front() == '#') return;
    const std::vector<Field> fields = split(text);
    if (!has_header_) {
      check_header(fields);
    } else if (fields.size() != kColumns.size()) {
      mistake(1, fmt::format("expected {} fields, found {}", kColumns.size(), fields.size()));
    } else {
      read_row(fields);
    }
  }

  std::vector<CatalogueRow> finish() {
    if (!has_header_) mistake(1, fmt::format("expected a line that names the columns"));
    if (!mistakes_.empty()) throw InputError(mistakes_);
    return std::move(rows_);
  }

 private:
  void check_header(const std::vector<Field>& fields) {
    has_header_ = true;
    for (std::size_t i = 0; i < kColumns.size(); ++i) {
      if (i < fields.size() && fields[i].text == kColumns[i]) continue;
      mistake(i < fields.size() ? fields[i].column : 1,
              fmt::format("expected column '{}'", kColumns[i]));
      return;
    }
    if (fields.size() > kColumns.size()) {
      mistake(fields[kColumns.size()].column,
              fmt::format("unknown column '{}'", fields[kColumns.size()].text));
    }
  }

  void read_row(const std::vector<Field>& fields) {
    const std::size_t before = mistakes_.size();
    for (const Column column : {kLineItem, kRegion, kUnit, kSource, kAsOf}) {
      if (fields[column].text.empty())
        mistake(fields[column].column, fmt::format("{} is empty", kColumns[column]));
    }
    const auto usd = Decimal::parse(fields[kUsd].text);
    if (!usd) {
      mistake(fields[kUsd].column,
              fmt::format("'{}' is no price; expected a decimal such as 0.0000166667",
                          fields[kUsd].text));
    }
    const std::uint64_t from = tier_bound(fields[kTierFrom]);
    const std::uint64_t to =
        fields[kTierTo].text.empty() ? Tier::kUnlimited : tier_bound(fields[kTierTo]);
    if (mistakes_.size() > before) return;
    CatalogueRow row{.line = line_,
                     .line_item = std::string(fields[kLineItem].text),
                     .region = std::string(fields[kRegion].text),
                     .unit = std::string(fields[kUnit].text),
                     .tier = {.usd = usd.value_or(Decimal()),
                              .from = from,
                              .to = to,
                              .source = std::string(fields[kSource].text),
                              .as_of = std::string(fields[kAsOf].text)}};
    check_same_unit(row, fields[kUnit].column);
    rows_.push_back(std::move(row));
  }

  std::uint64_t tier_bound(const Field& field) {
    const auto value = parse_count(field.text);
    if (!value) {
      mistake(field.column,
              fmt::format("'{}' is no tier bound; expected a whole number of units", field.text));
    }
    return value.value_or(0);
  }

  // One line item has one unit, or its meters could not be compared across regions.
  void check_same_unit(const CatalogueRow& row, std::uint32_t column) {
    const auto same = std::find_if(rows_.begin(), rows_.end(), [&](const CatalogueRow& other) {
      return other.line_item == row.line_item && other.unit != row.unit;
    });
    if (same == rows_.end()) return;
    mistake(column, fmt::format("{} is sold by {} on line {}, by {} here", row.line_item,
                                same->unit, same->line, row.unit));
  }

  void mistake(std::uint32_t column, const std::string& what) {
    mistakes_.push_back(
        fmt::format("{}: {}", to_string(SourcePosition{file_, std::max(line_, 1U), column}), what));
  }

  std::string file_;
  std::uint32_t line_ = 0;
  bool has_header_ = false;
  std::vector<CatalogueRow> rows_;
  std::vector<std::string> mistakes_;
};

}  // namespace

std::vector<CatalogueRow> read_catalogue_rows(std::string_view text, const std::string& file) {
  RowReader reader(file);
  for (std::size_t start = 0; start < text.size();) {
    const std::size_t end = std::min(text.find('\n', start), text.size());
    reader.read_line(text.substr(start, end - start));
    start = end + 1;
  }
  return reader.finish();
}

}  // namespace skyreplay::pricing
