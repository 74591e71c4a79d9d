#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace skyreplay {

/// How far the runs of a comparison or a search are.
struct RunsProgress {
  std::size_t runs_done = 0;
  std::size_t runs = 0;  ///< in all, or as far as is known
  double share = 0;      ///< of all runs' spans, 0 to 1
  std::uint64_t requests = 0;
};

/// What `skyreplay compare` is told.
struct CompareOptions {
  std::vector<std::filesystem::path> scenarios;  ///< the candidates
  std::filesystem::path trace;                   ///< empty: the one that every scenario names
  std::vector<std::string> requirements;         ///< "p99(latency of *) < 300ms"; docs/compare.md
  std::vector<std::string> sets;   ///< PATH=VALUE overrides of every candidate, in order
  std::uint32_t threads = 1;       ///< runs side by side; the answer never depends on it
  std::uint32_t replications = 1;  ///< seeds seed .. seed + N - 1
  std::filesystem::path out;       ///< a folder for what is found; empty: nothing is kept
  bool force = false;   ///< replace `out` if it is empty or holds a compare.json, nothing else
  std::string version;  ///< for the provenance
  /// Called now and then, by one thread at a time; may be empty.
  std::function<void(const RunsProgress&)> progress;
};

struct CompareReport {
  std::string table;      ///< for people, at most 100 columns
  std::string json;       ///< for programs; docs/compare.md lists the keys
  bool answered = false;  ///< whether a candidate meets the requirements
};

/// Replays one trace on every candidate and says which is the cheapest that is stable and meets the
/// requirements, and whether another work share would change that. Everything is deterministic.
/// Throws InputError (all mistakes in files and requirements at once), MachineError, Interrupted;
/// then `out` does not exist.
CompareReport compare_scenarios(const CompareOptions& options);

}  // namespace skyreplay
