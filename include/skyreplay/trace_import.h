#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace skyreplay {

/// What `skyreplay trace import` is told. An option that the format has no use for is refused by
/// its name (InputError), never ignored. docs/traces.md describes each format.
struct ImportOptions {
  /// Files, plain, gzip or zstd, and folders: every regular file in and below them, in bytewise
  /// order of path, but for hidden ones. "-" is standard input.
  std::vector<std::string> inputs;
  std::string format;  ///< empty: recognized from the content
  std::filesystem::path out;
  std::uint64_t seed = 1;             ///< of everything that is drawn
  bool skip_bad_rows = false;         ///< count and report them instead of stopping at the first
  std::uint32_t max_routes = 10'000;  ///< later ones are counted as the route "other"
  /// RFC 3339: time zero of what the input counts from it; 2026-01-05T00:00:00Z unless given.
  std::string origin;
  std::string time_unit;  ///< csv: what a plain number in the arrival column counts: s|ms|us|ns
  std::string step;       ///< counts: the length of one period, such as 1m
  /// counts, metrics, azure: uniform | poisson | equidistant | start of the period; combined,
  /// cloudfront: uniform | start of the second
  std::string arrivals;
  std::string timer_arrivals;  ///< azure: the same for timer functions alone
  std::string service_time;    ///< a law as a scenario spells it, where the input has no durations
  std::string route;           ///< csv without a route column, counts: the one route's name
  std::vector<std::string> ignored_columns;  ///< csv: columns to pass over in silence
  /// csv, jsonl, nginx-json: FIELD=COLUMN[:UNIT], which column holds which field of a request
  std::vector<std::string> mapping;
  /// Access logs: globs over "METHOD /path", or NAME=^REGEX, which name the routes they match; the
  /// first that matches counts.
  std::vector<std::string> route_patterns;
  std::filesystem::path calls;  ///< otlp, jaeger: where to write the `calls:` of a scenario
  std::string log_format;  ///< combined: what a line is made up of, as nginx or Apache spells it
  std::string cache_hits;  ///< cloudfront: drop (as if empty) | keep
  std::string websockets;  ///< access logs: drop (as if empty) | keep | cap=DURATION
  std::string memory;      ///< logs: what sorting may use, such as 256MiB; else 64MiB
};

/// What an import did.
struct ImportReport {
  std::string format;
  std::uint64_t rows = 0;
  std::uint64_t routes = 0;
  std::chrono::sys_time<std::chrono::nanoseconds> start;  ///< span [start, end)
  std::chrono::sys_time<std::chrono::nanoseconds> end;
  std::string digest;
  std::vector<std::pair<std::string, std::uint64_t>> dropped;  ///< what was left out, counted
  std::vector<std::string> notes;  ///< choices the input left open, in words
};

/// A format that `--format` names.
struct ImportFormat {
  std::string name;
  std::string summary;
};

/// In the order in which they are tried on an input's first bytes.
std::vector<ImportFormat> import_formats();

/// Reads the inputs and writes the trace; it appears under `options.out` only when whole. Throws
/// InputError (with file, line and column where there is one) and MachineError.
ImportReport import_trace(const ImportOptions& options);

/// What `skyreplay trace synth` is told.
struct SynthOptions {
  std::filesystem::path spec;
  std::filesystem::path out;
  std::optional<std::uint64_t> seed;  ///< overrides the spec's
  std::string duration;               ///< overrides the spec's, such as 30m
  /// Overrides the duration by the one that as many requests take on average.
  std::optional<std::uint64_t> requests;
};

/// Writes the trace that a spec describes. Errors as import_trace().
ImportReport synthesize_trace(const SynthOptions& options);

}  // namespace skyreplay
