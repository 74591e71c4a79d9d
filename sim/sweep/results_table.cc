#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "core/text.h"
#include "report/human.h"
#include "sweep/answers_text.h"
#include "sweep/human_value.h"
#include "sweep/results.h"
#include "sweep/text_lines.h"

namespace skyreplay::sweep {
namespace {

using report::human_span;
using report::human_usd;
using report::printable;

constexpr std::size_t kMaxText = 400;
constexpr std::size_t kColumnWidth = 28;

/// Columns of texts, each as wide as its widest; what does not fit into a line is left off.
class Columns {
 public:
  enum class Align : bool { kLeft, kRight };

  void add(const std::string& heading, Align align) {
    columns_.push_back({printable(heading, kColumnWidth), {}, align});
  }
  void cell(std::size_t column, const std::string& text) {
    columns_[column].texts.push_back(printable(text, kColumnWidth));
  }

  /// Returns how many columns were left off.
  std::size_t print(TextLines& out) const {
    std::size_t shown = 0;
    for (std::size_t width = 2; shown < columns_.size(); ++shown) {
      width += this->width(columns_[shown]) + (shown == 0 ? 0 : 2);
      if (width > TextLines::kWidth) break;
    }
    line(out, "  ", shown, [](const Column& column) { return column.heading; });
    for (std::size_t row = 0; row < columns_.front().texts.size(); ++row) {
      line(out, "  ", shown, [row](const Column& column) { return column.texts[row]; });
    }
    return columns_.size() - shown;
  }

 private:
  struct Column {
    std::string heading;
    std::vector<std::string> texts;
    Align align;
  };

  static std::size_t width(const Column& column) {
    std::size_t widest = column.heading.size();
    for (const std::string& text : column.texts) widest = std::max(widest, text.size());
    return widest;
  }

  template <typename TextOf>
  void line(TextLines& out, std::string text, std::size_t shown, const TextOf& text_of) const {
    for (std::size_t c = 0; c < shown; ++c) {
      const Column& column = columns_[c];
      const std::string own = text_of(column);
      const std::string blanks(width(column) - std::min(width(column), own.size()), ' ');
      text += (c == 0 ? "" : "  ") + (column.align == Align::kLeft ? own + blanks : blanks + own);
    }
    out.line("{}", text);
  }

  std::vector<Column> columns_;
};

class Table {
 public:
  explicit Table(const SweepOutcome& outcome) : found_(outcome) {}

  std::string text() {
    title();
    if (found_.finished() > 0) {
      out_.blank();
      print_answers(found_, answer(found_), out_);
    }
    cells();
    return out_.take();
  }

 private:
  void title() {
    const StoredSweep& sweep = found_.sweep;
    std::string text = fmt::format("{}: {} cells of a {} design", printable(sweep.name, kMaxText),
                                   grouped(found_.cells.size()), sweep.design);
    if (sweep.replications > 1) {
      text += fmt::format(", each replayed with {} seeds from {} on", grouped(sweep.replications),
                          sweep.seed);
    } else {
      text += fmt::format(", seed {}", sweep.seed);
    }
    if (!found_.is_complete()) text += fmt::format("; {} are finished", grouped(found_.finished()));
    out_.paragraph(text, "", 0);
    out_.paragraph(printable(sweep.minimize, kMaxText), "minimize: ", 10);
    for (std::size_t c = 0; c < sweep.constraints.size(); ++c) {
      out_.paragraph(printable(sweep.constraints[c], kMaxText), fmt::format("  {}. ", c + 1), 5);
    }
  }

