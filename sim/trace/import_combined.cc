#include <fmt/format.h>

#include <optional>

#include "trace/access_format.h"
#include "trace/import.h"
#include "trace/log_lines.h"
#include "trace/log_rows.h"
#include "trace/log_values.h"
#include "trace/within_second.h"

/// Access logs of nginx and Apache (`combined`), in the format of that name or in one that the
/// server's own spelling describes. docs/traces.md says what is taken from which field.

namespace skyreplay::trace {
namespace {

class CombinedImport {
 public:
  explicit CombinedImport(ImportJob& job)
      : job_(job),
        format_(job.options.log_format.empty() ? AccessFormat::combined() : job.options.log_format),
        lines_(job),
        rows_(job, "import/combined"),
        seconds_(job.options, "import/combined") {
    if (!has_duration() && !rows_.has_service_time()) {
      throw InputError(
          "combined: the log has no durations; --service-time gives a law, such as 50ms, or "
          "--log-format says where they stand, as $request_time (nginx) or %D (Apache)");
    }
  }

  void run() {
    lines_.each([this](std::string_view line) { take(line); });
    rows_.finish();
    describe();
  }

 private:
  bool has_duration() const {
    return format_.has(AccessField::kDuration) || format_.has(AccessField::kUpstream);
  }

  void take(std::string_view line) {
    std::uint32_t column = 0;
    std::string_view expected;
    if (!format_.split(line, values_, column, expected)) {
      return job_.bad.add(lines_.position(column), "the line is not in the log's format",
                          fmt::format("expected '{}'", expected));
    }
    Row row;
    std::string_view method, target;
    if (!time(line, row.arrival) || !numbers(row) || !durations(row)) return;
    if (!request(method, target)) {
      return job_.bad.leave_out("connections without a request that could be read", 1);
    }
    if (row.status == kSwitchingProtocols && !rows_.websockets().admit(row, job_.bad)) return;
    if (row.work == LogRows::kToBeDrawn && !rows_.has_service_time()) {
      return job_.bad.leave_out("requests that no server behind answered", 1);
    }
    rows_.add(method, target, row);
  }

  const LogField& value(AccessField field) const {
    return values_[static_cast<std::size_t>(field)];
  }

  /// A field that has what `error` says wrong with it, nullptr: nothing.
  bool good(AccessField field, const char* error) {
    return error == nullptr ||
           lines_.wrong(value(field).column, format_.name(field), error, value(field).text);
  }

  bool time(std::string_view line, TimePoint& time) {
    const AccessField field = format_.has(AccessField::kLocalTime) ? AccessField::kLocalTime
                              : format_.has(AccessField::kIsoTime) ? AccessField::kIsoTime
                                                                   : AccessField::kUnixTime;
    const std::string_view text = value(field).text;
    const char* error = field == AccessField::kLocalTime ? local_times_.read(text, time)
                        : field == AccessField::kIsoTime
                            ? read_log_time(text, time)
                            : read_unix_time(text, format_.unit(field), time);
    if (!good(field, error)) return false;
    const bool counts_seconds = field != AccessField::kUnixTime || format_.unit(field) == kSecond;
    if (counts_seconds && is_whole_second(text)) seconds_.place(time, line);
    return true;
  }

  bool numbers(Row& row) {
    std::uint64_t status = 0;
    const auto count = [this](AccessField field, std::uint64_t most, std::uint64_t& number) {
      return good(field, read_log_count(value(field).text, most, number));
    };
    const bool read = count(AccessField::kStatus, 999, status) &&
                      count(AccessField::kBytesIn, kMostBytes, row.bytes_in) &&
                      count(AccessField::kBytesOut, kMostBytes, row.bytes_out);
    row.status = static_cast<std::uint16_t>(status);
    return read;
  }

  /// The service's time is that of the servers behind, where the log has it and they were asked.
  bool durations(Row& row) {
    row.work = LogRows::kToBeDrawn;
    if (!has_duration()) return true;
    std::optional<Duration> upstream;
    if (format_.has(AccessField::kUpstream) && !read_upstream(upstream)) return false;
    if (upstream) row.work = *upstream;
    if (!format_.has(AccessField::kDuration)) return go_back_by(row, row.work);
    const LogField& field = value(AccessField::kDuration);
    Duration whole{};
    if (!good(AccessField::kDuration,
              read_log_duration(field.text, format_.unit(AccessField::kDuration), whole))) {
      return false;
    }
    if (!upstream) row.work = whole;
    return go_back_by(row, whole);
  }

