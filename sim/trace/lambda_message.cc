#include "trace/lambda_message.h"

#include <simdjson.h>

#include <algorithm>
#include <array>

#include "trace/log_values.h"

namespace skyreplay::trace {
namespace {

using Kind = LambdaMessage::Kind;

constexpr std::int64_t kMillisecond = 1'000'000;
constexpr std::uint64_t kMostMemoryMib = 1 << 30;

struct Opening {
  std::string_view text;
  Kind kind;
};
constexpr std::array<Opening, 3> kOpenings{{{"REPORT RequestId:", Kind::kReport},
                                            {"START RequestId:", Kind::kStart},
                                            {"END RequestId:", Kind::kEnd}}};

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

/// The next word of `rest`, which is then behind it; "" at the end.
std::string_view take_word(std::string_view& rest) {
  rest.remove_prefix(skip_blanks(rest, 0));
  const std::size_t end = find_blank(rest, 0);
  const std::string_view word = rest.substr(0, end);
  rest.remove_prefix(end);
  return word;
}

/// As Lambda spells what became of an invocation, to the status an HTTP client would get.
std::uint16_t status_of(std::string_view word) {
  if (word == "success") return 200;
  if (word == "timeout") return 504;
  return word.empty() ? 0 : 500;
}

void wrong(LambdaMessage& message, std::string_view name, const char* what, std::string_view text) {
  if (message.error != nullptr || what == nullptr) return;
  message.error = what;
  message.error_name = name;
  message.error_text = text;
}

void read_memory(LambdaMessage& message, std::string_view name, std::string_view text,
                 std::uint32_t& mib) {
  std::uint64_t count = 0;
  wrong(message, name, read_log_count(text, kMostMemoryMib, count), text);
  mib = static_cast<std::uint32_t>(count);
}

void read_part(LambdaMessage& message, std::string_view name, std::string_view value,
               bool& has_duration) {
  if (name == "Duration") {
    has_duration = true;
    wrong(message, name, read_log_duration(value, kMillisecond, message.duration), value);
  } else if (name == "Init Duration" || name == "Restore Duration") {
    Duration init{};
    wrong(message, name, read_log_duration(value, kMillisecond, init), value);
    message.init += init;
  } else if (name == "Memory Size") {
    read_memory(message, name, value, message.memory_size_mib);
  } else if (name == "Max Memory Used") {
    read_memory(message, name, value, message.memory_used_mib);
  } else if (name == "Status") {
    message.status = status_of(value);
  }
}

/// "Name: value unit" again and again, in any order; unknown ones are passed over.
LambdaMessage read_text(std::string_view text, const Opening& opening) {
  LambdaMessage message{.kind = opening.kind};
  std::string_view rest = text.substr(opening.text.size());
  message.request_id = take_word(rest);
  if (message.kind != Kind::kReport) return message;
  bool has_duration = false;
  for (std::size_t colon = rest.find(':'); colon != std::string_view::npos;
       colon = rest.find(':')) {
    std::string_view name = trimmed(rest.substr(0, colon));
    for (const std::string_view unit : {"ms", "MB"}) {
      if (name.starts_with(unit)) name = trimmed(name.substr(unit.size()));
    }
    rest.remove_prefix(colon + 1);
    read_part(message, name, take_word(rest), has_duration);
  }
  if (!has_duration) wrong(message, "the REPORT", "has no Duration", text);
  return message;
}

std::string_view string_at(const simdjson::dom::element& object, std::string_view key) {
  std::string_view text;
  return object[key].get(text) == simdjson::SUCCESS ? text : std::string_view();
}

/// A number as text, in which it is read exactly; false where there is none.
bool number_at(const simdjson::dom::element& object, std::string_view key, std::string& text) {
  simdjson::dom::element value;
  if (object[key].get(value) != simdjson::SUCCESS || !value.is_number()) return false;
  text = simdjson::minify(value);
  return true;
}

Kind kind_of(std::string_view type) {
  if (type == "platform.report") return Kind::kReport;
  if (type == "platform.start") return Kind::kStart;
  return type == "platform.runtimeDone" || type == "platform.end" ? Kind::kEnd : Kind::kOther;
}

}  // namespace

/// A number of platform.report, and what the same is called in a REPORT.
struct Metric {
  std::string_view key, name;
};
constexpr std::array<Metric, 5> kMetrics{{{"durationMs", "Duration"},
                                          {"initDurationMs", "Init Duration"},
                                          {"restoreDurationMs", "Restore Duration"},
                                          {"memorySizeMB", "Memory Size"},
                                          {"maxMemoryUsedMB", "Max Memory Used"}}};

struct LambdaMessageReader::State {
  simdjson::dom::parser parser;
  std::array<std::string, kMetrics.size()> numbers;  ///< of the object in hand, as text
};

LambdaMessageReader::LambdaMessageReader() : state_(std::make_unique<State>()) {}
LambdaMessageReader::~LambdaMessageReader() = default;

std::size_t find_blank(std::string_view text, std::size_t from) {
  while (from < text.size() && !is_blank(text[from])) ++from;
  return from;
}

std::size_t skip_blanks(std::string_view text, std::size_t from) {
  while (from < text.size() && is_blank(text[from])) ++from;
  return from;
}

std::size_t find_lambda_message(std::string_view line) {
  for (std::size_t at = line.find("RequestId:"); at != std::string_view::npos;
       at = line.find("RequestId:", at + 1)) {
    for (const Opening& opening : kOpenings) {
      const std::size_t word = opening.text.size() - std::string_view("RequestId:").size();
      if (at < word || line.substr(at - word, opening.text.size()) != opening.text) continue;
      const std::size_t begin = at - word;
      if (begin == 0 || is_blank(line[begin - 1])) return begin;
    }
  }
  const std::size_t brace = line.find('{');
  if (brace == std::string_view::npos) return brace;
  return line.find("\"platform.", brace) == std::string_view::npos ? std::string_view::npos : brace;
}

LambdaMessage LambdaMessageReader::read(std::string_view message) {
  const std::string_view text = trimmed(message);
  if (text.starts_with('{')) return read_platform(text);
  for (const Opening& opening : kOpenings) {
    if (text.starts_with(opening.text)) return read_text(text, opening);
  }
  return {};
}

LambdaMessage LambdaMessageReader::read_platform(std::string_view object) {
  LambdaMessage message;
  simdjson::dom::element root, record, metrics;
  if (state_->parser.parse(object.data(), object.size()).get(root) != simdjson::SUCCESS) {
    // A function may write what it likes; what Lambda writes can be read.
    if (object.find("\"platform.report\"") != std::string_view::npos) {
      message.kind = Kind::kReport;
      wrong(message, "the report", "is no JSON", object);
    }
    return message;
  }
  message.kind = kind_of(string_at(root, "type"));
  if (message.kind == Kind::kOther) return message;
  if (const std::string_view text = string_at(root, "time"); !text.empty()) {
    wrong(message, "time", read_log_time(text, message.time.emplace()), text);
  }
  if (root["record"].get(record) != simdjson::SUCCESS) {
    wrong(message, "the report", "has no record", object);
    return message;
  }
  message.request_id = string_at(record, "requestId");
  if (message.kind != Kind::kReport) return message;
  bool has_duration = false;
  message.status = status_of(string_at(record, "status"));
  if (record["metrics"].get(metrics) == simdjson::SUCCESS) {
    for (std::size_t i = 0; i < kMetrics.size(); ++i) {
      std::string& number = state_->numbers[i];
      if (!number_at(metrics, kMetrics[i].key, number)) continue;
      read_part(message, kMetrics[i].name, number, has_duration);
    }
  }
  if (!has_duration) wrong(message, "the report", "has no durationMs", object);
  return message;
}

}  // namespace skyreplay::trace
