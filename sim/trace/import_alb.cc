#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "trace/decimal.h"
#include "trace/import.h"
#include "trace/log_fields.h"
#include "trace/log_lines.h"
#include "trace/log_rows.h"
#include "trace/log_values.h"
#include "trace/text_time.h"

/// Access logs of Elastic Load Balancing: of Application Load Balancers (`alb`; E125, E126) and,
/// the same without the first field and the last ones, of Classic Load Balancers (`elb-classic`;
/// E127). docs/traces.md says what is taken from which field.

namespace skyreplay::trace {
namespace {

/// The fields that both formats have, in this order; the Application Load Balancer's stand one
/// further to the right.
enum Field : std::size_t {
  kTime,
  kBalancer,
  kClient,
  kTarget,
  kRequestTime,
  kTargetTime,
  kResponseTime,
  kStatus,
  kTargetStatus,
  kReceived,
  kSent,
  kRequest,
  kNeeded,  ///< what stands behind may be absent
};
constexpr std::array<std::string_view, kNeeded> kFieldNames{"time",
                                                            "elb",
                                                            "client:port",
                                                            "target:port",
                                                            "request_processing_time",
                                                            "target_processing_time",
                                                            "response_processing_time",
                                                            "elb_status_code",
                                                            "target_status_code",
                                                            "received_bytes",
                                                            "sent_bytes",
                                                            "request"};
/// Of the Application Load Balancer alone, counted from the line's first field.
constexpr std::size_t kCreationTime = 21;
constexpr std::size_t kActions = 22;

enum class Variant : std::uint8_t { kApplication, kClassic };

std::size_t offset_of(Variant variant) { return variant == Variant::kApplication ? 1 : 0; }

bool is_request_type(std::string_view type) {
  return type == "http" || type == "https" || type == "h2" || type == "grpcs";
}
bool is_websocket_type(std::string_view type) { return type == "ws" || type == "wss"; }

/// What a line says, where it is a request.
struct Entry {
  Row row;
  std::string_view method;
  std::string_view target;
  bool has_target = false;  ///< that it was sent to
  bool has_creation_time = false;
};

class LoadBalancerImport {
 public:
  LoadBalancerImport(ImportJob& job, Variant variant)
      : job_(job),
        variant_(variant),
        offset_(offset_of(variant)),
        lines_(job),
        rows_(job, "import/elb") {}

  void run() {
    lines_.each([this](std::string_view line) {
      if (split_log_fields(line, fields_)) return take();
      job_.bad.add(lines_.position(fields_.back().column), "a quote is never closed");
    });
    rows_.finish();
    describe();
  }

 private:
  void take() {
    if (fields_.size() < kNeeded + offset_) {
      return job_.bad.add(
          lines_.position(0), "the line has too few fields",
          fmt::format("{} instead of {} up to the request", fields_.size(), kNeeded + offset_));
    }
    Entry entry;
    TimePoint time;
    if (!time_at(offset_, kFieldNames[kTime], time)) return;
    if (variant_ == Variant::kApplication && !is_request()) return;
    if (!read_entry(time, entry)) return;
    if (entry.method.empty()) {
      return job_.bad.leave_out("connections without a request that could be read", 1);
    }
    if (is_websocket(entry)) {
      // Of a connection there is no more than how long it was open.
      const bool known = variant_ == Variant::kApplication && time >= entry.row.arrival;
      if (known) entry.row.work = time - entry.row.arrival;
      if (!rows_.websockets().admit(entry.row, job_.bad)) return;
    }
    if (!is_served(entry)) return;
    if (variant_ == Variant::kApplication && !entry.has_creation_time) ++without_creation_time_;
    rows_.add(entry.method, entry.target, entry.row);
  }

  /// Not of a type of which nothing is known, nor a WebSocket where they are left out.
  bool is_request() {
    const std::string_view type = fields_[0].text;
    if (is_request_type(type)) return true;
    if (is_websocket_type(type)) {
      Row nothing_read;
      return !rows_.websockets().dropped() || rows_.websockets().admit(nothing_read, job_.bad);
    }
    job_.bad.leave_out("lines of another type", 1);
    return false;
  }

  bool is_websocket(const Entry& entry) const {
    return entry.row.status == kSwitchingProtocols || is_websocket_type(fields_[0].text);
  }

  bool read_entry(TimePoint time, Entry& entry) {
    std::uint64_t status = 0;
    Row& row = entry.row;
    std::optional<Duration> before, service, after;
    const bool good = duration(kRequestTime, before) && duration(kTargetTime, service) &&
                      duration(kResponseTime, after) && count(kStatus, 999, status) &&
                      count(kReceived, kMostBytes, row.bytes_in) &&
                      count(kSent, kMostBytes, row.bytes_out);
    if (!good) return false;
    row.status = static_cast<std::uint16_t>(status);
    row.work = service.value_or(LogRows::kToBeDrawn);
    entry.has_target = !is_absent(text(kTarget));
    if (!split_request(text(kRequest), entry.method, entry.target)) entry.method = {};
    row.arrival = time;
    if (variant_ == Variant::kClassic) return true;
    entry.has_creation_time = !is_absent(tail(kCreationTime));
    if (entry.has_creation_time) {
      return time_at(kCreationTime, "request_creation_time", row.arrival);
    }
    const Duration taken =
        before.value_or(Duration{}) + service.value_or(Duration{}) + after.value_or(Duration{});
    row.arrival = time;
    const char* error = go_back(row.arrival, taken);
    return error == nullptr || wrong(kTime, error);
  }

