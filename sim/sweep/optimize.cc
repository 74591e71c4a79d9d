#include <skyreplay/optimize.h>

#include <algorithm>
#include <limits>
#include <map>
#include <set>

#include "core/check.h"
#include "core/error.h"
#include "sweep/cell_runner.h"
#include "sweep/optimum.h"
#include "sweep/traffic.h"

namespace skyreplay {
namespace sweep {
namespace {

/// Traces in memory are shared by all runs.
constexpr std::size_t kMaxBytes = std::size_t{1} << 29;
/// What a constraint that fails for no number strains.
constexpr double kBroken = 2;

/// The part of a limit that a value takes up: above 1 where the requirement does not hold.
double strain_of(const check::Requirement& requirement, const check::Measurement& measured) {
  if (!measured.known) return kBroken;
  const auto value = static_cast<double>(measured.value);
  const auto limit = static_cast<double>(requirement.limit);
  const bool holds = check::holds(requirement, measured.value);
  switch (requirement.comparison) {
    case check::Comparison::kLess:
    case check::Comparison::kLessOrEqual:
      return limit > 0 && value >= 0 ? value / limit : holds ? 0 : kBroken;
    case check::Comparison::kGreater:
    case check::Comparison::kGreaterOrEqual:
      return value > 0 ? limit / value : holds ? 0 : kBroken;
    case check::Comparison::kEqual:
      break;
  }
  return holds ? 0 : kBroken;
}

/// What came of a cell on the whole trace or a sample of it, whose hours are not the trace's: there
/// a constraint on some of them strains nothing.
Trial trial_of(const CellOutcome& cell, const Questions& asks, bool is_sample) {
  Trial trial{.objective = std::numeric_limits<double>::infinity(),
              .strain = 0,
              .is_feasible = cell.is_feasible && cell.objective.has_value(),
              .requests = 0};
  if (cell.objective) trial.objective = static_cast<double>(cell.objective->mean);
  for (const RunFacts& run : cell.runs) {
    trial.requests += run.billed_arrivals;
    for (std::size_t c = 0; c < asks.constraints.size(); ++c) {
      if (is_sample && asks.constraints[c].between) continue;
      trial.strain = std::max(trial.strain,
                              strain_of(asks.constraints[c], run.measured[asks.of_constraint[c]]));
    }
  }
  if (!cell.is_stable) trial.strain = std::max(trial.strain, kBroken);
  return trial;
}

std::uint64_t rows_of(const replay::TraceChoice& trace) {
  const std::unique_ptr<trace::Source> source = trace.open();
  std::uint64_t rows = 0;
  for (trace::Batch batch = source->next(); batch.size > 0; batch = source->next()) {
    rows += batch.size;
  }
  return rows;
}

/// One search from its options to its report.
class Optimize {
 public:
  explicit Optimize(const OptimizeOptions& options)
      : options_(options),
        file_(read(options)),
        plan_(make_plan(file_, options.version, options.threads)),
        asks_(file_.objective, file_.against, file_.constraints),
        whole_(trace_of(file_).in_memory(kMaxBytes)),
        runner_(file_, plan_, asks_, {options.threads, options.version, options.progress}) {
    found_.file = &file_;
    found_.plan = &plan_;
    found_.asks = &asks_;
    found_.whole_requests = rows_of(whole_) * file_.message.replications();
  }

  OptimizeReport report() {
    const std::vector<std::size_t> cells = different_cells();
    found_.candidates = cells.size();
    RaceField field{
        .group_of = {}, .whole_requests = found_.whole_requests, .budget = options_.budget};
    for (const std::size_t cell : cells) field.group_of.push_back(plan_.cells[cell].variant);
    found_.race = race(field, [&](const std::vector<std::size_t>& candidates, double share) {
      return replay(chosen(cells, candidates), share);
    });
    for (RaceStep& step : found_.race.steps) step.candidates = chosen(cells, step.candidates);
    found_.race.open = chosen(cells, found_.race.open);
    if (found_.race.best) found_.race.best = cells[*found_.race.best];
    compare_best();
    return {.text = optimum_text(found_),
            .json = optimum_json(found_),
            .answered = found_.race.best.has_value()};
  }

 private:
  static SweepFile read(const OptimizeOptions& options) {
    SweepFile file = read_sweep_file(options.file, options.sets);
    if (!options.trace.empty()) file.trace = options.trace;
    for (const Variant& variant : file.variants) {
      for (const Axis& axis : variant.axes) {
        if (axis.path != kTraffic) continue;
        throw InputError(axis.position, "optimize seeks what to configure, and traffic is not");
      }
    }
    return file;
  }

  /// Numbers of the plan's cells; of those with one digest the first.
  std::vector<std::size_t> different_cells() const {
    std::set<std::string> seen;
    std::vector<std::size_t> cells;
    for (std::size_t i = 0; i < plan_.cells.size(); ++i) {
      if (seen.insert(plan_.cells[i].digest).second) cells.push_back(i);
    }
    return cells;
  }

  static std::vector<std::size_t> chosen(const std::vector<std::size_t>& cells,
                                         const std::vector<std::size_t>& which) {
    std::vector<std::size_t> numbers;
    for (const std::size_t i : which) numbers.push_back(cells[i]);
    return numbers;
  }

  const replay::TraceChoice& trace_at(double share) {
    if (share >= 1) return whole_;
    const auto found = samples_.find(share);
    if (found != samples_.end()) return found->second;
    const trace::Transformation sample{trace::Transformation::Sample{.share = share}};
    return samples_.emplace(share, whole_.with(sample).in_memory(kMaxBytes)).first->second;
  }

  std::vector<Trial> replay(const std::vector<std::size_t>& cells, double share) {
    const replay::TraceChoice& trace = trace_at(share);
    // A sample's own error is larger than a seed's.
    const std::uint32_t replications = share >= 1 ? file_.message.replications() : 1;
    std::vector<CellOutcome> outcomes = runner_.replay(cells, trace, replications);
    std::vector<Trial> trials;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      trials.push_back(trial_of(outcomes[i], asks_, share < 1));
      if (share >= 1) found_.whole.insert_or_assign(cells[i], std::move(outcomes[i]));
    }
    return trials;
  }

  /// The best against the feasible cell next to it, seed by seed.
  void compare_best() {
    if (!found_.race.best) return;
    const CellOutcome& best = found_.whole.at(*found_.race.best);
    const CellOutcome* next = nullptr;
    for (const auto& [number, cell] : found_.whole) {
      if (number == *found_.race.best || !cell.is_feasible || !cell.objective) continue;
      if (next == nullptr || cell.objective->mean < next->objective->mean) next = &cell;
    }
    if (next == nullptr) return;
    found_.next = next->ordinal;
    std::vector<std::int64_t> differences;
    for (std::size_t r = 0; r < best.runs.size(); ++r) {
      const auto mine = best.objective_of(r, asks_);
      const auto other = next->objective_of(r, asks_);
      if (mine && other) differences.push_back(*other - *mine);
    }
    found_.ahead = paired_interval(differences);
  }

  const OptimizeOptions& options_;
  SweepFile file_;
  Plan plan_;
  Questions asks_;
  replay::TraceChoice whole_;
  std::map<double, replay::TraceChoice> samples_;  ///< by share
  CellRunner runner_;
  Optimum found_;
};

}  // namespace
}  // namespace sweep

OptimizeReport optimize_sweep(const OptimizeOptions& options) {
  SKY_CHECK(options.threads > 0 && options.budget > 0 && options.budget <= 1);
  return sweep::Optimize(options).report();
}

}  // namespace skyreplay
