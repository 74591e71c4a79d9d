#include <fmt/format.h>
#include <skyreplay/sweep.h>

#include <algorithm>
#include <chrono>
#include <mutex>

#include "core/check.h"
#include "core/error.h"
#include "core/scratch_folder.h"
#include "core/stop.h"
#include "core/text.h"
#include "scenario/show.h"
#include "sweep/outcome.h"
#include "sweep/parallel_for.h"
#include "sweep/plan.h"
#include "sweep/results.h"
#include "sweep/runs_progress.h"
#include "sweep/store.h"

namespace skyreplay {
namespace sweep {
namespace {

StoredSweep stored(const SweepFile& file, const Plan& plan, const std::string& version) {
  const proto::Sweep& message = file.message;
  StoredSweep sweep{
      .name = file.name,
      .engine = version,
      .trace_digest = plan.trace_digest,
      .design = scenario::to_text(message.design(),
                                  *message.design().GetDescriptor()->FindFieldByName("kind")),
      .indices = message.design().indices() ? 1U : 0U,
      .replications = message.replications(),
      .seed = file.variants.front().base.message().seed(),
      .minimize = file.objective.text,
      .against = check::quantity_of(file.against),
      .constraints = {},
      .cells = {}};
  for (const check::Requirement& constraint : file.constraints) {
    sweep.constraints.push_back(constraint.text);
  }
  for (const Cell& cell : plan.cells) {
    const Variant& variant = file.variants[cell.variant];
    StoredCell one{.digest = cell.digest, .variant = variant.name, .values = {}};
    for (std::size_t a = 0; a < cell.values.size(); ++a) {
      one.values.push_back({variant.axes[a].path, cell.values[a]});
    }
    sweep.cells.push_back(std::move(one));
  }
  return sweep;
}

/// One run of a sweep from its options to its report.
class SweepRun {
 public:
  explicit SweepRun(const SweepOptions& options)
      : options_(options),
        file_(read(options)),
        trace_(trace_of(file_)),
        plan_(make_plan(file_, options.version, options.threads)),
        asks_(file_.objective, file_.against, file_.constraints),
        names_(asks_.names()),
        store_(options.store, stored(file_, plan_, options.version)) {}

  SweepReport report() {
    replay_what_is_missing();
    const SweepOutcome outcome = read_outcome(store_);
    SweepReport report;
    report.complete = outcome.is_complete();
    report.answered =
        report.complete && std::ranges::any_of(outcome.cells, &CellOutcome::is_feasible);
    report.text = report.complete ? results_table(outcome) : progress_text(outcome);
    return report;
  }

 private:
  static SweepFile read(const SweepOptions& options) {
    SweepFile file = read_sweep_file(options.file, options.sets);
    if (!options.trace.empty()) file.trace = options.trace;
    return file;
  }

  bool is_mine(std::size_t ordinal) const {
    return ordinal % options_.shard.count == options_.shard.index;
  }

  /// Ordinals of the shard's cells that the store does not have; of equal cells the first.
  std::vector<std::size_t> missing() {
    std::set<std::string> seen = store_.finished(names_);
    std::vector<std::size_t> ordinals;
    for (std::size_t i = 0; i < plan_.cells.size(); ++i) {
      if (is_mine(i) && seen.insert(plan_.cells[i].digest).second) ordinals.push_back(i);
    }
    return ordinals;
  }

  void replay_what_is_missing() {
    const std::vector<std::size_t> ordinals = missing();
    RunsProgressSum progress(ordinals.size() * file_.message.replications(), options_.progress);
    parallel_for(ordinals.size(), options_.threads,
                 [&](std::size_t i) { replay_cell(i, plan_.cells[ordinals[i]], progress); });
  }

