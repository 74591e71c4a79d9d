#pragma once

#include <skyreplay/compare.h>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

/// Sweeps: many variants of a scenario on one trace, kept in a store, answered from it.
/// docs/sweeps.md has the language of sweep files, the store's tables and what answers mean.
namespace skyreplay {

/// A part of a sweep: every cell whose number leaves `index` when divided by `count`.
struct Shard {
  std::uint32_t index = 0;  ///< below `count`
  std::uint32_t count = 1;
};

/// Reads "K/N". Throws InputError.
Shard parse_shard(const std::string& text);
/// The shard of this task of an array job of AWS Batch, Kubernetes or Slurm, as `variable(name)`
/// says, which has the value of an environment variable or "" for none; the whole where this is no
/// array job. Throws InputError where an index has no count, or makes no sense.
Shard shard_of_array_job(const std::function<std::string(const std::string&)>& variable);

/// What `skyreplay sweep run` is told.
struct SweepOptions {
  std::filesystem::path file;
  std::filesystem::path store;
  std::filesystem::path trace{};    ///< empty: the one that the sweep or its scenarios name
  std::vector<std::string> sets{};  ///< PATH=VALUE overrides of every scenario, in order
  Shard shard{};
  std::uint32_t threads = 1;  ///< cells side by side; no result depends on it
  std::string version{};      ///< of the program: results of two are never mixed
  /// Called now and then, by one thread at a time; may be empty.
  std::function<void(const RunsProgress&)> progress{};
  /// Milliseconds since 1970, for `sweep status`; may be empty.
  std::function<std::int64_t()> clock{};
};

struct SweepReport {
  std::string text;       ///< for people, at most 100 columns
  bool complete = false;  ///< every cell of the whole sweep is in the store
  bool answered = false;  ///< complete, and some cell is feasible
};

/// Replays what of a sweep is not in the store yet, one transaction a cell: what ends it, however
/// suddenly, loses the cells in hand and no other. Throws InputError with all mistakes of the sweep
/// and its scenarios at once, before the store is touched; MachineError; Interrupted.
SweepReport run_sweep(const SweepOptions& options);

/// How far a store is, for people. `now_ms` since 1970; what is printed depends on it alone beside
/// the store. Throws as run_sweep() does, likewise below.
std::string sweep_status(const std::filesystem::path& store, std::int64_t now_ms);

/// Every cell of a sweep in its order, and the answers: "table", "csv" or "json".
SweepReport sweep_results(const std::filesystem::path& store, const std::string& format);

/// Adds the results of other stores of the same sweep to `store`, which is made where there is
/// none.
void merge_sweeps(const std::filesystem::path& store,
                  const std::vector<std::filesystem::path>& others);

}  // namespace skyreplay
