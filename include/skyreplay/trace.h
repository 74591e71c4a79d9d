#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <iosfwd>
#include <optional>
#include <string>
#include <utility>
#include <vector>

/// Looking at recorded traces and reshaping them. Making them: skyreplay/trace_import.h.
///
/// Every function throws InputError (skyreplay/error.h) for a file that is no undamaged trace or an
/// option that makes no sense, and MachineError where reading or writing fails. An output appears
/// whole or not at all, and carries the provenance of its input with the new step added.
namespace skyreplay {

using TraceTime = std::chrono::sys_time<std::chrono::nanoseconds>;

/// The distribution of one column; percentiles are within 1 %, mean and maximum exact.
template <typename Value>
struct ColumnSummary {
  Value mean{};
  Value p50{}, p90{}, p95{}, p99{}, p999{};
  Value max{};
};

/// The busiest second or minute, aligned to the epoch.
struct TracePeak {
  double requests_per_s = 0;  ///< the count divided by the length
  TraceTime start{};
};

struct TraceRouteSummary {
  std::string name{};
  std::string kind{};  ///< sync, async, queue, stream, schedule, job
  std::uint64_t rows = 0;
  std::optional<std::uint32_t> memory_size_mib{};
  std::optional<double> memory_used_p50_mib{};
  std::optional<double> memory_used_max_mib{};
  /// What else its import kept of it: percentiles of its memory, its trigger; sorted by key.
  std::vector<std::pair<std::string, std::string>> attributes{};
};

/// One transformation the trace went through.
struct TraceStep {
  std::string tool{};
  std::vector<std::pair<std::string, std::string>> arguments{};
  std::vector<std::string> measured{};  ///< taken from the input
  std::vector<std::string> drawn{};     ///< drawn, with the law
  std::vector<std::pair<std::string, std::uint64_t>> dropped{};
};

/// What `skyreplay trace info` says.
struct TraceSummary {
  std::filesystem::path path{};
  std::uint64_t file_bytes = 0;
  std::uint64_t rows = 0;
  TraceTime start{}, end{};  ///< span [start, end)
  double mean_requests_per_s = 0;
  TracePeak peak_1s{}, peak_1min{};
  bool work_and_wait = false;  ///< else one duration was recorded, and it is in `work`
  ColumnSummary<std::chrono::nanoseconds> work{}, wait{};
  ColumnSummary<std::uint64_t> bytes_in{}, bytes_out{};
  std::vector<std::string> columns{};  ///< those recorded beside arrival and route
  std::vector<std::pair<std::string, std::uint64_t>> kinds{};  ///< rows by kind, largest first
  std::vector<TraceRouteSummary> routes{};                     ///< largest first
  std::vector<TraceStep> provenance{};                         ///< oldest first
  std::string digest{};
};

/// Reads the whole trace once. Memory does not depend on its length.
TraceSummary summarize_trace(const std::filesystem::path& path);
/// For people: aligned text with the `max_routes` largest routes.
std::string to_text(const TraceSummary& summary, std::size_t max_routes);
/// For programs: everything, one JSON object with a line break at its end.
std::string to_json(const TraceSummary& summary);

/// Writes the first `rows` requests as CSV that `trace import --format csv` reads back.
void print_trace_head(const std::filesystem::path& path, std::uint64_t rows, std::ostream& out);

/// What to keep of a trace. Conditions are applied in the order of the fields.
struct CutOptions {
  std::filesystem::path input{}, output{};
  /// RFC 3339, or "+90m" after the trace's start. Empty: no bound. Kept is [from, to).
  std::string from{}, to{};
  std::vector<std::string> routes{};  ///< patterns with * and ?; empty: all
  std::uint64_t skip_rows = 0;        ///< of those that are left
  std::optional<std::uint64_t> rows{};
};

/// How to change a trace's load. Thinning comes first, then superposition, then stretching.
struct ScaleOptions {
  std::filesystem::path input{}, output{};
  double keep = 1;  ///< each request is kept with this probability, in (0, 1]
  std::uint32_t copies =
      1;                   ///< copies laid over each other, each shifted cyclically within the span
  double stretch = 1;      ///< the time axis is multiplied by this; service times are not
  std::uint64_t seed = 1;  ///< of the thinning and the shifts
  bool own_routes = false;  ///< each copy has routes of its own: NAME, NAME#2, NAME#3, ...
};

/// How to hide whose trace it is. Routes get names that only who has the key can tell from theirs;
/// their attributes go, but for figures of memory and duration; bytes and the arguments of earlier
/// steps go. Arrivals, durations, status and memory stay, as they are what is replayed.
struct AnonymizeOptions {
  std::filesystem::path input{}, output{};
  std::string key{};                 ///< at least 16 bytes; this,
  std::filesystem::path key_file{};  ///< or the file that holds it
  std::string start{};               ///< RFC 3339: moves the span to begin there; empty: it stays
};

/// What was written.
struct TraceWritten {
  std::uint64_t rows = 0;
  TraceTime start{}, end{};
  std::string digest{};
};

TraceWritten cut_trace(const CutOptions& options);
TraceWritten scale_trace(const ScaleOptions& options);
TraceWritten anonymize_trace(const AnonymizeOptions& options);

}  // namespace skyreplay
