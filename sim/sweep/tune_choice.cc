#include "sweep/tune_choice.h"

#include <algorithm>

#include "sweep/candidates.h"
#include "sweep/cell_runner.h"
#include "sweep/choices.h"
#include "sweep/design.h"
#include "sweep/results.h"
#include "sweep/stored_sweep.h"

namespace skyreplay::sweep {
namespace {

/// The sweep that a choice is: one scenario, a grid of what is asked for.
SweepFile sweep_of(const TuneOptions& options) {
  std::vector<Candidate> candidates = load_candidates({options.scenario}, options.sets);
  SweepFile sweep;
  sweep.name = candidates.front().name;
  sweep.message.mutable_design()->set_kind(proto::Sweep::Design::GRID);
  sweep.message.set_replications(1);
  const replay::TraceChoice trace(candidates.front().scenario, options.trace);
  std::vector<Axis> axes =
      read_choices(candidates.front().scenario, trace.open()->info(), options.over);
  check_design(sweep.message.design(), axes);
  sweep.variants.push_back({sweep.name, std::move(candidates.front().scenario), std::move(axes)});
  sweep.trace = options.trace;
  sweep.against = check::parse_quantity("p99(latency of *)");
  sweep.constraints = parse_requirements(options.requirements);
  return sweep;
}

}  // namespace

TuneReport tune_choice(const TuneOptions& options) {
  const SweepFile sweep = sweep_of(options);
  const Plan plan = make_plan(sweep, options.version, options.threads);
  const Questions asks(sweep.objective, sweep.against, sweep.constraints);
  SweepOutcome outcome{
      .sweep = stored_sweep(sweep, plan, options.version), .asks = asks, .cells = {}};
  std::vector<std::size_t> cells;
  for (std::size_t i = 0; i < plan.cells.size(); ++i) cells.push_back(i);
  constexpr std::size_t kMaxBytes = std::size_t{1} << 30;
  const replay::TraceChoice trace = trace_of(sweep).in_memory(kMaxBytes);
  CellRunner runner(sweep, plan, asks, {options.threads, options.version, options.progress});
  outcome.cells = runner.replay(cells, trace, 1);
  return {.table = results_table(outcome),
          .json = results_json(outcome),
          .answered = std::ranges::any_of(outcome.cells, &CellOutcome::is_feasible)};
}

}  // namespace skyreplay::sweep
