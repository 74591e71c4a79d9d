#include <array>
#include <string>
#include <string_view>
#include <vector>

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
/// Behind the service, of a request still in flight: neither a place nor what follows the outcome.
constexpr std::string_view kNeverAnswered = ",in_flight,,,,,,,,,,,\n";

std::string_view name_of(Outcome outcome) {
  constexpr std::array<std::string_view, metrics::kOutcomes> kNames{
      "completed",      "error",   "throttle",  "client_timeout",
      "server_timeout", "refused", "dependency"};
  return kNames[static_cast<std::size_t>(outcome)];
}

class CsvLines final : public RequestLines {
 public:
  explicit CsvLines(const RequestLinesInputs& inputs) : inputs_(inputs), csv_(inputs.trace) {
    for (const ServiceHeader& service : inputs.header.services) {
      std::string field = ",";
      trace::append_csv_field(service.name, field);
      services_.push_back(field + ',');
    }
  }

  std::string header() const override { return csv_.header() + std::string(kHeader); }

  bool append(const trace::Row& row, std::uint64_t number, const EndedRequest* ended,
              std::string& out) override {
    csv_.append(row, out);
    out += ',';
    trace::append_integer(number, out);
    out += services_[inputs_.header.routes[row.route].service];
    if (ended == nullptr) {
      out += kNeverAnswered;
      return true;
    }
    if (ended->place.ordinal != workload::Place::kNone) {
      trace::append_integer(ended->place.ordinal, out);
    }
    out += ',';
    out += name_of(ended->outcome);
    for (const int number_of :
         {status_code(inputs_.service_of(row), *ended), int{ended->attempts}}) {
      out += ',';
      trace::append_integer(static_cast<std::uint64_t>(number_of), out);
    }
    out += ',';
    answers_.append(ended->ended, out);
    out += ',';
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
  std::vector<std::string> services_;  ///< by service: its field
  trace::InstantText answers_;
};

}  // namespace

std::unique_ptr<RequestLines> csv_lines(const RequestLinesInputs& inputs) {
  return std::make_unique<CsvLines>(inputs);
}

}  // namespace skyreplay::replay
