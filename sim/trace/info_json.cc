// A trace's summary for programs.
#include <fmt/format.h>

#include <functional>
#include <iterator>

#include "core/time.h"
#include "core/utf8.h"
#include "skyreplay/trace.h"

namespace skyreplay {
namespace {

/// A JSON string; a byte that is not UTF-8 becomes U+FFFD.
std::string json_string(std::string_view text) {
  std::string out = "\"";
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    const char c = text.front();
    if (length == 0) {
      out += "\\ufffd";
    } else if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (is_control(text.substr(0, length))) {
      // Of two bytes the second is the number: U+0080 to U+009F are 0xC2 0x80 to 0xC2 0x9F.
      out += fmt::format("\\u{:04x}", static_cast<unsigned char>(text[length - 1]));
    } else {
      out += text.substr(0, length);
    }
    text.remove_prefix(length == 0 ? 1 : length);
  }
  return out + '"';
}

/// The fields of one object, one after another.
class Object {
 public:
  Object& raw(std::string_view name, const std::string& value) {
    text_ += fmt::format("{}{}: {}", text_.empty() ? "" : ", ", json_string(name), value);
    return *this;
  }
  Object& text(std::string_view name, std::string_view value) {
    return raw(name, json_string(value));
  }
  Object& number(std::string_view name, std::uint64_t value) {
    return raw(name, std::to_string(value));
  }
  /// Six decimals: more than any clock or count here carries.
  Object& number(std::string_view name, double value) {
    return raw(name, fmt::format("{:.6f}", value));
  }
  std::string end() const { return "{" + text_ + "}"; }

 private:
  std::string text_;
};

/// One element a line, so that a diff of two summaries reads well.
template <typename Element>
std::string array(const std::vector<Element>& elements,
                  const std::function<std::string(const Element&)>& to_json) {
  std::string text;
  for (const Element& element : elements) {
    text += text.empty() ? "\n    " : ",\n    ";
    text += to_json(element);
  }
  return text.empty() ? "[]" : "[" + text + "\n  ]";
}

std::string strings(const std::vector<std::string>& values) {
  std::string text;
  for (const std::string& value : values) text += (text.empty() ? "" : ", ") + json_string(value);
  return "[" + text + "]";
}

std::string durations(const ColumnSummary<std::chrono::nanoseconds>& column) {
  const auto ms = [](Duration value) {
    return std::chrono::duration<double, std::milli>(value).count();
  };
  return Object()
      .number("mean", ms(column.mean))
      .number("p50", ms(column.p50))
      .number("p90", ms(column.p90))
      .number("p95", ms(column.p95))
      .number("p99", ms(column.p99))
      .number("p999", ms(column.p999))
      .number("max", ms(column.max))
      .end();
}

std::string bytes(const ColumnSummary<std::uint64_t>& column) {
  return Object()
      .number("mean", column.mean)
      .number("p50", column.p50)
      .number("p90", column.p90)
      .number("p95", column.p95)
      .number("p99", column.p99)
      .number("p999", column.p999)
      .number("max", column.max)
      .end();
}

std::string peak(const TracePeak& peak) {
  return Object()
      .number("requests_per_s", peak.requests_per_s)
      .text("start", to_rfc3339(peak.start))
      .end();
}

/// Pairs, not an object's fields: a name may repeat, such as that of several input files.
std::string pairs(const std::vector<std::pair<std::string, std::string>>& values) {
  std::string text;
  for (const auto& [name, value] : values) {
    text +=
        fmt::format("{}[{}, {}]", text.empty() ? "" : ", ", json_string(name), json_string(value));
  }
  return "[" + text + "]";
}

std::string route(const TraceRouteSummary& route) {
  Object object;
  object.text("name", route.name).text("kind", route.kind).number("requests", route.rows);
  if (route.memory_size_mib) {
    object.number("memory_size_mib", std::uint64_t{*route.memory_size_mib});
  }
  if (route.memory_used_p50_mib) object.number("memory_used_p50_mib", *route.memory_used_p50_mib);
  if (route.memory_used_max_mib) object.number("memory_used_max_mib", *route.memory_used_max_mib);
  if (!route.attributes.empty()) object.raw("attributes", pairs(route.attributes));
  return object.end();
}

std::string step(const TraceStep& step) {
  std::string dropped;
  for (const auto& [reason, rows] : step.dropped) {
    dropped += fmt::format("{}[{}, {}]", dropped.empty() ? "" : ", ", json_string(reason), rows);
  }
  return Object()
      .text("tool", step.tool)
      .raw("arguments", pairs(step.arguments))
      .raw("measured", strings(step.measured))
      .raw("drawn", strings(step.drawn))
      .raw("dropped", "[" + dropped + "]")
      .end();
}

}  // namespace

std::string to_json(const TraceSummary& summary) {
  Object kinds;
  for (const auto& [kind, rows] : summary.kinds) kinds.number(kind, rows);
  std::string text;
  const auto field = [&text](const char* name, const std::string& value) {
    text += fmt::format("{}\n  \"{}\": {}", text.empty() ? "{" : ",", name, value);
  };
  field("path", json_string(summary.path.string()));
  field("file_bytes", std::to_string(summary.file_bytes));
  field("requests", std::to_string(summary.rows));
  field("start", json_string(to_rfc3339(summary.start)));
  field("end", json_string(to_rfc3339(summary.end)));
  field("mean_requests_per_s", fmt::format("{:.6f}", summary.mean_requests_per_s));
  field("peak_1s", summary.rows > 0 ? peak(summary.peak_1s) : "null");
  field("peak_1min", summary.rows > 0 ? peak(summary.peak_1min) : "null");
  field("durations", json_string(summary.work_and_wait ? "work_and_wait" : "one_duration"));
  field("columns", strings(summary.columns));
  field("work_ms", durations(summary.work));
  field("wait_ms", durations(summary.wait));
  field("bytes_in", bytes(summary.bytes_in));
  field("bytes_out", bytes(summary.bytes_out));
  field("requests_by_kind", kinds.end());
  field("routes", array<TraceRouteSummary>(summary.routes, route));
  field("provenance", array<TraceStep>(summary.provenance, step));
  field("digest", json_string(summary.digest));
  return text + "\n}\n";
}

}  // namespace skyreplay
