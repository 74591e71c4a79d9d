#include "trace/mapped_rows.h"

#include <fmt/format.h>

#include <algorithm>

#include "trace/decimal.h"
#include "trace/log_values.h"
#include "trace/text_time.h"

namespace skyreplay::trace {
namespace {

constexpr std::uint64_t kMiB = 1 << 20;
constexpr std::uint64_t kMostMemory = kMiB << 30;
constexpr Duration kToBeDrawn = LogRows::kToBeDrawn;

bool says_nothing(std::string_view text) { return text.empty() || text == "-"; }

/// "GET": what may stand before the target of a request.
bool is_method(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}
bool is_target(std::string_view text) {
  return text.starts_with('/') || text.find("://") != std::string_view::npos;
}

TextTime parse_time(FieldMapping::TimeText spelling, std::string_view text, TimePoint& time) {
  using TimeText = FieldMapping::TimeText;
  if (spelling == TimeText::kCommonLog) return parse_common_log_time(text, time);
  const TextTime outcome = parse_text_time(text, time);
  const bool either = spelling == TimeText::kEither;
  return outcome == TextTime::kNotATime && either ? parse_common_log_time(text, time) : outcome;
}

}  // namespace

MappedRows::MappedRows(ImportJob& job, const FieldMapping& mapping, Routes routes,
                       Switching switching)
    : job_(job),
      mapping_(mapping),
      routes_(routes),
      switching_(switching),
      templates_(job.options.route_patterns),
      rows_(job, "import/map") {
  if (mapping.has(MappedField::kRoute) && !job.options.route.empty()) {
    throw InputError("--route: the mapping has a route of its own");
  }
  if (mapping.has(MappedField::kWork) || mapping.has(MappedField::kWait)) {
    job.writer.set_durations(Durations::kWorkAndWait);
  }
  const bool timed = mapping.has(MappedField::kDuration) || mapping.has(MappedField::kWork) ||
                     (mapping.has(MappedField::kStart) && mapping.has(MappedField::kEnd));
  if (!timed && !rows_.has_service_time()) {
    throw InputError(
        "--map: no duration is given; say which column holds it, such as --map "
        "duration=elapsed:ms, or give a law: --service-time 50ms");
  }
}

const MappedCell& MappedRows::cell(MappedField field) const {
  const std::vector<Term>& terms = mapping_[field].terms;
  const auto first =
      std::find_if(terms.begin(), terms.end(), [](const Term& term) { return !term.constant; });
  return record_->cells[first == terms.end() ? 0 : first->column];
}

bool MappedRows::wrong(MappedField field, const MappedCell& cell, std::string_view what,
                       std::string_view hint) {
  job_.bad.add(SourcePosition{record_->input, cell.line, cell.column},
               fmt::format("{} {}", to_string(field), what),
               fmt::format("'{}'{}", cell.text.substr(0, 60), hint));
  return false;
}

Route* MappedRows::add(const MappedRecord& record, std::string_view name) {
  record_ = &record;
  Row row;
  if (!read(row)) return nullptr;
  const bool websocket = switching_ == Switching::kWebSocket && row.status == kSwitchingProtocols;
  if (websocket && !rows_.websockets().admit(row, job_.bad)) return nullptr;
  if (!name.empty()) route_ = name;
  row.route = rows_.number_of(route_);
  Route& route = rows_.record(row.route);
  if (row.memory_used_mib > route.memory_used_max_mib.value_or(0)) {
    route.memory_used_max_mib = row.memory_used_mib;
  }
  rows_.add(row);
  return &route;
}

bool MappedRows::read(Row& row) {
  std::uint64_t status = 0;
  if (!read_durations(row) || !place(row) ||
      !count(MappedField::kBytesIn, kMostBytes, row.bytes_in) ||
      !count(MappedField::kBytesOut, kMostBytes, row.bytes_out) ||
      !count(MappedField::kStatus, 999, status) || !memory(row) || !route()) {
    return false;
  }
  row.status = static_cast<std::uint16_t>(status);
  return true;
}

/// Without its wait, work is still the whole duration here where that was mapped.
bool MappedRows::read_durations(Row& row) {
  const bool parts = mapping_.has(MappedField::kWork);
  const MappedField whole = parts ? MappedField::kWork : MappedField::kDuration;
  std::optional<Duration> duration_read, wait, init;
  if (!duration(whole, duration_read) || !duration(MappedField::kWait, wait) ||
      !duration(MappedField::kInit, init)) {
    return false;
  }
  row.init = init.value_or(Duration{0});
  row.wait = wait.value_or(Duration{0});
  row.work = duration_read.value_or(kToBeDrawn);
  return true;
}

/// When the request came, and how much of its time was work.
bool MappedRows::place(Row& row) {
  std::optional<TimePoint> start, end;
  if (!time(MappedField::kStart, start) || !time(MappedField::kEnd, end)) return false;
  if (start && end) {
    if (*end < *start) return wrong(MappedField::kEnd, cell(MappedField::kEnd), "is before start");
    row.work = *end - *start;
    if (row.work > kLongestDuration) {
      return wrong(MappedField::kEnd, cell(MappedField::kEnd), "is more than 100 days after start");
    }
  }
  if (row.work == kToBeDrawn && !rows_.has_service_time()) {
    const bool parts = mapping_.has(MappedField::kWork);
    const MappedField whole = parts ? MappedField::kWork : MappedField::kDuration;
    return wrong(whole, cell(whole), "is empty", "; --service-time gives a law");
  }
  const bool splits = mapping_.has(MappedField::kWait) && !mapping_.has(MappedField::kWork);
  if (splits && row.work == kToBeDrawn) row.wait = Duration{0};
  if (splits && row.work != kToBeDrawn) {
    if (row.wait > row.work) {
      return wrong(MappedField::kWait, cell(MappedField::kWait), "is longer than the duration");
    }
    row.work -= row.wait;
  }
  row.arrival = start ? *start : *end;
  if (start) return true;
  const Duration measured = row.work == kToBeDrawn ? Duration{0} : row.work + row.wait + row.init;
  if (measured > row.arrival.time_since_epoch()) {
    return wrong(MappedField::kEnd, cell(MappedField::kEnd), "less the duration is before 1970",
                 "; --origin says what the input counts from");
  }
  row.arrival -= measured;
  return true;
}

bool MappedRows::time(MappedField field, std::optional<TimePoint>& value) {
  if (!mapping_.has(field)) return true;
  const MappedCell& from = cell(field);
  if (says_nothing(from.text)) return wrong(field, from, "is empty");
  const Source& source = mapping_[field];
  if (source.time == FieldMapping::TimeText::kNumber) return number_time(field, from, value);
  TimePoint read;
  switch (parse_time(source.time, from.text, read)) {
    case TextTime::kRead:
      value = read;
      return read < kLastArrival || wrong(field, from, "lies beyond the year 2261");
    case TextTime::kBefore1970:
      return wrong(field, from, "lies before 1970");
    case TextTime::kNotATime:
      break;
  }
  std::int64_t ignored = 0;
  const bool number = parse_scaled(from.text, 1, ignored) != NumberError::kNotANumber;
  return wrong(field, from, number ? "is a number without a unit" : "is not a time",
               number ? fmt::format("; say which: --map {}={}:s", to_string(field), source.text)
                      : "; a time looks like 2026-01-05T12:00:00.5Z");
}

bool MappedRows::number_time(MappedField field, const MappedCell& from,
                             std::optional<TimePoint>& value) {
  std::int64_t since = 0;
  const NumberError error = parse_scaled(from.text, mapping_[field].unit, since);
  if (error == NumberError::kNotANumber || error == NumberError::kNegative) {
    return wrong(field, from, to_string(error));
  }
  if (error == NumberError::kTooLarge || Duration{since} >= kLastArrival - job_.origin) {
    return wrong(field, from, "lies beyond the year 2261", "; is the unit right?");
  }
  value = job_.origin + Duration{since};
  return true;
}

/// The sum of the terms; none where any of their columns says nothing.
bool MappedRows::duration(MappedField field, std::optional<Duration>& value) {
  if (!mapping_.has(field)) return true;
  Duration sum{0};
  for (const Term& part : mapping_[field].terms) {
    std::optional<Duration> read;
    if (!term(field, part, read)) return false;
    if (!read) return true;
    sum += *read;
  }
  if (sum > kLongestDuration) return wrong(field, cell(field), "is longer than 100 days");
  value = sum;
  return true;
}

bool MappedRows::term(MappedField field, const Term& term, std::optional<Duration>& value) {
  if (term.constant) return value = Duration{term.factor_ns}, true;
  const MappedCell& from = record_->cells[term.column];
  if (says_nothing(from.text)) return true;
  std::int64_t nanoseconds = 0;
  const bool plain = term.factor_ns == 0;
  NumberError error = parse_scaled(from.text, plain ? 1 : term.factor_ns, nanoseconds);
  if (error == NumberError::kNegative) return wrong(field, from, "is negative");
  Duration read{nanoseconds};
  if (plain) {
    if (error != NumberError::kNotANumber) {
      return wrong(field, from, "is a number without a unit",
                   fmt::format("; say which: --map {}={}:ms", to_string(field),
                               mapping_.columns()[term.column].name));
    }
    if (parse_duration(from.text, read)) error = NumberError::kNone;
  }
  if (error == NumberError::kNotANumber) return wrong(field, from, "is not a duration");
  if (error == NumberError::kTooLarge || read > kLongestDuration) {
    return wrong(field, from, "is longer than 100 days", "; is the unit right?");
  }
  value = read;
  return true;
}

bool MappedRows::count(MappedField field, std::uint64_t limit, std::uint64_t& value) {
  if (!mapping_.has(field) || says_nothing(cell(field).text)) return true;
  const MappedCell& from = cell(field);
  NumberError error = parse_count(from.text, value);
  if (error == NumberError::kNone && value > limit) error = NumberError::kTooLarge;
  if (error == NumberError::kNone) return true;
  return wrong(field, from,
               error == NumberError::kNotANumber ? "is not a whole number" : to_string(error));
}

bool MappedRows::memory(Row& row) {
  if (!mapping_.has(MappedField::kMemoryUsed)) return true;
  const MappedCell& from = cell(MappedField::kMemoryUsed);
  if (says_nothing(from.text)) return true;
  std::int64_t bytes = 0;
  NumberError error = parse_scaled(from.text, mapping_[MappedField::kMemoryUsed].unit, bytes);
  if (error == NumberError::kNone && static_cast<std::uint64_t>(bytes) > kMostMemory) {
    error = NumberError::kTooLarge;
  }
  if (error != NumberError::kNone) return wrong(MappedField::kMemoryUsed, from, to_string(error));
  row.memory_used_mib =
      static_cast<std::uint32_t>((static_cast<std::uint64_t>(bytes) + kMiB / 2) / kMiB);
  return true;
}

bool MappedRows::route() {
  const Source& source = mapping_[MappedField::kRoute];
  if (source.terms.empty()) {
    route_ = job_.options.route.empty() ? "all" : job_.options.route;
    return true;
  }
  route_.clear();
  for (const Term& part : source.terms) {
    const MappedCell& from = record_->cells[part.column];
    if (from.text.empty() && routes_ != Routes::kRequests) {
      return wrong(MappedField::kRoute, from, "is empty");
    }
    if (!route_.empty()) route_ += ' ';
    route_ += from.text;
  }
  const MappedCell& first = cell(MappedField::kRoute);
  if (route_.find('\0') != std::string::npos) {
    return wrong(MappedField::kRoute, first, "holds a NUL byte");
  }
  const bool folded = routes_ != Routes::kAsWritten && fold_route();
  if (routes_ == Routes::kRequests && !folded) {
    job_.bad.leave_out("connections without a request that could be read", 1);
    return false;
  }
  return route_.size() <= RouteTemplates::kMaxNameBytes ||
         wrong(MappedField::kRoute, first, "is longer than 4,096 bytes");
}

/// "GET /orders/17?x HTTP/1.1" becomes "GET /orders/{n}", "/orders/17" becomes "/orders/{n}". False
/// where the text is neither, or without a method where there must be one.
bool MappedRows::fold_route() {
  const std::string_view text = route_;
  const std::size_t blank = std::min(text.find(' '), text.size());
  const bool has_method = is_method(text.substr(0, blank));
  std::string_view target = has_method ? text.substr(std::min(blank + 1, text.size())) : text;
  if (const std::size_t protocol = target.rfind(" HTTP/"); protocol != std::string_view::npos) {
    target = target.substr(0, protocol);
  }
  const bool any_target = has_method && target == "*";
  if (!is_target(target) && !any_target) return false;
  if (!has_method && routes_ == Routes::kRequests) return false;
  const std::string_view method = has_method ? text.substr(0, blank) : std::string_view();
  std::string name = templates_.name(method, target);
  if (method.empty() && name.starts_with(' ')) name.erase(0, 1);
  route_ = std::move(name);
  return true;
}

void MappedRows::finish() {
  rows_.finish();
  describe();
}

void MappedRows::describe_field(MappedField field) {
  const std::string_view text = mapping_[field].text;
  ProvenanceStep& step = job_.provenance;
  if (mapping_.is_measured(field)) {
    step.measured.push_back(fmt::format("{}: {}", to_string(field), text));
  } else {
    step.drawn.push_back(fmt::format("{}: derived as {}, not measured", to_string(field), text));
  }
}

void MappedRows::describe() {
  ProvenanceStep& step = job_.provenance;
  for (std::size_t i = 0; i < static_cast<std::size_t>(MappedField::kCount); ++i) {
    const auto field = static_cast<MappedField>(i);
    if (!mapping_.has(field)) continue;
    step.arguments.emplace_back("map",
                                fmt::format("{}={}", to_string(field), mapping_[field].text));
    if (field <= MappedField::kEnd || field > MappedField::kInit) {
      step.measured.push_back(fmt::format("{}: {}", to_string(field), mapping_[field].text));
    } else {
      describe_field(field);
    }
  }
  const std::uint64_t drawn = rows_.drawn();
  rows_.describe(drawn == rows_.rows() ? "" : fmt::format(" of {} requests that have none", drawn));
  if (drawn > 0 && !mapping_.has(MappedField::kStart)) {
    job_.notes.push_back(
        fmt::format("{} requests have an end and no duration; they arrive at their end", drawn));
  }
}

}  // namespace skyreplay::trace
