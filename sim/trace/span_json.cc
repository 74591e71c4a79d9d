#include "trace/span_json.h"

// Every failure is a code here, and what asks for an exception does not compile.
#define SIMDJSON_EXCEPTIONS 0
#include <simdjson.h>

#include <cstring>
#include <unordered_map>
#include <vector>

#include "trace/decimal.h"

namespace skyreplay::trace {
namespace {

namespace ondemand = simdjson::ondemand;
using simdjson::error_code;

constexpr std::uint64_t kMicrosecond = 1'000;

/// Calls `take(key, value)` for each field, until one returns an error.
template <typename Take>
error_code each_field(ondemand::object object, Take take) {
  for (auto entry : object) {
    ondemand::field field;
    if (const auto error = std::move(entry).get(field)) return error;
    std::string_view key;
    if (const auto error = field.unescaped_key().get(key)) return error;
    if (const auto error = take(key, field.value())) return error;
  }
  return simdjson::SUCCESS;
}
template <typename Take>
error_code each_field_of(ondemand::value value, Take take) {
  ondemand::object object;
  if (const auto error = value.get_object().get(object)) return error;
  return each_field(object, take);
}
template <typename Take>
error_code each_element(ondemand::value value, Take take) {
  ondemand::array array;
  if (const auto error = value.get_array().get(array)) return error;
  for (auto entry : array) {
    ondemand::value element;
    if (const auto error = std::move(entry).get(element)) return error;
    if (const auto error = take(element)) return error;
  }
  return simdjson::SUCCESS;
}

/// A text as it is and a number as written; "" for anything else.
error_code text_of(ondemand::value value, std::string_view& text) {
  ondemand::json_type type{};
  if (const auto error = value.type().get(type)) return error;
  text = {};
  if (type == ondemand::json_type::string) return value.get_string().get(text);
  if (type != ondemand::json_type::number) return simdjson::SUCCESS;
  const std::string_view token = value.raw_json_token();
  text = token.substr(0, token.find_last_not_of(" \t\r\n") + 1);
  return simdjson::SUCCESS;
}

/// {"key": k, "value": {"stringValue": v}} or {"key": k, "value": v}
error_code read_attribute(ondemand::value attribute, std::string_view& key,
                          std::string_view& value) {
  return each_field_of(attribute, [&](std::string_view name, ondemand::value field) -> error_code {
    if (name == "key") return text_of(field, key);
    if (name != "value") return simdjson::SUCCESS;
    ondemand::json_type type{};
    if (const auto error = field.type().get(type)) return error;
    if (type != ondemand::json_type::object) return text_of(field, value);
    return each_field_of(field, [&](std::string_view kind, ondemand::value inner) -> error_code {
      if (kind != "stringValue" && kind != "intValue") return simdjson::SUCCESS;
      return text_of(inner, value);
    });
  });
}

/// Whole, and not negative: 0 where it is neither, which no time and no id is.
std::uint64_t number_of(std::string_view text) {
  std::uint64_t number = 0;
  return parse_count(text, number) == NumberError::kNone ? number : 0;
}

SpanKind kind_of(std::string_view text) {
  constexpr std::string_view kPrefix = "SPAN_KIND_";
  if (text.starts_with(kPrefix)) {
    const std::string_view name = text.substr(kPrefix.size());
    if (name == "SERVER") return SpanKind::kServer;
    if (name == "CLIENT") return SpanKind::kClient;
    if (name == "PRODUCER") return SpanKind::kProducer;
    if (name == "CONSUMER") return SpanKind::kConsumer;
    return SpanKind::kInternal;
  }
  const std::uint64_t number = number_of(text);
  return number <= 5 ? static_cast<SpanKind>(number) : SpanKind::kUnspecified;
}

}  // namespace

struct SpanJson::State {
  ondemand::parser parser;
  std::vector<char> padded;
  std::string service;
  std::unordered_map<std::string, std::string> services;  ///< Jaeger's processes, looked up alone
  RawSpan span;
  bool good_ids = true;
  std::string process;

