#include "trace/lambda_events.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <array>

#include "trace/decimal.h"
#include "trace/delimited_reader.h"
#include "trace/json_items.h"
#include "trace/lambda_message.h"
#include "trace/line_reader.h"
#include "trace/log_values.h"

namespace skyreplay::trace {
namespace {

constexpr std::string_view kBlanks = " \t\r\n";
constexpr std::int64_t kMillisecond = 1'000'000;
/// Milliseconds since 1970 have as many digits from 1973 to 2286.
constexpr std::size_t kLeastDigits = 12, kMostDigits = 13;

bool is_digits(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

/// RFC 3339 and what is like it, or milliseconds since 1970.
const char* read_event_time(std::string_view text, TimePoint& time) {
  if (!is_digits(text)) return read_log_time(text, time);
  std::int64_t ns = 0;
  if (text.size() < kLeastDigits || text.size() > kMostDigits ||
      parse_scaled(text, kMillisecond, ns) != NumberError::kNone) {
    return "is not a time";
  }
  time = TimePoint{Duration{ns}};
  return time < kLastArrival ? nullptr : "lies beyond the year 2261";
}

void set_time(LambdaEvent& event, std::string_view text) {
  event.time_text = text;
  event.time_error = read_event_time(text, event.time.emplace());
}

std::string_view first_line(std::string_view head) {
  head.remove_prefix(std::min(head.find_first_not_of("\xef\xbb\xbf\r\n"), head.size()));
  return head.substr(0, std::min(head.find('\n'), head.size()));
}

/// What a JSON object or an enclosing one says of an event.
class JsonEvents {
 public:
  JsonEvents(BadRows& bad, const TakeLambdaEvent& take) : bad_(bad), take_(take) {}

  /// `enclosing` is an object up to the list that holds `object`, or "".
  void take(std::string_view object, const std::string& enclosing, const SourcePosition& at) {
    LambdaEvent event{.input = at.file, .line = at.line, .column = at.column};
    simdjson::dom::element root;
    if (parser_.parse(object.data(), object.size()).get(root) != simdjson::SUCCESS) {
      return bad_.add(at, "the line is no JSON");
    }
    if (enclosing != enclosing_) read_enclosing(enclosing);
    event.log_group = text_of(root, {"logGroup", "logGroupName", "@log"}, group_);
    event.log_stream = text_of(root, {"logStream", "logStreamName", "@logStream"}, stream_);
    if (simdjson::dom::element time; find(root, {"timestamp", "@timestamp"}, time)) {
      time_ = as_text(time);
      set_time(event, time_);
    }
    simdjson::dom::element message;
    // Without a message around it, it is Lambda's own object.
    message_ = find(root, {"message", "@message"}, message) ? as_text(message) : object;
    event.message = message_;
    take_(event);
  }

 private:
  using Names = std::initializer_list<std::string_view>;

  static bool find(const simdjson::dom::element& root, Names names, simdjson::dom::element& value) {
    return std::ranges::any_of(
        names, [&](std::string_view name) { return root[name].get(value) == simdjson::SUCCESS; });
  }
  static std::string as_text(const simdjson::dom::element& value) {
    std::string_view text;
    if (value.get(text) == simdjson::SUCCESS) return std::string(text);
    return simdjson::minify(value);
  }
  static std::string_view text_of(const simdjson::dom::element& root, Names names,
                                  std::string_view otherwise) {
    simdjson::dom::element value;
    std::string_view text;
    return find(root, names, value) && value.get(text) == simdjson::SUCCESS ? text : otherwise;
  }

  /// Closes what was cut off in front of the list's elements.
  void read_enclosing(const std::string& enclosing) {
    enclosing_ = enclosing;
    group_.clear();
    stream_.clear();
    simdjson::dom::element root;
    simdjson::dom::parser parser;
    if (parser.parse(enclosing + "]}").get(root) != simdjson::SUCCESS) return;
    group_ = text_of(root, {"logGroup", "logGroupName"}, "");
    stream_ = text_of(root, {"logStream", "logStreamName"}, "");
  }

  BadRows& bad_;
  const TakeLambdaEvent& take_;
  simdjson::dom::parser parser_;
  std::string enclosing_, group_, stream_;
  std::string time_, message_;  ///< of the event in hand
};

void each_in_json(TextInput input, BadRows& bad, const TakeLambdaEvent& take) {
  JsonItems items(std::move(input), {"events", "logEvents"});
  JsonEvents events(bad, take);
  for (auto outcome = items.next(); outcome != JsonItems::Outcome::kEnd; outcome = items.next()) {
    if (outcome == JsonItems::Outcome::kBad) {
      bad.add(items.position(), items.bad_reason());
    } else {
      events.take(items.item(), items.enclosing(), items.position());
    }
  }
}

/// What stands in front of a message: nothing, a time, or a time and a log stream.
void read_prefix(std::string_view prefix, LambdaEvent& event) {
  const std::size_t begin = skip_blanks(prefix, 0);
  std::size_t end = find_blank(prefix, begin);
  if (begin == end) return;
  set_time(event, prefix.substr(begin, end - begin));
  // Another word, as of the text that `filter-log-events --output text` writes, is no time at all.
  if (event.time_error != nullptr) {
    event.time.reset();
    event.time_error = nullptr;
  }
  const std::size_t stream = skip_blanks(prefix, end);
  end = find_blank(prefix, stream);
  event.log_stream = prefix.substr(stream, end - stream);
}

/// A JSON object around one of Lambda's messages. What functions write themselves is not looked at.
bool is_wrapped(std::string_view line) {
  const auto holds = [line](std::string_view text) {
    return line.find(text) != std::string_view::npos;
  };
  return line.starts_with('{') && (holds("message\"")) &&
         (holds(" RequestId:") || holds("platform."));
}

void each_in_text(TextInput input, BadRows& bad, const TakeLambdaEvent& take) {
  LineReader reader(std::move(input));
  JsonEvents objects(bad, take);
  for (auto outcome = reader.next(); outcome != LineReader::Outcome::kEnd;
       outcome = reader.next()) {
    if (outcome == LineReader::Outcome::kBad) {
      bad.add(reader.position(0), reader.bad_reason());
      continue;
    }
    const std::string_view line = reader.line();
    if (is_wrapped(line)) {
      objects.take(line, "", reader.position(1));
      continue;
    }
    const std::size_t begin = find_lambda_message(line);
    if (begin == std::string_view::npos) continue;
    LambdaEvent event{.message = line.substr(begin),
                      .input = reader.name(),
                      .line = reader.number(),
                      .column = static_cast<std::uint32_t>(begin + 1)};
    read_prefix(line.substr(0, begin), event);
    take(event);
  }
}

/// A column that Logs Insights makes of a report, and how a REPORT spells it.
struct Discovered {
  std::string_view column, name, unit;
};
constexpr std::array<Discovered, 3> kDiscovered{{{"@duration", "Duration", "ms"},
                                                 {"@initDuration", "Init Duration", "ms"},
                                                 {"@restoreDuration", "Restore Duration", "ms"}}};
/// Those in bytes, of which it counts a million as a MB.
constexpr std::array<Discovered, 2> kDiscoveredBytes{
    {{"@memorySize", "Memory Size", "MB"}, {"@maxMemoryUsed", "Max Memory Used", "MB"}}};
constexpr std::int64_t kBytesPerMb = 1'000'000;

class CsvEvents {
 public:
  CsvEvents(TextInput input, BadRows& bad, const TakeLambdaEvent& take)
      : reader_(std::move(input)), bad_(bad), take_(take) {}

  void read() {
    for (auto outcome = reader_.next(); outcome != DelimitedReader::Outcome::kEnd;
         outcome = reader_.next()) {
      if (outcome == DelimitedReader::Outcome::kBad) {
        bad_.add(reader_.bad_position(), reader_.bad_reason());
      } else if (header_.empty()) {
        for (const auto& field : reader_.fields()) header_.emplace_back(field.text);
      } else if (reader_.fields().size() != header_.size()) {
        bad_.add({reader_.name(), reader_.line(), 1},
                 "the row has another number of fields than the header");
      } else {
        take_row();
      }
    }
  }

 private:
  void take_row() {
    LambdaEvent event{.input = reader_.name(), .line = reader_.line(), .column = 1};
    event.log_group = column({"@log", "logGroup"});
    event.log_stream = column({"@logStream", "logStreamName", "logStream"});
    event.message = column({"@message", "message"});
    set_time(event, column({"@timestamp", "timestamp"}));
    if (event.message.empty()) {
      message_.clear();
      spell_report();
      event.message = message_;
    }
    if (!event.message.empty()) take_(event);
  }

  std::string_view column(std::initializer_list<std::string_view> names) const {
    for (std::size_t i = 0; i < header_.size(); ++i) {
      if (std::ranges::find(names, header_[i]) != names.end()) return reader_.fields()[i].text;
    }
    return {};
  }

  /// Makes of the columns the REPORT that they were made of; nothing where there is no duration,
  /// for the row is then of another message.
  void spell_report() {
    if (column({"@duration"}).empty()) return;
    const std::string_view id = column({"@requestId"});
    message_ = fmt::format("REPORT RequestId: {}", id.empty() ? "-" : id);
    for (const Discovered& part : kDiscovered) {
      append_part(part, column({part.column}));
    }
    for (const Discovered& part : kDiscoveredBytes) {
      std::int64_t bytes = 0;
      const std::string_view text = column({part.column});
      const bool good = parse_scaled(text, 1, bytes) == NumberError::kNone;
      append_part(
          part, good ? std::to_string((bytes + kBytesPerMb / 2) / kBytesPerMb) : std::string(text));
    }
  }
  void append_part(const Discovered& part, std::string_view value) {
    if (!value.empty()) message_ += fmt::format("\t{}: {} {}", part.name, value, part.unit);
  }

  DelimitedReader reader_;
  BadRows& bad_;
  const TakeLambdaEvent& take_;
  std::vector<std::string> header_;
  std::string message_;  ///< spelled from columns
};

/// JSON that is no list of lines each of which is an object.
bool is_json_document(std::string_view head) {
  const std::string_view line = first_line(head);
  if (line.starts_with('[')) return true;
  if (!line.starts_with('{')) return false;
  const std::string_view text = line.substr(0, line.find_last_not_of(kBlanks) + 1);
  const bool is_line = text.size() > 1 && text.ends_with('}') && line.size() < head.size();
  return !is_line || text.find("vents\":") != std::string_view::npos ||
         text.find("}{") != std::string_view::npos;
}

}  // namespace

bool is_lambda_csv(std::string_view head) {
  const std::string_view line = first_line(head);
  if (line.starts_with('{') || line.starts_with('[')) return false;
  const auto has = [&](std::string_view name) {
    for (std::size_t at = line.find(name); at != std::string_view::npos;
         at = line.find(name, at + 1)) {
      const std::size_t end = at + name.size();
      const bool begins = at == 0 || line[at - 1] == ',' || line[at - 1] == '"';
      if (begins && (end == line.size() ||
                     std::string_view(",\"\r").find(line[end]) != std::string_view::npos)) {
        return true;
      }
    }
    return false;
  };
  return (has("@timestamp") && (has("@message") || has("@duration"))) ||
         (has("timestamp") && has("message"));
}

void each_lambda_event(TextInput input, BadRows& bad, const TakeLambdaEvent& take) {
  const std::string_view head = input.peek();
  if (is_lambda_csv(head)) return CsvEvents(std::move(input), bad, take).read();
  if (is_json_document(head)) return each_in_json(std::move(input), bad, take);
  each_in_text(std::move(input), bad, take);
}

std::string_view function_of(std::string_view log_group, std::string_view log_stream) {
  constexpr std::string_view kPrefix = "/aws/lambda/";
  if (!log_group.empty()) {
    const std::size_t prefix = log_group.find(kPrefix);
    return prefix == std::string_view::npos ? log_group : log_group.substr(prefix + kPrefix.size());
  }
  // "2026/03/02/NAME[VERSION][...]"; without a name the version follows at once.
  const std::size_t slash = log_stream.rfind('/');
  if (slash == std::string_view::npos) return {};
  const std::string_view last = log_stream.substr(slash + 1);
  const std::size_t bracket = last.find('[');
  return bracket == std::string_view::npos ? std::string_view() : last.substr(0, bracket);
}

}  // namespace skyreplay::trace
