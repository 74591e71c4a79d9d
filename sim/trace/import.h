#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/distribution.h"
#include "core/error.h"
#include "core/time.h"
#include "skyreplay/trace_import.h"
#include "trace/arrival_law.h"
#include "trace/text_input.h"
#include "trace/writer.h"

namespace skyreplay::trace {

/// Longer ones are taken for a mistake, most likely of the unit.
inline constexpr Duration kLongestDuration = std::chrono::hours(24 * 100);
/// Room for a span's end, a duration and a drain before 64-bit nanoseconds end in April 2262.
inline constexpr TimePoint kLastArrival = std::chrono::sys_days(std::chrono::year(2262) / 1 / 1);

/// What is left out of an import: stops at the first bad row, or counts them by reason.
class BadRows {
 public:
  explicit BadRows(bool skip) : skip_(skip) {}

  /// `reason` is counted, so it holds nothing of the row; `detail` is what the row says beside it.
  /// Throws InputError unless rows are skipped.
  void add(const SourcePosition& position, const std::string& reason,
           const std::string& detail = "");
  /// Counts something that is no mistake but is not in the trace either.
  void leave_out(const std::string& what, std::uint64_t count);
  const std::map<std::string, std::uint64_t>& counts() const { return counts_; }

 private:
  bool skip_;
  std::map<std::string, std::uint64_t> counts_;
};

/// Where importers put rows: a writer behind a route table of bounded size.
class ImportSink {
 public:
  static constexpr std::string_view kOther = "other";

  ImportSink(Writer& writer, std::uint32_t max_routes) : writer_(writer), max_routes_(max_routes) {}

  /// The number of the route of that name, entered on first sight; the route "other" once the table
  /// is full. `made` is set where the route was entered under its own name.
  std::uint32_t route(const std::string& name, bool& made);
  /// The number of the route that takes in the rest, entered on first sight. Where it is asked for,
  /// a route that is really called so must be asked for here as well.
  std::uint32_t other();
  /// The route's record, which may change until the trace is written. REQUIRES a number of route().
  Route& record(std::uint32_t route) { return writer_.route(route); }
  void add(const Row& row);
  std::uint64_t rows_of_other() const { return rows_of_other_; }

 private:
  Writer& writer_;
  std::uint32_t max_routes_;
  std::unordered_map<std::string, std::uint32_t> numbers_;  ///< looked up, never walked through
  std::uint32_t other_ = 0;
  bool has_other_ = false;
  std::uint64_t rows_of_other_ = 0;
};

/// What every importer is handed.
struct ImportJob {
  const ImportOptions& options;
  std::vector<TextInput> inputs;
  TimePoint origin;
  std::optional<Duration> time_unit, step;  ///< as options spell them
  std::uint64_t memory = 0;                 ///< bytes that sorting may use
  Writer& writer;
  ImportSink& sink;
  BadRows& bad;
  ProvenanceStep& provenance;  ///< tool, inputs and common arguments are filled already
  std::vector<std::string>& notes;
};

/// What must be known of an input before its first row is written.
struct Preface {
  Durations durations = Durations::kOneDuration;
  TimePoint origin = kDefaultOrigin;  ///< unless --origin is given
};

/// One format. A new one is one file with its function, and one line in importers().
struct Importer {
  std::string_view name;
  std::string_view summary;
  /// The options beyond the common ones that it uses.
  std::vector<std::string_view> takes;
  /// Whether a text that begins with `head` (at most 64 KiB) is of this format.
  bool (*recognizes)(std::string_view head);
  Preface (*preface)(std::string_view head);
  void (*run)(ImportJob& job);
};

const std::vector<Importer>& importers();

bool recognizes_alb(std::string_view head);
void import_alb(ImportJob& job);

bool recognizes_elb_classic(std::string_view head);
void import_elb_classic(ImportJob& job);

bool recognizes_lambda(std::string_view head);
void import_lambda(ImportJob& job);

bool recognizes_combined(std::string_view head);
void import_combined(ImportJob& job);

bool recognizes_cloudfront(std::string_view head);
void import_cloudfront(ImportJob& job);

bool recognizes_csv(std::string_view head);
Preface csv_preface(std::string_view head);
void import_csv(ImportJob& job);

/// With --map: columns are what the mapping says, and rows may come in any order.
void import_mapped_csv(ImportJob& job);

bool recognizes_azure_2021(std::string_view head);
void import_azure_2021(ImportJob& job);

bool recognizes_otlp(std::string_view head);
void import_otlp(ImportJob& job);

bool recognizes_jaeger(std::string_view head);
void import_jaeger(ImportJob& job);

bool recognizes_swim(std::string_view head);
void import_swim(ImportJob& job);

bool recognizes_ecs_events(std::string_view head);
void import_ecs_events(ImportJob& job);

bool recognizes_nginx_json(std::string_view head);
void import_nginx_json(ImportJob& job);

bool recognizes_jsonl(std::string_view head);
void import_jsonl(ImportJob& job);

bool recognizes_counts(std::string_view head);
Preface counts_preface(std::string_view head);
void import_counts(ImportJob& job);

bool recognizes_metric(std::string_view head);
Preface metric_preface(std::string_view head);
void import_metric(ImportJob& job);

bool recognizes_azure_2019(std::string_view head);
void import_azure_2019(ImportJob& job);

/// options.arrivals or options.timer_arrivals as a law; `fallback` where it is empty.
ArrivalLaw arrival_law_of(const std::string& text, std::string_view flag, ArrivalLaw fallback);
/// options.service_time as a law. Throws InputError naming the flag.
Distribution service_time_of(const std::string& text);

}  // namespace skyreplay::trace
