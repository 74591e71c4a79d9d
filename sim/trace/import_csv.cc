#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <optional>

#include "trace/decimal.h"
#include "trace/delimited_reader.h"
#include "trace/import.h"
#include "trace/text_time.h"

/// One request a row, columns named by the header: docs/traces.md lists them.

namespace skyreplay::trace {
namespace {

enum class Column : std::uint8_t {
  kArrival,
  kRoute,
  kDuration,
  kWork,
  kWait,
  kInit,
  kBytesIn,
  kBytesOut,
  kStatus,
  kKind,
  kMemory,
  kMemoryUsed,
  kCount
};

struct ColumnName {
  std::string_view name;
  Column column;
  bool is_time;  ///< may carry a unit: duration_ms
};

constexpr std::array<ColumnName, 12> kColumns{{{"arrival", Column::kArrival, true},
                                               {"route", Column::kRoute, false},
                                               {"duration", Column::kDuration, true},
                                               {"work", Column::kWork, true},
                                               {"wait", Column::kWait, true},
                                               {"init", Column::kInit, true},
                                               {"bytes_in", Column::kBytesIn, false},
                                               {"bytes_out", Column::kBytesOut, false},
                                               {"status", Column::kStatus, false},
                                               {"kind", Column::kKind, false},
                                               {"memory_mib", Column::kMemory, false},
                                               {"memory_used_mib", Column::kMemoryUsed, false}}};

struct UnitName {
  std::string_view suffix;
  std::int64_t nanoseconds;
};
constexpr std::array<UnitName, 4> kUnits{
    {{"_s", 1'000'000'000}, {"_ms", 1'000'000}, {"_us", 1'000}, {"_ns", 1}}};

constexpr std::size_t kMaxRouteBytes = 4'096;
constexpr std::size_t kNoField = static_cast<std::size_t>(-1);

/// Where a column stands in the file, and the unit its header names (0: none).
struct Place {
  std::size_t field = kNoField;
  std::int64_t unit = 0;
};

/// What a header means.
struct Layout {
  std::array<Place, static_cast<std::size_t>(Column::kCount)> places;
  std::size_t width = 0;
  std::vector<std::string> ignored;