  void cells() {
    out_.blank();
    using Align = Columns::Align;
    Columns table;
    const std::vector<std::string> parameters = found_.parameters();
    const bool has_variants = std::ranges::any_of(found_.sweep.cells, [&](const StoredCell& cell) {
      return cell.variant != found_.sweep.cells.front().variant;
    });
    table.add("cell", Align::kRight);
    if (has_variants) table.add("variant", Align::kLeft);
    for (const std::string& name : short_names(parameters)) table.add(name, Align::kRight);
    table.add("feasible", Align::kLeft);
    table.add("cost USD", Align::kRight);
    const std::vector<std::string> names = found_.asks.names();
    for (const std::string& name : names) table.add(name, Align::kRight);
    std::int64_t largest = 0;
    for (const CellOutcome& cell : found_.cells) {
      if (cell.cost) largest = std::max(largest, cell.cost->mean);
    }
    for (const CellOutcome& cell : found_.cells) {
      std::size_t column = 0;
      table.cell(column++, std::to_string(cell.ordinal));
      if (has_variants) table.cell(column++, found_.sweep.cells[cell.ordinal].variant);
      for (const std::string& path : parameters) {
        table.cell(column++, found_.value(cell.ordinal, path));
      }
      table.cell(column++, feasible(cell));
      table.cell(column++, cell.cost ? human_usd(cell.cost->mean, largest) : "");
      for (std::size_t q = 0; q < names.size(); ++q) {
        const bool has = cell.is_finished && cell.quantities[q];
        table.cell(
            column++,
            has ? human_value(cell.quantities[q]->mean, found_.asks.quantities[q].unit) : "");
      }
    }
    const std::size_t left_off = table.print(out_);
    if (left_off > 0) out_.line("  {} more columns are in --format csv and json", left_off);
  }

  std::string feasible(const CellOutcome& cell) const {
    if (!cell.is_finished) return "unfinished";
    if (cell.is_feasible) return "yes";
    std::string text = cell.is_stable ? "no" : "no, not stable";
    for (const std::size_t c : cell.broken)
      text += fmt::format("{}{}.", text == "no" ? ": " : " ", c + 1);
    return text;
  }

  const SweepOutcome& found_;
  TextLines out_;
};

}  // namespace

std::vector<std::string> short_names(const std::vector<std::string>& paths) {
  const auto last_parts = [](const std::string& path, std::size_t parts) {
    std::size_t at = path.size();
    for (; parts > 0 && at != std::string::npos; --parts) {
      at = at == 0 ? std::string::npos : path.rfind('.', at - 1);
    }
    return at == std::string::npos ? path : path.substr(at + 1);
  };
  std::vector<std::string> names;
  for (const std::string& path : paths) {
    std::size_t parts = 1;
    const auto is_shared = [&] {
      return std::ranges::count_if(paths, [&](const std::string& other) {
               return last_parts(other, parts) == last_parts(path, parts);
             }) > 1;
    };
    while (is_shared() && last_parts(path, parts) != path) ++parts;
    names.push_back(last_parts(path, parts));
  }
  return names;
}

std::string results_table(const SweepOutcome& outcome) { return Table(outcome).text(); }

std::string status_text(const SweepOutcome& outcome, const StoredPace& pace, std::int64_t now_ms) {
  TextLines out;
  const StoredSweep& sweep = outcome.sweep;
  const std::size_t done = outcome.finished();
  const std::size_t all = outcome.cells.size();
  out.line("{}: {} of {} cells are finished ({} replications each), by skyreplay {}",
           printable(sweep.name, kMaxText), grouped(done), grouped(all),
           grouped(sweep.replications), printable(sweep.engine, kMaxText));
  if (pace.cells == 0 || done == all) return out.take();
  const auto ago =
      std::chrono::milliseconds(std::max<std::int64_t>(0, now_ms - pace.last_finished_ms));
  out.line("the last one {} ago", human_span(ago));
  const std::int64_t took = pace.last_finished_ms - pace.first_finished_ms;
  if (pace.cells > 1 && took > 0) {
    const auto left =
        static_cast<std::int64_t>(all - done) * took / static_cast<std::int64_t>(pace.cells - 1);
    out.line("at the pace of the last {} cells the rest takes {}", pace.cells,
             human_span(std::chrono::milliseconds(left)));
  }
  return out.take();
}

}  // namespace skyreplay::sweep
