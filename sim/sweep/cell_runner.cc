#include "sweep/cell_runner.h"

#include <fmt/format.h>

#include "sweep/parallel_for.h"
#include "sweep/runs_progress.h"

namespace skyreplay::sweep {

std::vector<CellOutcome> CellRunner::replay(const std::vector<std::size_t>& cells,
                                            const replay::TraceChoice& trace,
                                            std::uint32_t replications) {
  std::vector<CellOutcome> outcomes(cells.size());
  for (CellOutcome& outcome : outcomes) outcome.runs.resize(replications);
  RunsProgressSum progress(cells.size() * replications, settings_.progress);
  parallel_for(cells.size() * replications, settings_.threads, [&](std::size_t run) {
    const std::size_t i = run / replications;
    const auto replication = static_cast<std::uint32_t>(run % replications);
    outcomes[i].runs[replication] =
        replay_one(cells[i], replication, trace, run, progress.of_run(run));
    progress.done(run);
  });
  for (std::size_t i = 0; i < cells.size(); ++i) {
    outcomes[i].ordinal = cells[i];
    summarize(outcomes[i], asks_);
  }
  return outcomes;
}

RunFacts CellRunner::replay_one(
    std::size_t cell, std::uint32_t replication, const replay::TraceChoice& trace, std::size_t run,
    const std::function<void(const replay::Progress&)>& progress) const {
  const std::filesystem::path result = scratch_.path() / fmt::format("{}.binpb", run);
  const RunTask task{.scenario = scenario_of(sweep_, plan_.cells[cell], replication),
                     .trace = trace,
                     .result = result,
                     .version = settings_.version};
  RunFacts facts = replay_and_read(task, asks_.quantities, progress);
  std::filesystem::remove(result);
  return facts;
}

}  // namespace skyreplay::sweep