  Place& operator[](Column column) { return places[static_cast<std::size_t>(column)]; }
  const Place& operator[](Column column) const { return places[static_cast<std::size_t>(column)]; }
  bool has(Column column) const { return (*this)[column].field != kNoField; }
};

bool match(std::string_view header, Column& column, std::int64_t& unit) {
  for (const ColumnName& name : kColumns) {
    unit = 0;
    column = name.column;
    if (header == name.name) return true;
    if (!name.is_time || !header.starts_with(name.name)) continue;
    for (const UnitName& suffix : kUnits) {
      unit = suffix.nanoseconds;
      if (header.substr(name.name.size()) == suffix.suffix) return true;
    }
  }
  return false;
}

std::vector<std::string> column_names() {
  std::vector<std::string> names;
  for (const ColumnName& column : kColumns) {
    names.emplace_back(column.name);
    if (!column.is_time) continue;
    for (const UnitName& unit : kUnits) {
      names.push_back(std::string(column.name) + std::string(unit.suffix));
    }
  }
  return names;
}

/// A header cell that is no column: passed over if asked for or unlike any column.
void take_unknown(const DelimitedReader& reader, const DelimitedReader::Field& field,
                  const std::vector<std::string>& ignored, Layout& layout) {
  const std::string name(field.text);
  if (std::find(ignored.begin(), ignored.end(), name) != ignored.end()) return;
  const std::string hint = did_you_mean(name, column_names());
  if (!hint.empty()) {
    throw InputError(
        reader.position(field),
        fmt::format("unknown column '{}'{} (--ignore-column {} passes over it)", name, hint, name));
  }
  layout.ignored.push_back(name);
}

Layout read_header(DelimitedReader& reader, const std::vector<std::string>& ignored) {
  const DelimitedReader::Outcome outcome = reader.next();
  if (outcome == DelimitedReader::Outcome::kEnd) {
    throw InputError(SourcePosition{reader.name()}, "the file is empty; expected a header line");
  }
  if (outcome == DelimitedReader::Outcome::kBad) {
    throw InputError(reader.bad_position(), reader.bad_reason());
  }
  Layout layout;
  layout.width = reader.fields().size();
  for (std::size_t i = 0; i < layout.width; ++i) {
    const DelimitedReader::Field& field = reader.fields()[i];
    Column column{};
    std::int64_t unit = 0;
    if (!match(field.text, column, unit)) {
      take_unknown(reader, field, ignored, layout);
      continue;
    }
    if (layout.has(column)) {
      throw InputError(reader.position(field),
                       fmt::format("a second column '{}'", std::string(field.text)));
    }
    layout[column] = {i, unit};
  }
  return layout;
}

void check_layout(const DelimitedReader& reader, const Layout& layout, bool has_service_time) {
  const SourcePosition header{reader.name(), 1, 0};
  const auto missing = [&](std::string_view what) {
    const std::string others = fmt::format("{}", fmt::join(layout.ignored, ", "));
    throw InputError(header, fmt::format("no column {}{}{}", what,
                                         others.empty() ? "" : "; unused columns: ", others));
  };
  if (!layout.has(Column::kArrival)) missing("'arrival' (or arrival_s, _ms, _us, _ns)");
  const bool whole = layout.has(Column::kDuration);
  const bool parts = layout.has(Column::kWork);
  if (whole && (parts || layout.has(Column::kWait))) {
    throw InputError(header, "give either 'duration' or 'work' and 'wait', not both");
  }
  if (layout.has(Column::kWait) && !parts) missing("'work', which 'wait' adds to");
  if (!whole && !parts && !has_service_time) {
    missing(
        "'duration' (or 'work' and 'wait'); where none was recorded, --service-time gives a law");
  }
  if ((whole || parts) && has_service_time) {
    throw InputError("--service-time: the input has durations of its own");
  }
}

struct KindName {
  std::string_view name;
  InvocationKind kind;
};
constexpr std::array<KindName, 6> kKinds{{{"sync", InvocationKind::kSync},
                                          {"async", InvocationKind::kAsync},
                                          {"queue", InvocationKind::kQueue},
                                          {"stream", InvocationKind::kStream},
                                          {"schedule", InvocationKind::kSchedule},
                                          {"job", InvocationKind::kJob}}};

/// What is wrong with a row, and in which field.
struct Mistake {
  std::size_t field = 0;
  std::string reason;  ///< counted: nothing of the row in it
  std::string detail;
};

/// A row and what it says of its route.
struct Parsed {
  Row row;
  std::optional<InvocationKind> kind;
  std::uint32_t memory_mib = 0;
};

/// Reads the fields of one record after another; stops at the first mistake of each.
class RowParser {
 public:
  RowParser(const Layout& layout, std::optional<std::int64_t> unit, TimePoint number_base)
      : layout_(layout), unit_(unit), number_base_(number_base) {}

  bool parse(const std::vector<DelimitedReader::Field>& fields, Parsed& parsed, Mistake& mistake) {
    fields_ = &fields;
    mistake_ = &mistake;
    if (fields.size() != layout_.width) {
      return wrong(fields.size() < layout_.width ? fields.size() - 1 : layout_.width,
                   "the row has another number of fields than the header",
                   fmt::format("{} instead of {}", fields.size(), layout_.width));
    }
    Row& row = parsed.row;
    std::uint64_t status = 0, memory = 0, used = 0;
    const bool good = arrival(row.arrival) && time(Column::kDuration, row.work) &&
                      time(Column::kWork, row.work) && time(Column::kWait, row.wait) &&
                      time(Column::kInit, row.init) &&
                      count(Column::kBytesIn, std::uint64_t{1} << 50, row.bytes_in) &&
                      count(Column::kBytesOut, std::uint64_t{1} << 50, row.bytes_out) &&
                      count(Column::kStatus, 999, status) &&
                      count(Column::kMemory, 1 << 30, memory) &&
                      count(Column::kMemoryUsed, 1 << 30, used) && kind(parsed.kind);
    row.status = static_cast<std::uint16_t>(status);
    row.memory_used_mib = static_cast<std::uint32_t>(used);
    parsed.memory_mib = static_cast<std::uint32_t>(memory);
    return good;
  }

