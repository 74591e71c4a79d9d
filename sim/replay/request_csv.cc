#include <fmt/format.h>

#include <array>
#include <iterator>
#include <string_view>

#include "core/time.h"
#include "replay/request_lines.h"
#include "trace/row_csv.h"

namespace skyreplay::replay {
namespace {

using metrics::LatencyParts;
using metrics::Outcome;

constexpr std::string_view kHeader =
    ",sim_row,sim_service,sim_place,sim_outcome,sim_code,sim_attempts,sim_answered,sim_latency_ms"
    ",sim_queue_ms,sim_init_ms,sim_work_ms,sim_stretch_ms,sim_wait_ms,sim_downstream_ms"
    ",sim_retry_ms\n";
/// Of those columns, the ones that a request still in flight has nothing for.
constexpr std::string_view kNeverAnswered = ",,in_flight,,,,,,,,,,,\n";

std::string_view name_of(Outcome outcome) {
  constexpr std::array<std::string_view, metrics::kOutcomes> kNames{
      "completed",      "error",   "throttle",  "client_timeout",
      "server_timeout", "refused", "dependency"};
  return kNames[static_cast<std::size_t>(outcome)];
}

class CsvLines final : public RequestLines {
 public:
  explicit CsvLines(const RequestLinesInputs& inputs) : inputs_(inputs), csv_(inputs.trace) {}

  std::string header() const override { return csv_.header() + std::string(kHeader); }

  bool append(const trace::Row& row, std::uint64_t number, const EndedRequest* ended,
              std::string& out) override {
    const ServiceHeader& service = inputs_.service_of(row);
    csv_.append(row, out);
    fmt::format_to(std::back_inserter(out), ",{},", number);
    trace::append_csv_field(service.name, out);
    if (ended == nullptr) {
      out += kNeverAnswered;
      return true;
    }
    const auto into = std::back_inserter(out);
    out += ',';
    if (ended->place.ordinal != workload::Place::kNone) {
      fmt::format_to(into, "{}", ended->place.ordinal);
    }
    fmt::format_to(into, ",{},{},{},{},", name_of(ended->outcome), status_code(service, *ended),
                   ended->attempts, to_rfc3339(ended->ended));
    trace::append_milliseconds(ended->ended - row.arrival, out);
    append_parts(*ended, out);
    out += '\n';
    return true;
  }

 private:
  static void append_parts(const EndedRequest& ended, std::string& out) {
    const LatencyParts& parts = ended.parts;
    for (const std::int64_t part : {parts.queue, parts.init, parts.work, parts.cpu_stretch,
                                    parts.wait, parts.downstream, parts.retry}) {
      out += ',';
      if (ended.outcome == Outcome::kCompleted) trace::append_milliseconds(Duration{part}, out);
    }
  }

  RequestLinesInputs inputs_;
  trace::RowCsv csv_;
};

}  // namespace

std::unique_ptr<RequestLines> csv_lines(const RequestLinesInputs& inputs) {
  return std::make_unique<CsvLines>(inputs);
}

}  // namespace skyreplay::replay
