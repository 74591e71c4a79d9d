#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/time.h"

namespace skyreplay::trace {

/// How a route's calls reach the service.
enum class InvocationKind : std::uint8_t { kSync, kAsync, kQueue, kStream, kSchedule, kJob };

/// "sync", "async", ...
std::string_view to_string(InvocationKind kind);

/// What a trace knows of one route. Names are data: any bytes but NUL, at most 4,096 of them.
struct Route {
  std::string name{};
  InvocationKind kind = InvocationKind::kSync;
  std::optional<std::uint32_t> memory_size_mib{};  ///< recorded configuration
  std::optional<double> memory_used_p50_mib{};
  std::optional<double> memory_used_max_mib{};
  /// Anything else an importer found worth keeping, e.g. {"memory_used_p99_mib", "211"}; sorted by
  /// key.
  std::vector<std::pair<std::string, std::string>> attributes{};
  std::uint64_t rows = 0;  ///< filled by the writer
};

/// One transformation a trace went through.
struct ProvenanceStep {
  std::string tool{};  ///< "import azure-functions-2019", "scale", ...
  std::vector<std::pair<std::string, std::string>> arguments{};  ///< in order, seed included
  std::vector<std::string> measured{};  ///< columns (or statistics) taken from the input
  std::vector<std::string> drawn{};     ///< columns drawn, each with its law in words
  std::vector<std::pair<std::string, std::uint64_t>> dropped{};  ///< what was left out, counted
};

/// Request columns a trace may carry beside arrival and route.
enum class Durations : std::uint8_t {
  kOneDuration,  ///< `work` holds the whole duration, `wait` is 0: a scenario's work_share splits
                 ///< it
  kWorkAndWait,
};

/// Everything about a trace but its rows.
struct TraceInfo {
  TimePoint origin = kDefaultOrigin;
  TimePoint start =
      kDefaultOrigin;  ///< span [start, end): the horizon that capacity is billed over
  TimePoint end = kDefaultOrigin;
  Durations durations = Durations::kOneDuration;
  std::uint64_t rows = 0;
  std::vector<Route> routes{};
  bool has_status = false;  ///< some row carries it; likewise below
  bool has_init = false;
  bool has_memory_used = false;
  bool has_bytes = false;  ///< in or out
  std::vector<ProvenanceStep> provenance{};
  std::string digest{};  ///< 32 hex digits over all payloads before the footer
};

/// One request as writers take it. Times are exact to the column's unit: arrival 1 ns, work and
/// wait 1 µs (rounded to nearest on writing), bytes 1.
struct Row {
  TimePoint arrival{};
  std::uint32_t route = 0;
  Duration work{};
  Duration wait{};
  std::uint64_t bytes_in = 0;
  std::uint64_t bytes_out = 0;
  std::uint16_t status = 0;           ///< 0: not recorded
  Duration init{};                    ///< 0: not recorded
  std::uint32_t memory_used_mib = 0;  ///< 0: not recorded
};

}  // namespace skyreplay::trace
