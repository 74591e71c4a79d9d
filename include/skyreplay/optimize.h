#pragma once

#include <skyreplay/compare.h>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace skyreplay {

/// What `skyreplay optimize` is told.
struct OptimizeOptions {
  std::filesystem::path file;       ///< a sweep file, docs/sweeps.md
  std::filesystem::path trace{};    ///< empty: the one that the sweep or its scenarios name
  std::vector<std::string> sets{};  ///< PATH=VALUE overrides of every scenario, in order
  double budget = 0.1;  ///< the share of the requests of all cells that may be replayed, in (0, 1]
  std::uint32_t threads = 1;  ///< runs side by side; the answer never depends on it
  std::string version{};      ///< for the provenance
  /// Called now and then, by one thread at a time; may be empty.
  std::function<void(const RunsProgress&)> progress{};
};

struct OptimizeReport {
  std::string text;       ///< for people, at most 100 columns
  std::string json;       ///< for programs; docs/sweeps.md lists the keys
  bool answered = false;  ///< whether a feasible cell was found
};

/// Finds the cell of a sweep with the least objective that is feasible, with far fewer requests
/// replayed than the sweep would take: on samples of the trace first, then on the whole. The answer
/// was replayed in full; what was ruled out by estimates is said. Deterministic. Throws InputError,
/// MachineError, Interrupted.
OptimizeReport optimize_sweep(const OptimizeOptions& options);

}  // namespace skyreplay
