#include <fmt/format.h>

#include "sweep/facts_json.h"
#include "sweep/results.h"

namespace skyreplay::sweep {
namespace {

std::string quoted(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string out = "\"";
  for (const char c : text) out += c == '"' ? std::string("\"\"") : std::string(1, c);
  return out + "\"";
}

/// "p99(latency of web) ms"
std::string titled(const std::string& name, check::Unit unit) {
  const std::string_view spelled = unit_name(unit);
  return spelled.empty() ? name : fmt::format("{} {}", name, spelled);
}

/// A mean, and with several replications the ends of its interval.
class Row {
 public:
  explicit Row(bool has_intervals) : has_intervals_(has_intervals) {}

  void text(const std::string& value) { line_ += (line_.empty() ? "" : ",") + quoted(value); }
  void heading(const std::string& name) {
    text(name);
    if (!has_intervals_) return;
    text(name + " low");
    text(name + " high");
  }
  void estimate(const std::optional<Estimate>& value, check::Unit unit) {
    text(value ? exact_text(value->mean, unit) : "");
    if (!has_intervals_) return;
    text(value && value->interval ? exact_text(value->interval->low, unit) : "");
    text(value && value->interval ? exact_text(value->interval->high, unit) : "");
  }
  std::string take() { return std::move(line_) + "\n"; }

 private:
  bool has_intervals_;
  std::string line_;
};

}  // namespace

std::string results_csv(const SweepOutcome& outcome) {
  const bool has_intervals = outcome.sweep.replications > 1;
  const std::vector<std::string> parameters = outcome.parameters();
  Row head(has_intervals);
  for (const char* name : {"cell", "digest", "variant"}) head.text(name);
  for (const std::string& path : parameters) head.text(path);
  for (const char* name : {"finished", "stable", "feasible"}) head.text(name);
  head.heading("cost USD");
  head.heading("monthly_cost USD");
  const std::vector<std::string> names = outcome.asks.names();
  for (std::size_t q = 0; q < names.size(); ++q) {
    head.heading(titled(names[q], outcome.asks.quantities[q].unit));
  }
  std::string csv = head.take();
  for (const CellOutcome& cell : outcome.cells) {
    Row row(has_intervals);
    row.text(std::to_string(cell.ordinal));
    row.text(outcome.sweep.cells[cell.ordinal].digest);
    row.text(outcome.sweep.cells[cell.ordinal].variant);
    for (const std::string& path : parameters) row.text(outcome.value(cell.ordinal, path));
    row.text(cell.is_finished ? "true" : "false");
    row.text(!cell.is_finished ? "" : cell.is_stable ? "true" : "false");
    row.text(!cell.is_finished ? "" : cell.is_feasible ? "true" : "false");
    row.estimate(cell.cost, check::Unit::kUsd);
    row.estimate(cell.monthly, check::Unit::kUsd);
    for (std::size_t q = 0; q < names.size(); ++q) {
      row.estimate(cell.is_finished ? cell.quantities[q] : std::nullopt,
                   outcome.asks.quantities[q].unit);
    }
    csv += row.take();
  }
  return csv;
}

}  // namespace skyreplay::sweep
