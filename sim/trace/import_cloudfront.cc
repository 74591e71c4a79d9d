#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "trace/import.h"
#include "trace/log_fields.h"
#include "trace/log_lines.h"
#include "trace/log_rows.h"
#include "trace/log_values.h"
#include "trace/within_second.h"

/// Standard access logs of CloudFront (`cloudfront`; E128), in W3C extended format. docs/traces.md
/// says what is taken from which field.

namespace skyreplay::trace {
namespace {

enum Field : std::size_t {
  kDate,
  kTime,
  kMethod,
  kStem,
  kStatus,
  kTaken,
  kFirstByte,
  kReceived,
  kSent,
  kResult,
  kFields,
};
constexpr std::array<std::string_view, kFields> kFieldNames{"date",
                                                            "time",
                                                            "cs-method",
                                                            "cs-uri-stem",
                                                            "sc-status",
                                                            "time-taken",
                                                            "time-to-first-byte",
                                                            "cs-bytes",
                                                            "sc-bytes",
                                                            "x-edge-result-type"};
/// Without these a line is no request.
constexpr std::array<Field, 5> kNeeded{kDate, kTime, kMethod, kStem, kTaken};
/// CloudFront answered by itself, or the client was sent away: the origin never heard of it.
constexpr std::array<std::string_view, 5> kOwnAnswers{
    "Hit", "OriginShieldHit", "Redirect", "FunctionGeneratedResponse", "LambdaGeneratedResponse"};

constexpr std::string_view kHeader = "#Fields:";
/// The order in which CloudFront writes them unless told otherwise, for lines without a header.
constexpr std::string_view kUsualHeader =
    "#Fields: date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status "
    "cs(Referer) cs(User-Agent) cs-uri-query cs(Cookie) x-edge-result-type x-edge-request-id "
    "x-host-header cs-protocol cs-bytes time-taken x-forwarded-for ssl-protocol ssl-cipher "
    "x-edge-response-result-type cs-protocol-version fle-status fle-encrypted-fields c-port "
    "time-to-first-byte";

std::string_view line_field(std::string_view line, std::size_t number) {
  for (; number > 0; --number) line.remove_prefix(std::min(line.find('\t'), line.size() - 1) + 1);
  return line.substr(0, std::min(line.find('\t'), line.size()));
}

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/// Undoes what CloudFront escaped when it wrote the line; what the client itself had escaped stays,
/// and so do control characters.
void unescape(std::string_view text, std::string& plain) {
  plain.clear();
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool is_escape = text[i] == '%' && i + 2 < text.size();
    const int high = is_escape ? hex_value(text[i + 1]) : -1;
    const int low = is_escape ? hex_value(text[i + 2]) : -1;
    const int byte = high * 16 + low;
    if (high < 0 || low < 0 || byte < 0x20 || byte == 0x7f) {
      plain += text[i];
    } else {
      plain += static_cast<char>(byte);
      i += 2;
    }
  }
}

class CloudFrontImport {
 public:
  explicit CloudFrontImport(ImportJob& job)
      : job_(job),
        lines_(job),
        rows_(job, "import/cloudfront"),
        seconds_(job.options, "import/cloudfront") {
    const std::string& hits = job.options.cache_hits;
    if (!hits.empty() && hits != "drop" && hits != "keep") {
      throw InputError(fmt::format("--cache-hits: '{}' is neither drop nor keep", hits));
    }
  }

  void run() {
    lines_.each([this] { places_.reset(); }, [this](std::string_view line) { take(line); });
    rows_.finish();
    describe();
  }

 private:
  void take(std::string_view line) {
    if (line.starts_with(kHeader)) return read_header(line);
    if (line.starts_with('#')) return;
    if (!places_) read_header(kUsualHeader);
    if (!split(line)) return;
    Row row;
    Duration taken{};
    if (!time(row.arrival) || !numbers(row) || !durations(row, taken)) return;
    seconds_.place(row.arrival, line);
    if (const char* error = go_back(row.arrival, taken)) {
      return job_.bad.add(lines_.position(0), fmt::format("the line's time {}", error));
    }
    add(row);
  }

  void add(Row& row) {
    const std::string_view method = fields_[kMethod].text;
    if (!is_method(method)) {
      return job_.bad.leave_out("connections without a request that could be read", 1);
    }
    if (is_own_answer()) return job_.bad.leave_out("requests that CloudFront answered itself", 1);
    if (row.status == kSwitchingProtocols && !rows_.websockets().admit(row, job_.bad)) return;
    std::string_view stem = fields_[kStem].text;
    if (stem.find('%') != std::string_view::npos) {
      unescape(stem, stem_);
      stem = stem_;
    }
    rows_.add(method, stem, row);
  }

  bool is_own_answer() const {
    return job_.options.cache_hits != "keep" &&
           std::ranges::find(kOwnAnswers, fields_[kResult].text) != kOwnAnswers.end();
  }

