#pragma once

#include <skyreplay/compare.h>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace skyreplay {

/// What `skyreplay tune` is told.
struct TuneOptions {
  std::filesystem::path scenario;
  std::filesystem::path trace;  ///< empty: the one the scenario names
  /// The field to find a value for, a path as `--set` takes it, of a whole number. Empty: the count
  /// of the scenario's one EC2 or ECS service.
  /// Or what to choose among: several fields joined by commas, or with values, docs/compare.md.
  std::string over;
  /// "0.5..4": find the highest multiple of the trace's traffic instead. Empty: as it is.
  std::string traffic;
  std::vector<std::string> requirements;  ///< docs/compare.md
  std::vector<std::string> sets;          ///< PATH=VALUE overrides, in order
  std::uint64_t max = 1000;               ///< the largest value to try
  std::uint32_t threads = 1;  ///< of a choice, runs side by side; the answer never depends on it
  std::string version;        ///< for the provenance
  std::function<void(const RunsProgress&)> progress;  ///< called now and then; may be empty
};

struct TuneReport {
  std::string table;      ///< for people, at most 100 columns
  std::string json;       ///< for programs; docs/compare.md lists the keys
  bool answered = false;  ///< whether a value up to `max` meets the requirements
};

/// Finds the smallest value at which the scenario is stable and meets the requirements, by replays:
/// doubling, then halving. The value found was replayed, and so was the one below it, which fails.
/// Assumes that more is not worse. Of a choice replays every combination and answers with the
/// cheapest, the fastest and the balanced one; of traffic finds the highest multiple. Throws
/// InputError, MachineError, Interrupted.
TuneReport tune_scenario(const TuneOptions& options);

}  // namespace skyreplay