  /// `i` counts the cells of this call.
  void replay_cell(std::size_t i, const Cell& cell, RunsProgressSum& progress) {
    throw_if_stopped();
    const std::uint32_t replications = file_.message.replications();
    const bool is_there = [&] {  // by another process
      const std::lock_guard lock(mutex_);
      return store_.is_finished(cell.digest, names_);
    }();
    std::vector<RunFacts> runs;
    const std::int64_t start = now();
    for (std::uint32_t r = 0; r < replications; ++r) {
      const std::size_t run = i * replications + r;
      if (!is_there) runs.push_back(replay_one(cell, r, progress.of_run(run), i));
      progress.done(run);
    }
    if (is_there) return;
    const std::int64_t end = now();
    const std::lock_guard lock(mutex_);
    store_.put(cell.digest, runs, names_, end, end - start);
  }

  RunFacts replay_one(const Cell& cell, std::uint32_t replication,
                      const std::function<void(const replay::Progress&)>& progress,
                      std::size_t i) const {
    const Variant& variant = file_.variants[cell.variant];
    std::vector<std::string> sets = settings_of(variant, cell.values);
    // Not said again of the first: a scenario may hold seeds beyond what a setting takes.
    if (replication > 0) {
      sets.push_back(fmt::format("seed={}", variant.base.message().seed() + replication));
    }
    const std::filesystem::path result = scratch_.path() / fmt::format("{}.binpb", i);
    const RunTask task{.scenario = variant.base.with(sets),
                       .trace = trace_,
                       .result = result,
                       .version = options_.version};
    RunFacts facts = replay_and_read(task, asks_.quantities, progress);
    std::filesystem::remove(result);
    return facts;
  }

  std::int64_t now() const { return options_.clock ? options_.clock() : 0; }

  std::string progress_text(const SweepOutcome& outcome) const {
    std::size_t mine = 0;
    std::size_t done = 0;
    for (std::size_t i = 0; i < outcome.cells.size(); ++i) {
      mine += is_mine(i) ? 1 : 0;
      done += is_mine(i) && outcome.cells[i].is_finished ? 1 : 0;
    }
    return fmt::format(
        "{}: {} of the {} cells of shard {}/{} are in the store, {} of the sweep's {}\n"
        "the other shards' stores make it whole: skyreplay sweep merge\n",
        outcome.sweep.name, grouped(done), grouped(mine), options_.shard.index,
        options_.shard.count, grouped(outcome.finished()), grouped(outcome.cells.size()));
  }

  const SweepOptions& options_;
  SweepFile file_;
  replay::TraceChoice trace_;
  Plan plan_;
  Questions asks_;
  std::vector<std::string> names_;
  ScratchFolder scratch_{"skyreplay-sweep"};
  Store store_;
  std::mutex mutex_;  ///< of the store
};

}  // namespace
}  // namespace sweep

SweepReport run_sweep(const SweepOptions& options) {
  SKY_CHECK(options.threads > 0 && options.shard.index < options.shard.count);
  return sweep::SweepRun(options).report();
}

SweepReport sweep_results(const std::filesystem::path& path, const std::string& format) {
  sweep::Store store(path);
  const sweep::SweepOutcome outcome = sweep::read_outcome(store);
  SweepReport report;
  report.complete = outcome.is_complete();
  report.answered =
      report.complete && std::ranges::any_of(outcome.cells, &sweep::CellOutcome::is_feasible);
  if (format == "csv") {
    report.text = sweep::results_csv(outcome);
  } else if (format == "json") {
    report.text = sweep::results_json(outcome);
  } else {
    report.text = sweep::results_table(outcome);
  }
  return report;
}

std::string sweep_status(const std::filesystem::path& path, std::int64_t now_ms) {
  sweep::Store store(path);
  return sweep::status_text(sweep::read_outcome(store), store.pace(), now_ms);
}

void merge_sweeps(const std::filesystem::path& path,
                  const std::vector<std::filesystem::path>& others) {
  SKY_CHECK(!others.empty());
  std::error_code error;
  const bool exists = std::filesystem::exists(path, error);
  const sweep::StoredSweep asks = sweep::Store(exists ? path : others.front()).sweep();
  sweep::Store store(path, asks);
  for (const std::filesystem::path& other : others) store.merge(other);
}

}  // namespace skyreplay