  /// Where each field stands, which may change from file to file.
  void read_header(std::string_view line) {
    places_.emplace();
    places_->fill(kNowhere);
    std::string_view rest = line.substr(kHeader.size());
    for (std::size_t place = 0;; ++place) {
      rest.remove_prefix(std::min(rest.find_first_not_of(" \t"), rest.size()));
      if (rest.empty()) break;
      const std::size_t end = std::min(rest.find_first_of(" \t"), rest.size());
      const auto name = std::ranges::find(kFieldNames, rest.substr(0, end));
      if (name != kFieldNames.end()) {
        (*places_)[static_cast<std::size_t>(name - kFieldNames.begin())] = place;
      }
      rest.remove_prefix(end);
    }
    for (const Field field : kNeeded) {
      if ((*places_)[field] != kNowhere) continue;
      throw InputError(lines_.position(1),
                       fmt::format("the log has no field {}", kFieldNames[field]));
    }
    last_place_ = 0;
    field_at_.fill(kFields);
    for (std::size_t field = 0; field < kFields; ++field) {
      const std::size_t place = (*places_)[field];
      if (place == kNowhere) continue;
      if (place >= field_at_.size()) {
        throw InputError(lines_.position(1), "the log has more than 256 fields");
      }
      field_at_[place] = static_cast<std::uint8_t>(field);
      last_place_ = std::max(last_place_, place);
    }
  }

  bool split(std::string_view line) {
    fields_.fill({});
    std::size_t at = 0;
    for (std::size_t place = 0; place <= last_place_; ++place) {
      if (at > line.size()) break;
      const std::size_t end = std::min(line.find('\t', at), line.size());
      if (const std::size_t field = field_at_[place]; field != kFields) {
        fields_[field] = {line.substr(at, end - at), static_cast<std::uint32_t>(at + 1), false};
      }
      at = end + 1;
    }
    const bool whole =
        std::ranges::all_of(kNeeded, [this](Field field) { return !fields_[field].text.empty(); });
    if (!whole) job_.bad.add(lines_.position(0), "the line has too few fields");
    return whole;
  }

  bool good(Field field, const char* error) {
    return error == nullptr ||
           lines_.wrong(fields_[field].column, kFieldNames[field], error, fields_[field].text);
  }

  /// "2026-03-02" and "10:00:03", in UTC: when the answer had gone out.
  bool time(TimePoint& time) {
    const std::string_view date = fields_[kDate].text;
    const std::string_view clock = fields_[kTime].text;
    if (date != date_ || clock != clock_) {
      stamp_ = fmt::format("{}T{}Z", date, clock);
      if (!good(clock.size() == 8 ? kDate : kTime, read_log_time(stamp_, stamp_time_))) {
        date_.clear();
        return false;
      }
      date_ = date;
      clock_ = clock;
    }
    time = stamp_time_;
    return true;
  }

  bool numbers(Row& row) {
    std::uint64_t status = 0;
    const auto count = [this](Field field, std::uint64_t most, std::uint64_t& number) {
      return good(field, read_log_count(fields_[field].text, most, number));
    };
    const bool read = count(kStatus, 999, status) && count(kReceived, kMostBytes, row.bytes_in) &&
                      count(kSent, kMostBytes, row.bytes_out);
    row.status = static_cast<std::uint16_t>(status);
    return read;
  }

  /// The service's time is up to the first byte; the rest is the client's line.
  bool durations(Row& row, Duration& taken) {
    if (!good(kTaken, read_log_duration(fields_[kTaken].text, kSecond, taken))) return false;
    row.work = taken;
    if (is_absent(fields_[kFirstByte].text)) return true;
    has_first_byte_ = true;
    return good(kFirstByte, read_log_duration(fields_[kFirstByte].text, kSecond, row.work));
  }

  void describe() {
    ProvenanceStep& step = job_.provenance;
    if (!job_.options.cache_hits.empty()) {
      step.arguments.emplace_back("cache_hits", job_.options.cache_hits);
    }
    seconds_.describe(job_);
    rows_.describe("");
    step.measured = {"arrival: date and time less time-taken",
                     "route: cs-method and cs-uri-stem",
                     has_first_byte_
                         ? "duration: time-to-first-byte, where there is none time-taken"
                         : "duration: time-taken",
                     "bytes_in: cs-bytes",
                     "bytes_out: sc-bytes",
                     "status: sc-status"};
  }

  static constexpr std::size_t kNowhere = static_cast<std::size_t>(-1);

  ImportJob& job_;
  LogLines lines_;
  LogRows rows_;
  WithinSecond seconds_;
  std::optional<std::array<std::size_t, kFields>> places_;  ///< of the file in hand
  std::array<std::uint8_t, 256> field_at_{};                ///< kFields: of no use
  std::size_t last_place_ = 0;
  std::array<LogField, kFields> fields_;  ///< of the line in hand
  std::string date_, clock_, stamp_;      ///< of the line before
  TimePoint stamp_time_{};
  std::string stem_;
  bool has_first_byte_ = false;
};

}  // namespace

bool recognizes_cloudfront(std::string_view head) {
  constexpr std::string_view kStamp = "2026-03-02\t10:00:03\t";
  if (head.size() > kStamp.size() && head[10] == '\t' && head[19] == '\t' && head[13] == ':') {
    const std::string_view line = head.substr(0, head.find('\n'));
    return std::ranges::count(line, '\t') >= 18 && is_method(line_field(line, 5));
  }
  if (!head.starts_with("#Version:") && !head.starts_with(kHeader)) return false;
  const std::size_t fields = head.find(kHeader);
  if (fields == std::string_view::npos) return false;
  const std::string_view line = head.substr(fields, head.find('\n', fields) - fields);
  return line.find("cs-uri-stem") != std::string_view::npos &&
         line.find("time-taken") != std::string_view::npos;
}

void import_cloudfront(ImportJob& job) { CloudFrontImport(job).run(); }

}  // namespace skyreplay::trace