  /// Whether a target answered, or is taken to have: with a law, requests that none answered stay.
  bool is_served(const Entry& entry) {
    if (entry.row.work != LogRows::kToBeDrawn) return true;
    if (is_own_answer(entry)) {
      job_.bad.leave_out("requests that the load balancer answered itself", 1);
      return false;
    }
    if (rows_.has_service_time()) return true;
    job_.bad.leave_out(fmt::format("requests that no target answered, status {}", entry.row.status),
                       1);
    return false;
  }

  /// A redirect, a fixed answer, a refusal: no target would have had to do with it.
  bool is_own_answer(const Entry& entry) const {
    const std::string_view actions = tail(kActions);
    if (!is_absent(actions)) return actions.find("forward") == std::string_view::npos;
    return !entry.has_target && entry.row.status < 500;
  }

  std::string_view text(Field field) const { return fields_[field + offset_].text; }
  /// "" where the line ends before.
  std::string_view tail(std::size_t index) const {
    const bool there = variant_ == Variant::kApplication && index < fields_.size();
    return there ? fields_[index].text : std::string_view();
  }

  bool wrong_at(std::size_t index, std::string_view name, std::string_view what) {
    return lines_.wrong(fields_[index].column, name, what, fields_[index].text);
  }
  bool wrong(Field field, std::string_view what) {
    return wrong_at(field + offset_, kFieldNames[field], what);
  }

  bool time_at(std::size_t index, std::string_view name, TimePoint& time) {
    const char* error = read_log_time(fields_[index].text, time);
    return error == nullptr || wrong_at(index, name, error);
  }

  bool duration(Field field, std::optional<Duration>& value) {
    if (is_absent(text(field))) return true;
    const char* error = read_log_duration(text(field), kSecond, value.emplace());
    return error == nullptr || wrong(field, error);
  }

  bool count(Field field, std::uint64_t limit, std::uint64_t& value) {
    const char* error = read_log_count(text(field), limit, value);
    return error == nullptr || wrong(field, error);
  }

  void describe() {
    ProvenanceStep& step = job_.provenance;
    const bool classic = variant_ == Variant::kClassic;
    rows_.describe(fmt::format(" of {} requests that no target answered", rows_.drawn()));
    step.measured = {
        classic ? "arrival: timestamp" : "arrival: request_creation_time",
        "route: method and path of the request",
        classic ? "duration: backend_processing_time" : "duration: target_processing_time",
        "bytes_in: received_bytes",
        "bytes_out: sent_bytes",
        "status: elb_status_code"};
    if (without_creation_time_ > 0) {
      const std::string instead =
          fmt::format("where it is absent, in {} of {} lines, time less the three durations",
                      without_creation_time_, rows_.rows());
      job_.notes.push_back("arrival is request_creation_time; " + instead);
      step.measured[0] += "; " + instead;
    }
  }

  ImportJob& job_;
  Variant variant_;
  std::size_t offset_;
  LogLines lines_;
  LogRows rows_;
  std::vector<LogField> fields_;  ///< of the line in hand
  std::uint64_t without_creation_time_ = 0;
};

/// Whether the first line has a time in its place and three durations in theirs.
bool recognizes(std::string_view head, Variant variant) {
  const std::size_t begin = std::min(head.find_first_not_of("\r\n"), head.size());
  head.remove_prefix(begin);
  std::vector<LogField> fields;
  split_log_fields(head.substr(0, std::min(head.find_first_of("\r\n"), head.size())), fields);
  const std::size_t offset = offset_of(variant);
  if (fields.size() < kNeeded + offset) return false;
  TimePoint time;
  if (parse_text_time(fields[offset].text, time) != TextTime::kRead) return false;
  return std::all_of(&fields[offset + kRequestTime], &fields[offset + kStatus],
                     [](const LogField& field) {
                       std::int64_t ignored = 0;
                       return is_absent(field.text) ||
                              parse_scaled(field.text, kSecond, ignored) == NumberError::kNone;
                     });
}

}  // namespace

bool recognizes_alb(std::string_view head) { return recognizes(head, Variant::kApplication); }
bool recognizes_elb_classic(std::string_view head) { return recognizes(head, Variant::kClassic); }

void import_alb(ImportJob& job) { LoadBalancerImport(job, Variant::kApplication).run(); }
void import_elb_classic(ImportJob& job) { LoadBalancerImport(job, Variant::kClassic).run(); }

}  // namespace skyreplay::trace