  error_code begin(std::string_view object, ondemand::document& document) {
    if (padded.size() < object.size() + simdjson::SIMDJSON_PADDING) {
      padded.resize(2 * object.size() + simdjson::SIMDJSON_PADDING);
    }
    std::memcpy(padded.data(), object.data(), object.size());
    return parser.iterate(padded.data(), object.size(), padded.size()).get(document);
  }
  error_code read_service(ondemand::value resource);
  error_code read_processes(ondemand::value processes);
  error_code read_otlp_span(ondemand::value value);
  error_code read_jaeger_span(ondemand::value value);
  error_code read_references(ondemand::value references);
  error_code take_ids(std::string_view key, ondemand::value value);
  void add(SpanSorter& spans, const SourcePosition& position, BadRows& bad);
};

void SpanJson::State::add(SpanSorter& spans, const SourcePosition& position, BadRows& bad) {
  if (!good_ids || (span.trace == TraceId{}) || span.id == 0) {
    return bad.add(position, "a span has no trace id or span id in hexadecimal digits");
  }
  spans.add(span, position);
}

/// resource.attributes: service.name
error_code SpanJson::State::read_service(ondemand::value resource) {
  return each_field_of(resource, [&](std::string_view key, ondemand::value value) -> error_code {
    if (key != "attributes") return simdjson::SUCCESS;
    return each_element(value, [&](ondemand::value attribute) -> error_code {
      std::string_view name, text;
      if (const auto error = read_attribute(attribute, name, text)) return error;
      if (name == "service.name") service = text;
      return simdjson::SUCCESS;
    });
  });
}

error_code SpanJson::State::take_ids(std::string_view key, ondemand::value value) {
  std::string_view text;
  if (const auto error = text_of(value, text)) return error;
  if (key == "traceId" || key == "traceID") good_ids &= parse_trace_id(text, span.trace);
  if (key == "spanId" || key == "spanID") good_ids &= parse_span_id(text, span.id);
  const bool parent = key == "parentSpanId" || key == "parentSpanID";
  if (parent && !text.empty()) good_ids &= parse_span_id(text, span.parent);
  if (key == "name" || key == "operationName") span.name = text;
  if (key == "kind") span.kind = kind_of(text);
  if (key == "startTimeUnixNano") span.start_ns = number_of(text);
  if (key == "endTimeUnixNano") span.end_ns = number_of(text);
  const std::uint64_t most = ~std::uint64_t{0} / kMicrosecond;
  if (key == "startTime") span.start_ns = std::min(number_of(text), most) * kMicrosecond;
  if (key == "duration") span.end_ns = std::min(number_of(text), most) * kMicrosecond;
  if (key == "processID") process = text;
  return simdjson::SUCCESS;
}

error_code SpanJson::State::read_otlp_span(ondemand::value value) {
  span = {};
  good_ids = true;
  span.service = service;
  return each_field_of(value, [&](std::string_view key, ondemand::value field) -> error_code {
    if (key != "attributes") {
      const bool wanted = key == "traceId" || key == "spanId" || key == "parentSpanId" ||
                          key == "name" || key == "kind" || key == "startTimeUnixNano" ||
                          key == "endTimeUnixNano";
      return wanted ? take_ids(key, field) : simdjson::SUCCESS;
    }
    return each_element(field, [&](ondemand::value attribute) -> error_code {
      std::string_view name, text;
      if (const auto error = read_attribute(attribute, name, text)) return error;
      span.take_attribute(name, text);
      return simdjson::SUCCESS;
    });
  });
}

void SpanJson::read_otlp(std::string_view object, const SourcePosition& position, SpanSorter& spans,
                         BadRows& bad) {
  State& state = *state_;
  ondemand::document document;
  ondemand::object whole;
  state.service.clear();
  auto error = state.begin(object, document);
  if (!error) error = document.get_object().get(whole);
  // Who made the spans may stand behind them: first that, and then from the start again.
  if (!error) {
    error = each_field(whole, [&](std::string_view key, ondemand::value value) -> error_code {
      return key == "resource" ? state.read_service(value) : simdjson::SUCCESS;
    });
  }
  if (!error) {
    document.rewind();
    error = document.get_object().get(whole);
  }
  const auto read_scope = [&](ondemand::value scope) {
    return each_field_of(scope, [&](std::string_view key, ondemand::value value) -> error_code {
      if (key != "spans") return simdjson::SUCCESS;
      return each_element(value, [&](ondemand::value span) -> error_code {
        if (const auto wrong = state.read_otlp_span(span)) return wrong;
        state.add(spans, position, bad);
        return simdjson::SUCCESS;
      });
    });
  };
  if (!error) {
    error = each_field(whole, [&](std::string_view key, ondemand::value value) -> error_code {
      const bool scopes = key == "scopeSpans" || key == "instrumentationLibrarySpans";
      return scopes ? each_element(value, read_scope) : simdjson::SUCCESS;
    });
  }
  if (error) {
    bad.add(position, std::string("no ResourceSpans (") + simdjson::error_message(error) + ")");
  }
}

/// {"p1": {"serviceName": "web"}}
error_code SpanJson::State::read_processes(ondemand::value processes) {
  return each_field_of(processes, [&](std::string_view id, ondemand::value value) -> error_code {
    std::string& name = services[std::string(id)];
    return each_field_of(value, [&](std::string_view key, ondemand::value field) -> error_code {
      std::string_view text;
      if (key != "serviceName") return simdjson::SUCCESS;
      if (const auto error = text_of(field, text)) return error;
      name = text;
      return simdjson::SUCCESS;
    });
  });
}

/// [{"refType": "CHILD_OF", "spanID": "..."}]: the first is the parent.
error_code SpanJson::State::read_references(ondemand::value references) {
  return each_element(references, [&](ondemand::value reference) -> error_code {
    std::uint64_t id = 0;
    const auto error =
        each_field_of(reference, [&](std::string_view key, ondemand::value value) -> error_code {
          std::string_view text;
          if (key != "spanID") return simdjson::SUCCESS;
          if (const auto wrong = text_of(value, text)) return wrong;
          good_ids &= parse_span_id(text, id);
          return simdjson::SUCCESS;
        });
    if (span.parent == 0) span.parent = id;
    return error;
  });
}

error_code SpanJson::State::read_jaeger_span(ondemand::value value) {
  span = {};
  good_ids = true;
  process.clear();
  const auto error =
      each_field_of(value, [&](std::string_view key, ondemand::value field) -> error_code {
        if (key == "references") return read_references(field);
        if (key == "tags") {
          return each_element(field, [&](ondemand::value tag) -> error_code {
            std::string_view name, text;
            if (const auto wrong = read_attribute(tag, name, text)) return wrong;
            span.take_attribute(name, text);
            return simdjson::SUCCESS;
          });
        }
        const bool wanted = key == "traceID" || key == "spanID" || key == "parentSpanID" ||
                            key == "operationName" || key == "startTime" || key == "duration" ||
                            key == "processID";
        return wanted ? take_ids(key, field) : simdjson::SUCCESS;
      });
  if (error) return error;
  // What was read as the end is how long it took.
  span.end_ns = span.end_ns > ~span.start_ns ? ~std::uint64_t{0} : span.start_ns + span.end_ns;
  const auto found = services.find(process);
  span.service = found == services.end() ? std::string_view() : std::string_view(found->second);
  return simdjson::SUCCESS;
}

void SpanJson::read_jaeger(std::string_view object, const SourcePosition& position,
                           SpanSorter& spans, BadRows& bad) {
  State& state = *state_;
  ondemand::document document;
  ondemand::object whole;
  state.services.clear();
  auto error = state.begin(object, document);
  if (!error) error = document.get_object().get(whole);
  // The names of services stand behind the spans.
  if (!error) {
    error = each_field(whole, [&](std::string_view key, ondemand::value value) -> error_code {
      return key == "processes" ? state.read_processes(value) : simdjson::SUCCESS;
    });
  }
  if (!error) {
    document.rewind();
    error = document.get_object().get(whole);
  }
  if (!error) {
    error = each_field(whole, [&](std::string_view key, ondemand::value value) -> error_code {
      if (key != "spans") return simdjson::SUCCESS;
      return each_element(value, [&](ondemand::value span) -> error_code {
        if (const auto wrong = state.read_jaeger_span(span)) return wrong;
        state.add(spans, position, bad);
        return simdjson::SUCCESS;
      });
    });
  }
  if (error) {
    bad.add(position, std::string("no trace of Jaeger (") + simdjson::error_message(error) + ")");
  }
}

SpanJson::SpanJson() : state_(std::make_unique<State>()) {}
SpanJson::~SpanJson() = default;

}  // namespace skyreplay::trace
