#include "sweep/outcome.h"

#include <algorithm>
#include <map>

namespace skyreplay::sweep {
namespace {

std::optional<Estimate> estimate(const std::vector<std::int64_t>& values, std::size_t of) {
  if (values.empty() || values.size() < of) return std::nullopt;
  if (const std::optional<Interval> interval = paired_interval(values)) {
    return Estimate{.mean = interval->mean, .interval = interval};
  }
  return Estimate{.mean = values.front(), .interval = std::nullopt};
}

/// Estimate of what `value_of(run)` is, where every run has it.
template <typename ValueOf>
std::optional<Estimate> over_runs(const std::vector<RunFacts>& runs, const ValueOf& value_of) {
  std::vector<std::int64_t> values;
  for (const RunFacts& run : runs) {
    if (const std::optional<std::int64_t> value = value_of(run)) values.push_back(*value);
  }
  return estimate(values, runs.size());
}

std::optional<std::int64_t> measured(const RunFacts& run, std::size_t quantity) {
  const check::Measurement& found = run.measured[quantity];
  return found.known ? std::optional(found.value) : std::nullopt;
}

void judge(CellOutcome& cell, const Questions& asks) {
  cell.is_stable = std::ranges::all_of(
      cell.runs, [](const RunFacts& run) { return run.verdict == replay::Verdict::kStable; });
  for (std::size_t c = 0; c < asks.constraints.size(); ++c) {
    const auto fails = [&](const RunFacts& run) {
      const auto value = measured(run, asks.of_constraint[c]);
      return !value || !check::holds(asks.constraints[c], *value);
    };
    if (std::ranges::any_of(cell.runs, fails)) cell.broken.push_back(c);
  }
  cell.is_feasible = cell.is_stable && cell.broken.empty();
}

}  // namespace

void summarize(CellOutcome& cell, const Questions& asks) {
  cell.is_finished = true;
  judge(cell, asks);
  for (std::size_t q = 0; q < asks.quantities.size(); ++q) {
    cell.quantities.push_back(
        over_runs(cell.runs, [&](const RunFacts& run) { return measured(run, q); }));
  }
  cell.cost = over_runs(cell.runs, [](const RunFacts& run) { return std::optional(run.cost); });
  cell.monthly = over_runs(cell.runs, [](const RunFacts& run) { return run.monthly; });
  switch (asks.objective.kind) {
    case Objective::Kind::kCost:
      cell.objective = cell.cost;
      break;
    case Objective::Kind::kMonthlyCost:
      cell.objective = cell.monthly;
      break;
    case Objective::Kind::kQuantity:
      cell.objective = cell.quantities[*asks.of_objective];
  }
}

Questions::Questions(Objective minimize, check::Requirement trade,
                     std::vector<check::Requirement> requirements)
    : objective(std::move(minimize)),
      against(std::move(trade)),
      constraints(std::move(requirements)) {
  const auto index_of = [&](const check::Requirement& requirement) {
    const std::string name = check::quantity_of(requirement);
    for (std::size_t q = 0; q < quantities.size(); ++q) {
      if (check::quantity_of(quantities[q]) == name) return q;
    }
    quantities.push_back(requirement);
    return quantities.size() - 1;
  };
  for (const check::Requirement& constraint : constraints) {
    of_constraint.push_back(index_of(constraint));
  }
  of_against = index_of(against);
  if (objective.kind == Objective::Kind::kQuantity) of_objective = index_of(objective.quantity);
}

std::vector<std::string> Questions::names() const {
  std::vector<std::string> names;
  for (const check::Requirement& quantity : quantities) {
    names.push_back(check::quantity_of(quantity));
  }
  return names;
}

std::optional<std::int64_t> CellOutcome::objective_of(std::size_t replication,
                                                      const Questions& asks) const {
  const RunFacts& run = runs[replication];
  switch (asks.objective.kind) {
    case Objective::Kind::kCost:
      return run.cost;
    case Objective::Kind::kMonthlyCost:
      return run.monthly;
    case Objective::Kind::kQuantity:
      break;
  }
  return measured(run, *asks.of_objective);
}

std::size_t SweepOutcome::finished() const {
  return static_cast<std::size_t>(std::ranges::count_if(cells, &CellOutcome::is_finished));
}

std::vector<std::string> SweepOutcome::parameters() const {
  std::vector<std::string> paths;
  for (const StoredCell& cell : sweep.cells) {
    for (const StoredValue& value : cell.values) {
      if (std::ranges::find(paths, value.path) == paths.end()) paths.push_back(value.path);
    }
  }
  return paths;
}

std::string SweepOutcome::value(std::size_t ordinal, const std::string& path) const {
  const std::vector<StoredValue>& values = sweep.cells[ordinal].values;
  const auto found = std::ranges::find(values, path, &StoredValue::path);
  return found == values.end() ? "" : found->value;
}

SweepOutcome read_outcome(Store& store) {
  const StoredSweep& sweep = store.sweep();
  std::vector<check::Requirement> constraints;
  for (const std::string& text : sweep.constraints) {
    constraints.push_back(check::parse_requirement(text));
  }
  SweepOutcome outcome{.sweep = sweep,
                       .asks = Questions(parse_objective(sweep.minimize),
                                         check::parse_quantity(sweep.against), constraints),
                       .cells = {}};
  const std::vector<std::string> names = outcome.asks.names();
  const std::set<std::string> finished = store.finished(names);
  for (std::size_t i = 0; i < sweep.cells.size(); ++i) {
    CellOutcome cell;
    cell.ordinal = i;
    if (finished.contains(sweep.cells[i].digest)) {
      cell.runs = store.runs(sweep.cells[i].digest, names);
      summarize(cell, outcome.asks);
    }
    outcome.cells.push_back(std::move(cell));
  }
  return outcome;
}

}  // namespace skyreplay::sweep
