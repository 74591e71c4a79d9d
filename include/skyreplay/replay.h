#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace skyreplay {

/// How far a run is.
struct RunProgress {
  std::chrono::sys_time<std::chrono::nanoseconds> now;  ///< simulated time
  double share = 0;                                     ///< of the trace's span, 0 to 1
  std::uint64_t requests = 0;
};

/// What `skyreplay run` is told.
struct RunOptions {
  std::filesystem::path scenario;
  std::filesystem::path trace;  ///< empty: the one the scenario names
  std::filesystem::path out;    ///< a folder; it appears whole or not at all
  bool force = false;  ///< replace `out` if it is empty or holds a result.binpb, nothing else
  std::vector<std::string> sets;  ///< PATH=VALUE overrides, in order
  std::string version;            ///< for the provenance
  /// Where to write what became of requests; empty: nowhere. Compressed as its name ends, .gz or
  /// .zst; it appears whole or not at all, and replaces a file of its name. May lie in `out`.
  std::filesystem::path requests;
  std::string requests_format;  ///< csv, alb, lambda; empty: by the name's end
  std::string requests_sample;  ///< all, 1/N, slowest; empty: all
  /// So many services, the busiest, have lines of their own in timeline.csv, and the others one
  /// together; none: all have.
  std::optional<std::uint32_t> timeline_services;
  /// Called about every 65,536 requests and every 1,024 windows; may be empty.
  std::function<void(const RunProgress&)> progress;
};

struct RunReport {
  std::string table;                    ///< for people
  std::string digest;                   ///< 32 hex digits; equal for equal runs
  std::uint64_t requests_written = 0;   ///< lines of RunOptions::requests
  std::uint64_t requests_left_out = 0;  ///< of the sample, that the format has no line for
};

/// Replays a trace against a scenario and leaves timeline.csv, activities.csv, bill.csv,
/// summary.json and result.binpb in `out`. Throws InputError, MachineError.
RunReport run_scenario(const RunOptions& options);

}  // namespace skyreplay
