#include "verify/timeline_diff.h"

#include <fmt/format.h>

#include <cmath>
#include <limits>
#include <utility>

#include "core/error.h"
#include "trace/delimited_reader.h"

namespace skyreplay::verify {
namespace {

using Row = std::vector<std::string>;

constexpr std::size_t kStartColumn = 0;
constexpr std::size_t kServiceColumn = 2;

/// All rows of one window, in the file's order.
struct WindowRows {
  std::string start;
  std::vector<Row> rows;

  const Row* find(const std::string& service, std::size_t guess) const {
    if (guess < rows.size() && rows[guess][kServiceColumn] == service) return &rows[guess];
    for (const Row& row : rows) {
      if (row[kServiceColumn] == service) return &row;
    }
    return nullptr;
  }
};

/// Reads a timeline window by window.
class TimelineReader {
 public:
  explicit TimelineReader(const std::filesystem::path& path)
      : reader_(trace::TextInput(path.string())) {
    columns_ = read();
    if (columns_.size() <= kServiceColumn || columns_[kStartColumn] != "window_start" ||
        columns_[kServiceColumn] != "service") {
      throw InputError({path.string(), 1, 1}, "is no timeline.csv: its header is another");
    }
    ahead_ = read();
  }

  const Row& columns() const { return columns_; }
  /// The start of the next window; empty at the end.
  const std::string& next_start() const {
    static const std::string end;
    return ahead_.empty() ? end : ahead_[kStartColumn];
  }
  WindowRows next() {
    WindowRows window{.start = next_start(), .rows = {}};
    while (!ahead_.empty() && ahead_[kStartColumn] == window.start) {
      window.rows.push_back(std::move(ahead_));
      ahead_ = read();
    }
    return window;
  }

 private:
  /// Empty at the end.
  Row read() {
    const auto outcome = reader_.next();
    if (outcome == trace::DelimitedReader::Outcome::kEnd) return {};
    if (outcome == trace::DelimitedReader::Outcome::kBad) {
      throw InputError(reader_.bad_position(), reader_.bad_reason());
    }
    Row row;
    for (const auto& field : reader_.fields()) row.emplace_back(field.text);
    if (!columns_.empty() && row.size() != columns_.size()) {
      throw InputError(reader_.position(reader_.fields().front()),
                       fmt::format("has {} fields, the header {}", row.size(), columns_.size()));
    }
    if (!columns_.empty() && row[kStartColumn].empty()) {
      throw InputError(reader_.position(reader_.fields().front()), "window_start is missing");
    }
    return row;
  }

  trace::DelimitedReader reader_;
  Row columns_;
  Row ahead_;
};

/// |b - a| / |a|; infinite where a is nothing.
double share_of(const CellDifference& cell) {
  const auto a = number_in(cell.a);
  const auto b = number_in(cell.b);
  if (!a || !b) return -1;
  if (*a == 0) return std::numeric_limits<double>::infinity();
  return std::abs(*b - *a) / std::abs(*a);
}

class Comparison {
 public:
  Comparison(const std::filesystem::path& a, const std::filesystem::path& b,
             const Tolerances& tolerances)
      : a_(a), b_(b), tolerances_(tolerances), by_column_(a_.columns().size()) {
    if (a_.columns() != b_.columns()) {
      throw InputError(
          fmt::format("{} and {} have different columns: they were written by "
                      "different versions",
                      a.string(), b.string()));
    }
    tolerances.check_columns(a_.columns());
  }

  TimelineDifference run() {
    while (!a_.next_start().empty() || !b_.next_start().empty()) {
      WindowRows a;
      WindowRows b;
      // RFC 3339 in UTC sorts as text, as long as the fractions are as long; those are rare.
      const bool takes_a = !a_.next_start().empty() &&
                           (b_.next_start().empty() || a_.next_start() <= b_.next_start());
      const bool takes_b = !b_.next_start().empty() &&
                           (a_.next_start().empty() || b_.next_start() <= a_.next_start());
      if (takes_a) a = a_.next();
      if (takes_b) b = b_.next();
      window(a, b);
    }
    for (std::size_t i = 0; i < by_column_.size(); ++i) {
      if (by_column_[i].cells > 0) found_.columns.push_back(std::move(by_column_[i]));
    }
    return std::move(found_);
  }

 private:
  void window(const WindowRows& a, const WindowRows& b) {
    ++found_.all_windows;
    differs_ = false;
    for (std::size_t i = 0; i < a.rows.size(); ++i) {
      compare(&a.rows[i], b.find(a.rows[i][kServiceColumn], i));
    }
    for (std::size_t i = 0; i < b.rows.size(); ++i) {
      if (a.find(b.rows[i][kServiceColumn], i) == nullptr) compare(nullptr, &b.rows[i]);
    }
    found_.windows += differs_ ? 1 : 0;
  }

  void compare(const Row* a, const Row* b) {
    if (a == nullptr || b == nullptr) {
      const Row& row = a != nullptr ? *a : *b;
      add(kServiceColumn, {row[kStartColumn], row[kServiceColumn], "row",
                           a != nullptr ? "a row" : "", b != nullptr ? "a row" : ""});
      return;
    }
    for (std::size_t i = 0; i < a->size(); ++i) {
      if (i == kStartColumn || i == kServiceColumn) continue;
      if (tolerances_.allows(a_.columns()[i], (*a)[i], (*b)[i])) continue;
      add(i, {(*a)[kStartColumn], (*a)[kServiceColumn], a_.columns()[i], (*a)[i], (*b)[i]});
    }
  }

  void add(std::size_t column, const CellDifference& cell) {
    differs_ = true;
    if (!found_.first) found_.first = cell;
    ColumnDifference& difference = by_column_[column];
    if (difference.cells++ == 0) {
      difference.column = cell.column;
      difference.first = difference.largest = cell;
    } else if (share_of(cell) > share_of(difference.largest)) {
      difference.largest = cell;
    }
  }

  TimelineReader a_;
  TimelineReader b_;
  const Tolerances& tolerances_;
  std::vector<ColumnDifference> by_column_;
  TimelineDifference found_;
  bool differs_ = false;
};

}  // namespace

TimelineDifference compare_timelines(const std::filesystem::path& a, const std::filesystem::path& b,
                                     const Tolerances& tolerances) {
  return Comparison(a, b, tolerances).run();
}

std::string change_text(const std::string& a, const std::string& b) {
  const auto named = [](const std::string& cell) { return cell.empty() ? "nothing" : cell; };
  std::string text = fmt::format("{} -> {}", named(a), named(b));
  const auto from = number_in(a);
  const auto to = number_in(b);
  if (from && to && *from != 0) {
    text += fmt::format(" ({:+.1f} %)", 100 * (*to - *from) / std::abs(*from));
  }
  return text;
}

}  // namespace skyreplay::verify