  bool go_back_by(Row& row, Duration duration) {
    if (format_.is_time_of_arrival() || duration == LogRows::kToBeDrawn) return true;
    const char* error = go_back(row.arrival, duration);
    if (error == nullptr) return true;
    job_.bad.add(lines_.position(0), fmt::format("the line's time {}", error));
    return false;
  }

  bool read_upstream(std::optional<Duration>& sum) {
    std::string_view rest = value(AccessField::kUpstream).text;
    constexpr std::string_view kBetween = " ,:";
    for (;;) {
      rest.remove_prefix(std::min(rest.find_first_not_of(kBetween), rest.size()));
      if (rest.empty()) return true;
      const std::size_t end = std::min(rest.find_first_of(kBetween), rest.size());
      if (const std::string_view text = rest.substr(0, end); text != "-") {
        Duration one{};
        if (!good(AccessField::kUpstream, read_log_duration(text, kSecond, one))) return false;
        sum = sum.value_or(Duration{}) + one;
        if (*sum > kLongestDuration) {
          return good(AccessField::kUpstream, "is longer than 100 days");
        }
      }
      rest.remove_prefix(end);
    }
  }

  bool request(std::string_view& method, std::string_view& target) const {
    if (format_.has(AccessField::kRequest)) {
      return split_request(value(AccessField::kRequest).text, method, target);
    }
    method = value(AccessField::kMethod).text;
    target = value(AccessField::kTarget).text;
    if (!format_.has(AccessField::kMethod)) method = "GET";
    return is_method(method) && !is_absent(target);
  }

  std::string name_of(std::initializer_list<AccessField> fields) const {
    for (const AccessField field : fields) {
      if (format_.has(field)) return format_.name(field);
    }
    return "";
  }

  void describe() {
    ProvenanceStep& step = job_.provenance;
    if (!job_.options.log_format.empty()) {
      step.arguments.emplace_back("log_format", job_.options.log_format);
    }
    seconds_.describe(job_);
    rows_.describe(fmt::format(" of {} requests", rows_.drawn()));
    const bool whole = format_.has(AccessField::kDuration);
    const bool upstream = format_.has(AccessField::kUpstream);
    std::string arrival = "arrival: " + name_of({AccessField::kLocalTime, AccessField::kIsoTime,
                                                 AccessField::kUnixTime});
    if (has_duration() && !format_.is_time_of_arrival()) {
      arrival += " less " + name_of({AccessField::kDuration, AccessField::kUpstream});
    }
    step.measured = {arrival, "route: method and path of the request"};
    if (has_duration()) {
      std::string duration =
          "duration: " + name_of({AccessField::kUpstream, AccessField::kDuration});
      if (whole && upstream)
        duration += ", where there is none " + name_of({AccessField::kDuration});
      step.measured.push_back(duration);
    }
    for (const auto& [field, column] : {std::pair{AccessField::kBytesIn, "bytes_in: "},
                                        std::pair{AccessField::kBytesOut, "bytes_out: "},
                                        std::pair{AccessField::kStatus, "status: "}}) {
      if (format_.has(field)) step.measured.push_back(column + format_.name(field));
    }
  }

  ImportJob& job_;
  AccessFormat format_;
  LogLines lines_;
  LogRows rows_;
  WithinSecond seconds_;
  LocalTimes local_times_;
  AccessFormat::Values values_;  ///< of the line in hand
};

}  // namespace

bool recognizes_combined(std::string_view head) {
  const std::size_t begin = std::min(head.find_first_not_of("\r\n"), head.size());
  head.remove_prefix(begin);
  static const AccessFormat format(AccessFormat::combined());
  AccessFormat::Values values;
  std::uint32_t column = 0;
  std::string_view expected;
  TimePoint time;
  return format.split(head.substr(0, std::min(head.find_first_of("\r\n"), head.size())), values,
                      column, expected) &&
         LocalTimes().read(values[static_cast<std::size_t>(AccessField::kLocalTime)].text, time) ==
             nullptr;
}

void import_combined(ImportJob& job) { CombinedImport(job).run(); }

}  // namespace skyreplay::trace
