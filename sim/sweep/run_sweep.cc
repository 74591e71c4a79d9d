#include <fmt/format.h>
#include <skyreplay/sweep.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <mutex>
#include <set>

#include "core/check.h"
#include "core/error.h"
#include "core/scratch_folder.h"
#include "core/stop.h"
#include "core/text.h"
#include "sweep/outcome.h"
#include "sweep/parallel_for.h"
#include "sweep/plan.h"
#include "sweep/results.h"
#include "sweep/runs_progress.h"
#include "sweep/store.h"
#include "sweep/stored_sweep.h"

namespace skyreplay {
namespace sweep {
namespace {

/// The trace at each multiple of its traffic, decoded once for all cells.
class SharedTraces {
 public:
  SharedTraces(const replay::TraceChoice& trace, const std::set<double>& multiples) {
    for (const double by : multiples) {
      slots_.try_emplace(by,
                         by == 1 ? trace : trace.with({trace::Transformation::Scale{.by = by}}));
    }
    max_bytes_ = kMaxBytes / std::max<std::size_t>(1, multiples.size());
  }

  const replay::TraceChoice& at(double multiple) {
    Slot& slot = slots_.at(multiple);
    std::call_once(slot.once, [&] { slot.trace = slot.trace.in_memory(max_bytes_); });
    return slot.trace;
  }

 private:
  /// Of all traces together; what does not fit is streamed by each run for itself.
  static constexpr std::size_t kMaxBytes = std::size_t{1} << 30;

  struct Slot {
    explicit Slot(replay::TraceChoice choice) : trace(std::move(choice)) {}
    replay::TraceChoice trace;
    std::once_flag once;
  };

  std::map<double, Slot> slots_;
  std::size_t max_bytes_ = 0;
};

/// One run of a sweep from its options to its report.
class SweepRun {
 public:
  explicit SweepRun(const SweepOptions& options)
      : options_(options),
        file_(read(options)),
        plan_(make_plan(file_, options.version, options.threads)),
        traces_(trace_of(file_), multiples()),
        asks_(file_.objective, file_.against, file_.constraints),
        names_(asks_.names()),
        store_(options.store, stored_sweep(file_, plan_, options.version)) {}

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

  std::set<double> multiples() const {
    std::set<double> found;
    for (const Cell& cell : plan_.cells) {
      found.insert(traffic_of(file_.variants[cell.variant], cell.values));
    }
    return found;
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
                      const std::function<void(const replay::Progress&)>& progress, std::size_t i) {
    const Variant& variant = file_.variants[cell.variant];
    const std::filesystem::path result = scratch_.path() / fmt::format("{}.binpb", i);
    const RunTask task{.scenario = scenario_of(file_, cell, replication),
                       .trace = traces_.at(traffic_of(variant, cell.values)),
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
  Plan plan_;
  SharedTraces traces_;
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
