#include <skyreplay/otlp.pb.h>

#include <algorithm>
#include <string>

#include "trace/import.h"
#include "trace/json_items.h"
#include "trace/otlp_frames.h"
#include "trace/span_json.h"
#include "trace/span_requests.h"

/// Spans of distributed traces: OpenTelemetry's protocol in JSON and Protobuf (`otlp`), and what
/// Jaeger writes (`jaeger`). docs/traces.md says which of them are requests.

namespace skyreplay::trace {
namespace {

constexpr std::size_t kMostItemBytes = 64 << 20;

bool is_json(std::string_view head) {
  const std::size_t begin = head.find_first_not_of("\xef\xbb\xbf \t\r\n[");
  return begin != std::string_view::npos && head[begin] == '{';
}

/// Hands each item of a JSON text to `read`.
template <typename Read>
void each_item(TextInput input, std::string_view list, ImportJob& job, Read read) {
  JsonItems items(std::move(input), {list}, kMostItemBytes);
  for (auto outcome = items.next(); outcome != JsonItems::Outcome::kEnd; outcome = items.next()) {
    if (outcome == JsonItems::Outcome::kBad) {
      job.bad.add(items.position(), items.bad_reason());
    } else {
      read(items.item(), items.position());
    }
  }
}

std::string text_of(const proto::otlp::AnyValue& value) {
  return value.has_int_value() ? std::to_string(value.int_value()) : value.string_value();
}

/// False where an id is none.
bool convert(const proto::otlp::Span& from, std::string_view service, RawSpan& span) {
  span = {};
  span.service = service;
  span.name = from.name();
  span.kind = from.kind() <= 5 ? static_cast<SpanKind>(from.kind()) : SpanKind::kUnspecified;
  span.start_ns = from.start_time_unix_nano();
  span.end_ns = from.end_time_unix_nano();
  for (const auto& attribute : from.attributes()) {
    span.take_attribute(attribute.key(), text_of(attribute.value()));
  }
  const std::string& parent = from.parent_span_id();
  return trace_id_of_bytes(from.trace_id(), span.trace) &&
         span_id_of_bytes(from.span_id(), span.id) && span.id != 0 &&
         (parent.empty() || span_id_of_bytes(parent, span.parent));
}

void read_otlp_protobuf(TextInput input, ImportJob& job, SpanSorter& spans) {
  OtlpFrames frames(std::move(input));
  const SourcePosition position{frames.name()};
  proto::otlp::ResourceSpans resource_spans;
  RawSpan span;
  std::string_view payload;
  while (frames.next(payload)) {
    if (!resource_spans.ParseFromArray(payload.data(), static_cast<int>(payload.size()))) {
      job.bad.add(position, "a ResourceSpans is damaged",
                  "at byte " + std::to_string(frames.offset()));
      continue;
    }
    std::string service;
    for (const auto& attribute : resource_spans.resource().attributes()) {
      if (attribute.key() == "service.name") service = text_of(attribute.value());
    }
    for (const auto& scope : resource_spans.scope_spans()) {
      for (const auto& from : scope.spans()) {
        if (convert(from, service, span)) {
          spans.add(span, position);
        } else {
          job.bad.add(position, "a span has no trace id or span id of 16 and 8 bytes");
        }
      }
    }
  }
}

}  // namespace

bool recognizes_otlp(std::string_view head) {
  if (is_json(head)) return head.find("\"resourceSpans\"") != std::string_view::npos;
  // ResourceSpans, and in it a Resource or ScopeSpans, with bytes that no text holds.
  const bool binary = std::any_of(head.begin(), head.end(), [](char c) { return c >= 0 && c < 9; });
  for (std::size_t at = 0; binary && at < std::min<std::size_t>(head.size(), 10); ++at) {
    if (head[at] != '\n') continue;
    std::size_t inner = at + 1;
    while (inner < head.size() && (head[inner] & 0x80) != 0) ++inner;
    return inner + 1 < head.size() && (head[inner + 1] == '\x0a' || head[inner + 1] == '\x12');
  }
  return false;
}

void import_otlp(ImportJob& job) {
  SpanRequests requests(job);
  SpanJson json;
  for (TextInput& input : job.inputs) {
    if (!is_json(input.peek())) {
      read_otlp_protobuf(std::move(input), job, requests.spans());
      continue;
    }
    each_item(std::move(input), "resourceSpans", job, [&](std::string_view item, auto position) {
      json.read_otlp(item, position, requests.spans(), job.bad);
    });
  }
  requests.finish();
}

bool recognizes_jaeger(std::string_view head) {
  return is_json(head) && head.find("\"traceID\"") != std::string_view::npos &&
         head.find("\"spans\"") != std::string_view::npos;
}

void import_jaeger(ImportJob& job) {
  SpanRequests requests(job);
  SpanJson json;
  for (TextInput& input : job.inputs) {
    each_item(std::move(input), "data", job, [&](std::string_view item, auto position) {
      json.read_jaeger(item, position, requests.spans(), job.bad);
    });
  }
  requests.finish();
}

}  // namespace skyreplay::trace