 private:
  std::string_view text(Column column) const { return (*fields_)[layout_[column].field].text; }

  bool wrong(std::size_t field, std::string reason, std::string detail) {
    *mistake_ = {field, std::move(reason), std::move(detail)};
    return false;
  }
  bool wrong(Column column, std::string_view what, std::string_view hint = "") {
    const Place& place = layout_[column];
    const std::string_view name = kColumns[static_cast<std::size_t>(column)].name;
    return wrong(place.field, fmt::format("{} {}", name, what),
                 fmt::format("'{}'{}", text(column).substr(0, 60), hint));
  }

  bool arrival(TimePoint& value) {
    const std::string_view word = text(Column::kArrival);
    if (word.empty()) return wrong(Column::kArrival, "is empty");
    const TextTime outcome = parse_text_time(word, value);
    if (outcome == TextTime::kRead) {
      return value < kLastArrival || wrong(Column::kArrival, "lies beyond the year 2261");
    }
    if (outcome == TextTime::kBefore1970) return wrong(Column::kArrival, "lies before 1970");
    const std::int64_t header_unit = layout_[Column::kArrival].unit;
    std::int64_t since = 0;
    const std::int64_t unit = header_unit != 0 ? header_unit : unit_.value_or(1);
    const NumberError error = parse_scaled(word, unit, since);
    if (error == NumberError::kNotANumber) {
      return wrong(Column::kArrival, "is neither a time nor a number",
                   "; a time looks like 2026-01-05T12:00:00.5Z");
    }
    if (header_unit == 0 && !unit_) {
      return wrong(Column::kArrival, "is a number without a unit",
                   "; say --time-unit s, or name the column arrival_s, _ms, _us or _ns");
    }
    if (error == NumberError::kNegative) return wrong(Column::kArrival, "is negative");
    if (error == NumberError::kTooLarge || Duration{since} >= kLastArrival - number_base_) {
      return wrong(Column::kArrival, "lies beyond the year 2261", "; is the unit right?");
    }
    value = number_base_ + Duration{since};
    return true;
  }

  /// An absent or empty column leaves `value` at 0, but a duration must be there.
  bool time(Column column, Duration& value) {
    if (!layout_.has(column)) return true;
    const std::string_view word = text(column);
    if (word.empty()) {
      return column != Column::kDuration && column != Column::kWork ? true
                                                                    : wrong(column, "is empty");
    }
    std::int64_t nanoseconds = 0;
    const std::int64_t unit = layout_[column].unit;
    const NumberError error = parse_scaled(word, unit == 0 ? 1 : unit, nanoseconds);
    if (error == NumberError::kNegative) return wrong(column, "is negative");
    if (error == NumberError::kNone && unit == 0) {
      return wrong(
          column, "is a number without a unit",
          "; write it with one, as in 12.5ms, or name it in the header, as in duration_ms");
    }
    value = Duration{nanoseconds};
    if (error == NumberError::kNotANumber && !parse_duration(word, value)) {
      return wrong(column, "is not a duration", "; expected something like 12.5ms");
    }
    if (error == NumberError::kTooLarge || value > kLongestDuration) {
      return wrong(column, "is longer than 100 days", "; is the unit right?");
    }
    return true;
  }

  bool count(Column column, std::uint64_t limit, std::uint64_t& value) {
    if (!layout_.has(column) || text(column).empty()) return true;
    NumberError error = parse_count(text(column), value);
    if (error == NumberError::kNone && value > limit) error = NumberError::kTooLarge;
    if (error == NumberError::kNone) return true;
    return wrong(column,
                 error == NumberError::kNotANumber ? "is not a whole number" : to_string(error));
  }

