#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/check.h"
#include "core/error.h"
#include "core/tab_separated.h"

namespace skyreplay::pricing {

/// Where the figures of a table were read, and of which date they are there.
struct TableSource {
  char letter = 0;
  std::string name;
  std::string as_of;
};

/// A table of what is known of things (instance types, families) by region, one cell each, from
/// tab-separated text: first lines of sources (a letter, a name, a date), then one that names the
/// columns, then rows in order of name. An empty cell is not known.
///
/// **Cost** find(): O(log rows + log regions).
template <class Cell>
class RegionTable {
 public:
  /// A cell's text as a value; throws InputError saying what is wrong with it, without a place.
  using ParseCell =
      std::function<Cell(std::string_view text, const std::vector<TableSource>& sources)>;

  /// What it is a table of: `column` heads the first column, `things` are what a row is one of.
  struct Shape {
    std::string_view column;  ///< "instance_type"
    std::string_view things;  ///< "types"
  };

  /// Throws InputError with file, line and column for every cell that cannot be right, all at once.
  RegionTable(std::string_view text, const std::string& file, Shape shape, ParseCell parse)
      : shape_(shape), parse_(std::move(parse)) {
    Reader(*this, file).read(text);
  }

  struct Row {
    std::string name;
    std::vector<std::optional<Cell>> cells;  ///< by region
  };

  const std::vector<TableSource>& sources() const { return sources_; }
  /// In order of name.
  const std::vector<std::string>& regions() const { return regions_; }
  const std::vector<Row>& rows() const { return rows_; }

  /// The row of that name, or nullptr.
  const Row* row(std::string_view name) const {
    const auto at =
        std::lower_bound(rows_.begin(), rows_.end(), name,
                         [](const Row& row, std::string_view n) { return row.name < n; });
    return at != rows_.end() && at->name == name ? &*at : nullptr;
  }
  /// The cell, or nullptr where it is empty or there is no such row or region.
  const Cell* find(std::string_view name, std::string_view region) const {
    const Row* const found = row(name);
    const auto column = std::lower_bound(regions_.begin(), regions_.end(), region);
    if (found == nullptr || column == regions_.end() || *column != region) return nullptr;
    const auto& cell = found->cells[static_cast<std::size_t>(column - regions_.begin())];
    return cell ? &*cell : nullptr;
  }
  std::vector<std::string> names() const {
    std::vector<std::string> names;
    names.reserve(rows_.size());
    for (const Row& row : rows_) names.push_back(row.name);
    return names;
  }
  /// The regions in which something is known of a row, in words: "; it is known in eu-west-1".
  std::string known_in(const Row& row) const {
    std::vector<std::string_view> known;
    for (std::size_t i = 0; i < regions_.size(); ++i) {
      if (row.cells[i]) known.push_back(regions_[i]);
    }
    return known.empty() ? std::string(", nor in any other region")
                         : fmt::format("; it is known in {}", fmt::join(known, ", "));
  }

 private:
  class Reader;

  Shape shape_;
  ParseCell parse_;
  std::vector<TableSource> sources_;
  std::vector<std::string> regions_;  ///< sorted, unique
  std::vector<Row> rows_;             ///< sorted by name, unique
};

/// Reads one file; mistakes are gathered, so that all of them are reported at once.
template <class Cell>
class RegionTable<Cell>::Reader {
 public:
  Reader(RegionTable& table, const std::string& file) : table_(table), file_(file) {}

  void read(std::string_view text) {
    TabSeparatedText lines(text);
    while (lines.next(line_)) {
      if (line_.fields[0].size() == 1) {
        read_source();
      } else if (table_.regions_.empty()) {
        read_header();
      } else {
        read_row();
      }
    }
    if (table_.regions_.empty()) mistake(0, "expected a line that names the columns");
    if (!mistakes_.empty()) throw InputError(mistakes_);
  }

 private:
  void read_source() {
    if (line_.fields.size() != 3 || !table_.regions_.empty()) {
      mistake(0, "expected a source, before the rows: letter, name, date");
      return;
    }
    table_.sources_.push_back(
        {line_.fields[0][0], std::string(line_.fields[1]), std::string(line_.fields[2])});
  }

  void read_header() {
    table_.regions_.assign(line_.fields.begin() + 1, line_.fields.end());
    const auto& regions = table_.regions_;
    const bool ordered =
        std::adjacent_find(regions.begin(), regions.end(), std::greater_equal<>()) == regions.end();
    if (line_.fields[0] != table_.shape_.column || !ordered || regions.empty()) {
      mistake(0, fmt::format("expected the columns {} and regions in order of name",
                             table_.shape_.column));
    }
  }

  void read_row() {
    const std::size_t regions = table_.regions_.size();
    if (line_.fields.size() != regions + 1) {
      mistake(0, fmt::format("expected {} fields, found {}", regions + 1, line_.fields.size()));
      return;
    }
    Row row{std::string(line_.fields[0]), {}};
    if (!table_.rows_.empty() && row.name <= table_.rows_.back().name) {
      mistake(0, fmt::format("expected the {} in order of name, each once", table_.shape_.things));
    }
    row.cells.reserve(regions);
    for (std::size_t i = 1; i <= regions; ++i) row.cells.push_back(cell(i));
    table_.rows_.push_back(std::move(row));
  }

  std::optional<Cell> cell(std::size_t field) {
    if (line_.fields[field].empty()) return std::nullopt;
    try {
      return table_.parse_(line_.fields[field], table_.sources_);
    } catch (const InputError& error) {
      mistake(field, error.what());
      return std::nullopt;
    }
  }

  void mistake(std::size_t field, const std::string& what) {
    const SourcePosition at{file_, std::max(line_.number, 1U), line_.column(field)};
    mistakes_.push_back(fmt::format("{}: {}", to_string(at), what));
  }

  RegionTable& table_;
  std::string file_;
  TabSeparatedLine line_;
  std::vector<std::string> mistakes_;
};

}  // namespace skyreplay::pricing
