#include <fmt/format.h>

#include <algorithm>

#include "trace/import.h"
#include "trace/lambda_events.h"
#include "trace/lambda_invocations.h"
#include "trace/lambda_message.h"
#include "trace/log_rows.h"
#include "trace/log_values.h"

/// Logs of AWS Lambda functions: each report of an invocation is a request. A report
/// has no time of its own; the export's stands for its end. docs/traces.md says what is taken from
/// where.

namespace skyreplay::trace {
namespace {

class LambdaImport {
 public:
  explicit LambdaImport(ImportJob& job)
      : job_(job),
        rows_(job, "import/lambda"),
        invocations_([this](const auto& invocation) { add_pair(invocation); }) {}

  void run() {
    for (TextInput& input : job_.inputs) {
      each_lambda_event(std::move(input), job_.bad,
                        [this](const LambdaEvent& event) { take(event); });
    }
    invocations_.finish();
    job_.bad.leave_out("invocations that started and did not end", invocations_.without_end());
    rows_.finish();
    describe();
  }

 private:
  using Kind = LambdaMessage::Kind;

  void take(const LambdaEvent& event) {
    const LambdaMessage message = reader_.read(event.message);
    if (message.kind == Kind::kOther) return;
    if (message.error != nullptr) {
      return wrong(event, message.error_name, message.error, message.error_text);
    }
    TimePoint time{};
    if (!time_of(event, message, time)) return;
    if (message.kind == Kind::kStart) {
      invocations_.start(message.request_id, time, route_of(event));
    } else if (message.kind == Kind::kEnd) {
      invocations_.end(message.request_id, time);
    } else {
      invocations_.report(message.request_id);
      add_report(event, message, time);
    }
  }

  bool time_of(const LambdaEvent& event, const LambdaMessage& message, TimePoint& time) {
    if (!message.time && event.time_error != nullptr) {
      wrong(event, "the event's time", event.time_error, event.time_text);
      return false;
    }
    if (!message.time && !event.time) {
      // Of a START or END nothing is known that the report does not say.
      if (message.kind != Kind::kReport) return false;
      job_.bad.add(event.position(), "the report has no time",
                   "the message alone does not say when; export it with its timestamp");
      return false;
    }
    time = message.time ? *message.time : *event.time;
    return true;
  }

  void add_report(const LambdaEvent& event, const LambdaMessage& message, TimePoint time) {
    Row row{.arrival = time,
            .route = route_of(event),
            .work = message.duration,
            .status = message.status,
            .init = message.init,
            .memory_used_mib = message.memory_used_mib};
    if (const char* error = go_back(row.arrival, message.duration + message.init)) {
      return wrong(event, "the report's time", error, event.time_text);
    }
    note_memory(rows_.record(row.route), message);
    rows_.add(row);
  }

  static void note_memory(Route& route, const LambdaMessage& message) {
    if (message.memory_size_mib > route.memory_size_mib.value_or(0)) {
      route.memory_size_mib = message.memory_size_mib;
    }
    if (message.memory_used_mib > route.memory_used_max_mib.value_or(0)) {
      route.memory_used_max_mib = message.memory_used_mib;
    }
  }

  void add_pair(const LambdaInvocations::Invocation& invocation) {
    ++pairs_;
    rows_.add(
        {.arrival = invocation.start, .route = invocation.route, .work = invocation.duration});
  }

  std::uint32_t route_of(const LambdaEvent& event) {
    std::string_view name = function_of(event.log_group, event.log_stream);
    name = name.substr(0, name.find('\0'));
    if (name.empty()) name = job_.options.route;
    if (name.empty()) name = "all";
    name = name.substr(0, RouteTemplates::kMaxNameBytes);
    if (name != last_name_ || rows_.rows() == 0) {
      last_name_ = name;
      last_route_ = rows_.number_of(last_name_);
    }
    return last_route_;
  }

  void wrong(const LambdaEvent& event, std::string_view name, std::string_view what,
             std::string_view text) {
    job_.bad.add(event.position(), fmt::format("{} {}", name, what),
                 fmt::format("'{}'", text.substr(0, 60)));
  }

  void describe() {
    rows_.describe("");
    job_.provenance.measured = {"arrival: time of the report less duration and init",
                                "route: the log's function",
                                "duration: Duration of the report, init not included",
                                "init: Init Duration and Restore Duration",
                                "memory_used_mib: Max Memory Used",
                                "memory_size_mib: the largest Memory Size",
                                "status: 200 success, 500 error, 504 timeout, where said"};
    if (pairs_ == 0) return;
    const std::string pairs = fmt::format(
        "{} of {} invocations have no report: arrival and duration from their START "
        "and END, init not known",
        pairs_, rows_.rows());
    job_.notes.push_back(pairs);
    job_.provenance.measured.push_back(pairs);
  }

  ImportJob& job_;
  LogRows rows_;
  LambdaInvocations invocations_;
  LambdaMessageReader reader_;
  std::string last_name_;  ///< of the route of the event before, and its number
  std::uint32_t last_route_ = 0;
  std::uint64_t pairs_ = 0;
};

}  // namespace

bool recognizes_lambda(std::string_view head) {
  if (is_lambda_csv(head)) return true;
  constexpr std::string_view kMark = "REPORT RequestId:";
  const std::size_t report = head.find(kMark);
  return report != std::string_view::npos ||
         head.find("START RequestId:") != std::string_view::npos ||
         head.find("platform.report") != std::string_view::npos ||
         head.find("platform.start") != std::string_view::npos;
}

void import_lambda(ImportJob& job) { LambdaImport(job).run(); }

}  // namespace skyreplay::trace