  bool kind(std::optional<InvocationKind>& value) {
    if (!layout_.has(Column::kKind) || text(Column::kKind).empty()) return true;
    for (const KindName& name : kKinds) {
      if (name.name == text(Column::kKind)) return value = name.kind, true;
    }
    return wrong(Column::kKind, "is unknown",
                 "; expected sync, async, queue, stream, schedule or job");
  }

  const Layout& layout_;
  std::optional<std::int64_t> unit_;
  TimePoint number_base_;
  const std::vector<DelimitedReader::Field>* fields_ = nullptr;
  Mistake* mistake_ = nullptr;
};

/// Everything that lasts from row to row, and from file to file.
class CsvImport {
 public:
  explicit CsvImport(ImportJob& job) : job_(job) {
    if (!job.options.service_time.empty()) {
      service_time_ = service_time_of(job.options.service_time);
      service_times_ = RandomStream(job.options.seed, "import/csv", "service_time");
    }
  }

  void read(TextInput input) {
    DelimitedReader reader(std::move(input));
    const Layout layout = read_header(reader, job_.options.ignored_columns);
    check_layout(reader, layout, service_time_.has_value());
    check_same_durations(reader, layout);
    const auto& unit = job_.time_unit;
    RowParser parser(layout, unit ? std::optional(unit->count()) : std::nullopt, job_.origin);
    for (auto outcome = reader.next(); outcome != DelimitedReader::Outcome::kEnd;
         outcome = reader.next()) {
      if (outcome == DelimitedReader::Outcome::kBad) {
        job_.bad.add(reader.bad_position(), reader.bad_reason());
      } else {
        take(reader, layout, parser);
      }
    }
    for (const std::string& name : layout.ignored) {
      job_.notes.push_back(fmt::format("{}: column '{}' is not used", reader.name(), name));
    }
    describe(layout);
  }

 private:
  /// The trace says once whether it holds durations or work and wait.
  void check_same_durations(const DelimitedReader& reader, const Layout& layout) {
    const bool parts = layout.has(Column::kWork);
    if (parts_.has_value() && *parts_ != parts) {
      throw InputError(SourcePosition{reader.name(), 1, 0},
                       "an input with 'work' and one with 'duration' do not make one trace");
    }
    parts_ = parts;
  }

  void take(const DelimitedReader& reader, const Layout& layout, RowParser& parser) {
    const auto& fields = reader.fields();
    Parsed parsed;
    Mistake mistake;
    if (!parser.parse(fields, parsed, mistake)) {
      return job_.bad.add(reader.position(fields[std::min(mistake.field, fields.size() - 1)]),
                          mistake.reason, mistake.detail);
    }
    if (parsed.row.arrival < last_arrival_) {
      return job_.bad.add(reader.position(fields[layout[Column::kArrival].field]),
                          "arrival lies before the row above it",
                          fmt::format("{} comes after {} ({}); sort the input by arrival",
                                      to_rfc3339(parsed.row.arrival), to_rfc3339(last_arrival_),
                                      to_string(last_position_)));
    }
    if (!take_route(reader, layout, parsed)) return;
    if (service_time_) {
      RandomEngine random = service_times_.at(ordinal_++);
      parsed.row.work = service_time_->sample(random);
    }
    last_arrival_ = parsed.row.arrival;
    last_position_ = {reader.name(), reader.line(), 0};
    job_.sink.add(parsed.row);
  }

  bool take_route(const DelimitedReader& reader, const Layout& layout, Parsed& parsed) {
    std::string name = job_.options.route.empty() ? "all" : job_.options.route;
    if (layout.has(Column::kRoute)) {
      const DelimitedReader::Field& field = reader.fields()[layout[Column::kRoute].field];
      if (field.text.empty()) return bad_route(reader, field, "route is empty", "");
      if (field.text.size() > kMaxRouteBytes) {
        return bad_route(reader, field, "route is longer than 4,096 bytes", "");
      }
      name = field.text;
    }
    bool made = false;
    parsed.row.route = job_.sink.route(name, made);
    Route& route = job_.sink.record(parsed.row.route);
    if (made && parsed.kind) route.kind = *parsed.kind;
    if (parsed.kind && route.name == name && route.kind != *parsed.kind) {
      return bad_route(reader, reader.fields()[layout[Column::kKind].field],
                       "kind differs from the route's first row",
                       fmt::format("'{}' was {} there", name, to_string(route.kind)));
    }
    if (parsed.memory_mib > route.memory_size_mib.value_or(0)) {
      route.memory_size_mib = parsed.memory_mib;
    }
    if (parsed.row.memory_used_mib > route.memory_used_max_mib.value_or(0)) {
      route.memory_used_max_mib = parsed.row.memory_used_mib;
    }
    return true;
  }

  bool bad_route(const DelimitedReader& reader, const DelimitedReader::Field& field,
                 const std::string& reason, const std::string& detail) {
    job_.bad.add(reader.position(field), reason, detail);
    return false;
  }

  void describe(const Layout& layout) {
    for (const ColumnName& name : kColumns) {
      auto& measured = job_.provenance.measured;
      const std::string text(name.name);
      if (layout.has(name.column) && std::count(measured.begin(), measured.end(), text) == 0) {
        measured.push_back(text);
      }
    }
    if (service_time_ && job_.provenance.drawn.empty()) {
      job_.provenance.drawn.push_back("duration: " + to_string(*service_time_));
    }
  }

  ImportJob& job_;
  std::optional<Distribution> service_time_;
  RandomStream service_times_{0, "", ""};
  std::uint64_t ordinal_ = 0;
  std::optional<bool> parts_;
  TimePoint last_arrival_{};
  SourcePosition last_position_;
};

/// The names in a text's first line, wherever quotes stand.
std::vector<std::string> header_names(std::string_view head) {
  std::string line(head.substr(0, std::min(head.find_first_of("\r\n"), head.size())));
  if (line.starts_with("\xef\xbb\xbf")) line.erase(0, 3);
  line.erase(std::remove(line.begin(), line.end(), '"'), line.end());
  std::vector<std::string> names;
  for (std::size_t from = 0; from <= line.size();) {
    const std::size_t comma = std::min(line.find(',', from), line.size());
    names.push_back(line.substr(from, comma - from));
    from = comma + 1;
  }
  return names;
}

bool names_column(std::string_view head, Column wanted) {
  for (const std::string& name : header_names(head)) {
    Column column{};
    std::int64_t unit = 0;
    if (match(name, column, unit) && column == wanted) return true;
  }
  return false;
}

}  // namespace

bool recognizes_csv(std::string_view head) {
  return names_column(head, Column::kArrival) || names_column(head, Column::kDuration);
}

Preface csv_preface(std::string_view head) {
  const bool parts = names_column(head, Column::kWork);
  return {parts ? Durations::kWorkAndWait : Durations::kOneDuration, TimePoint{}};
}

/// What only rows in any order have a use for.
void refuse_mapped_options(const ImportOptions& options) {
  const auto refuse = [](std::string_view flag) {
    throw InputError(fmt::format("{} has no meaning for the format csv without --map", flag));
  };
  if (!options.route_patterns.empty()) refuse("--route-pattern");
  if (!options.memory.empty()) refuse("--memory");
}

void import_csv(ImportJob& job) {
  if (!job.options.mapping.empty()) return import_mapped_csv(job);
  refuse_mapped_options(job.options);
  CsvImport import(job);
  for (TextInput& input : job.inputs) import.read(std::move(input));
  if (job.writer.rows() == 0) {
    throw InputError(SourcePosition{job.options.inputs.back()}, "there are no rows to import");
  }
}

}  // namespace skyreplay::trace
