#include <doctest/doctest.h>
#include <fmt/format.h>
#include <skyreplay/otlp.pb.h>

#include <fstream>
#include <sstream>

#include "trace/import_support.h"

/// Spans: which of them are requests, which are calls, and what a service did by itself.

namespace skyreplay::trace {
namespace {

using namespace std::chrono_literals;
using testing::contents;
using testing::Contents;
using testing::error_of;
using testing::Folder;

using Dropped = std::vector<std::pair<std::string, std::uint64_t>>;

/// A span, times in milliseconds after 10:00.
struct Told {
  std::string service;
  std::uint64_t id = 0;
  std::uint64_t parent = 0;
  int kind = 2;
  int from = 0, to = 0;
  std::string name = "work";
  std::string route = "";
  std::uint64_t trace = 1;

  std::uint64_t start_ns() const { return 1'767'607'200'000'000'000u + ms(from); }
  std::uint64_t end_ns() const { return 1'767'607'200'000'000'000u + ms(to); }
  static std::uint64_t ms(int count) { return static_cast<std::uint64_t>(count) * 1'000'000; }
};

constexpr int kServer = 2, kClient = 3, kProducer = 4, kConsumer = 5;

std::string resource_spans(const Told& span) {
  const std::string parent =
      span.parent == 0 ? "" : fmt::format(R"("parentSpanId":"{:016X}",)", span.parent);
  const std::string route =
      span.route.empty()
          ? ""
          : R"({"key":"http.route","value":{"stringValue":")" + span.route +
                R"("}},{"key":"http.request.method","value":{"stringValue":"GET"}},{"key":"http.response.status_code","value":{"intValue":"204"}},)";
  return fmt::format(
      R"({{"scopeSpans":[{{"spans":[{{"traceId":"{:032x}","spanId":"{:016x}",{}"name":"{}","kind":{},"startTimeUnixNano":"{}","endTimeUnixNano":{},"attributes":[{}{{"key":"n","value":{{"arrayValue":{{}}}}}}]}}]}}],"resource":{{"attributes":[{{"key":"service.name","value":{{"stringValue":"{}"}}}}]}}}})",
      span.trace, span.id, parent, span.name, span.kind, span.start_ns(), span.end_ns(), route,
      span.service);
}

std::string otlp_json(const std::vector<Told>& spans) {
  std::string text;
  for (const Told& span : spans) text += (text.empty() ? "" : ",") + resource_spans(span);
  return "{\"resourceSpans\":[" + text + "]}\n";
}

std::string id_bytes(std::uint64_t id, std::size_t size) {
  std::string bytes(size, '\0');
  for (std::size_t i = 0; i < 8; ++i) bytes[size - 1 - i] = static_cast<char>(id >> 8 * i);
  return bytes;
}

std::string otlp_protobuf(const std::vector<Told>& spans) {
  proto::otlp::TracesData data;
  for (const Told& told : spans) {
    auto& resource = *data.add_resource_spans();
    auto& service = *resource.mutable_resource()->add_attributes();
    service.set_key("service.name");
    service.mutable_value()->set_string_value(told.service);
    auto& span = *resource.add_scope_spans()->add_spans();
    span.set_trace_id(id_bytes(told.trace, 16));
    span.set_span_id(id_bytes(told.id, 8));
    if (told.parent != 0) span.set_parent_span_id(id_bytes(told.parent, 8));
    span.set_name(told.name);
    span.set_kind(static_cast<std::uint32_t>(told.kind));
    span.set_start_time_unix_nano(told.start_ns());
    span.set_end_time_unix_nano(told.end_ns());
    if (told.route.empty()) continue;
    const auto attribute = [&](const std::string& key) {
      auto& added = *span.add_attributes();
      added.set_key(key);
      return added.mutable_value();
    };
    attribute("http.route")->set_string_value(told.route);
    attribute("http.method")->set_string_value("GET");
    attribute("http.status_code")->set_int_value(204);
  }
  return data.SerializeAsString();
}

std::string jaeger_json(const std::vector<Told>& spans) {
  constexpr const char* kKinds[] = {"", "internal", "server", "client", "producer", "consumer"};
  std::string list, processes;
  for (const Told& span : spans) {
    const std::string parent =
        span.parent == 0
            ? ""
            : fmt::format(R"({{"refType":"CHILD_OF","traceID":"{:x}","spanID":"{:x}"}})",
                          span.trace, span.parent);
    const std::string route =
        span.route.empty()
            ? ""
            : R"(,{"key":"http.route","type":"string","value":")" + span.route +
                  R"("},{"key":"http.method","value":"GET"},{"key":"http.status_code","type":"int64","value":204})";
    list += fmt::format(
        R"({}{{"traceID":"{:x}","spanID":"{:x}","operationName":"{}","references":[{}],"startTime":{},"duration":{},"tags":[{{"key":"span.kind","value":"{}"}}{}],"processID":"p{}"}})",
        list.empty() ? "" : ",", span.trace, span.id, span.name, parent, span.start_ns() / 1000,
        (span.end_ns() - span.start_ns()) / 1000, kKinds[span.kind], route, span.id);
    processes += fmt::format(R"({}"p{}":{{"serviceName":"{}"}})", processes.empty() ? "" : ",",
                             span.id, span.service);
  }
  return R"({"data":[{"traceID":"1","spans":[)" + list + R"(],"processes":{)" + processes + "}}]}";
}

struct Spans {
  Folder folder;
  ImportOptions options;
  ImportReport report;

  Contents run(const std::vector<std::string>& texts) {
    options.inputs.clear();
    for (std::size_t i = 0; i < texts.size(); ++i) {
      options.inputs.push_back(folder.write("in" + std::to_string(i), texts[i]));
    }
    options.out = folder / "out.skytrace";
    report = import_trace(options);
    return contents(options.out);
  }
  std::string calls() {
    std::ifstream file(options.calls);
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
  }
};

/// web takes 100 ms, of which 50 in a call to orders; orders takes 40 ms, of which 20 in a
/// database.
const std::vector<Told> kShop{
    {.service = "orders", .id = 4, .parent = 3, .kind = kClient, .from = 20, .to = 40},
    {.service = "orders", .id = 3, .parent = 2, .kind = kServer, .from = 15, .to = 55},
    {.service = "web", .id = 2, .parent = 1, .kind = kClient, .from = 10, .to = 60},
    {.service = "web", .id = 1, .from = 0, .to = 100, .name = "GET", .route = "/o/{id}"},
};
const std::string kShopRow = "2026-01-05T10:00:00Z web/GET /o/{id} 50ms+50ms 0 0\n";

TEST_CASE("a root span is a request, whose calls are its wait, in each of the formats") {
  for (const auto& [text, format] :
       {std::pair{otlp_json(kShop), "otlp"}, std::pair{otlp_protobuf(kShop), "otlp"},
        std::pair{jaeger_json(kShop), "jaeger"}}) {
    Spans spans;
    const Contents trace = spans.run({text});
    CHECK(spans.report.format == format);
    CHECK(trace.rows_text() == kShopRow);
    CHECK(trace.rows[0].status == 204);
    CHECK(trace.info.durations == Durations::kWorkAndWait);
    CHECK(spans.report.dropped.empty());
    CHECK(spans.report.notes.empty());
  }
}

TEST_CASE("the spans of a trace may be in any files, and behind their length in Protobuf") {
  Spans spans;
  const std::string first = otlp_protobuf({kShop[0], kShop[1]});
  const std::string framed = std::string(1, static_cast<char>(first.size() % 128 | 0x80)) +
                             static_cast<char>(first.size() / 128) + first;
  spans.options.memory = "16KiB";
  CHECK(spans.run({otlp_json({kShop[2]}) + otlp_json({kShop[3]}), framed + framed}).rows_text() ==
        kShopRow);
  CHECK(spans.report.dropped == Dropped{{"spans that came twice", 2}});
}

TEST_CASE("--calls writes the calls and leaves their time out of the requests") {
  Spans spans;
  spans.options.calls = spans.folder / "calls.yaml";
  std::vector<Told> shop = kShop;
  // A second request, of another trace, that calls nothing.
  shop.push_back({.service = "web", .id = 9, .from = 200, .to = 203, .name = "ping", .trace = 2});
  CHECK(spans.run({otlp_json(shop)}).rows_text() ==
        "2026-01-05T10:00:00Z web/GET /o/{id} 50ms+0s 0 0\n"
        "2026-01-05T10:00:00.2Z web/ping 3ms+0s 0 0\n");
  const std::string calls = spans.calls();
  // Within 1 % of 20 ms: the bucket from 19.922944 ms on, 2^18 ns wide.
  CHECK(calls.find("  - from: \"web\"\n"
                   "    to: \"orders\"  # 1 calls by 2 requests\n"
                   "    count: 1\n"
                   "    probability: 0.500000\n"
                   "    work: {percentiles: {0: 20.054ms, 50: 20.054ms, 90: 20.054ms, "
                   "99: 20.054ms, 100: 20.054ms}}\n"
                   "    wait: {percentiles: {0: 20.054ms,") != std::string::npos);
}

TEST_CASE("calls at the same time count once, and what is beyond the caller's end does not") {
  Spans spans;
  const std::vector<Told> together{
      {.service = "web", .id = 1, .from = 0, .to = 100},
      {.service = "a", .id = 2, .parent = 1, .from = 10, .to = 50},
      {.service = "b", .id = 3, .parent = 1, .from = 30, .to = 60},
      {.service = "c", .id = 4, .parent = 1, .from = 90, .to = 500},
  };
  // 10 to 60 and 90 to 100
  CHECK(spans.run({otlp_json(together)}).rows_text() ==
        "2026-01-05T10:00:00Z web/work 40ms+60ms 0 0\n");
}

TEST_CASE("what a queue hands over is an asynchronous call, or a request of kind queue") {
  Spans spans;
  spans.options.calls = spans.folder / "calls.yaml";
  const Contents trace = spans.run({otlp_json(
      {{.service = "web", .id = 1, .from = 0, .to = 100},
       {.service = "web", .id = 2, .parent = 1, .kind = kProducer, .from = 90, .to = 95},
       {.service = "mail", .id = 3, .parent = 2, .kind = kConsumer, .from = 300, .to = 400},
       {.service = "mail", .id = 4, .kind = kConsumer, .from = 500, .to = 600, .trace = 2}})});
  CHECK(trace.rows_text() ==
        "2026-01-05T10:00:00Z web/work 100ms+0s 0 0\n"
        "2026-01-05T10:00:00.5Z mail/work 100ms+0s 0 0\n");
  CHECK(trace.info.routes[1].kind == InvocationKind::kQueue);
  CHECK(spans.calls().find("    mode: async\n") != std::string::npos);
}

TEST_CASE("where a client comes first, what it calls are the requests") {
  Spans spans;
  const Contents trace = spans.run({otlp_json(
      {{.service = "browser", .id = 1, .kind = kClient, .from = 0, .to = 900},
       {.service = "web", .id = 2, .parent = 1, .from = 100, .to = 200},
       {.service = "web", .id = 3, .parent = 77, .from = 300, .to = 310},
       {.service = "probe", .id = 4, .kind = kClient, .from = 0, .to = 5, .trace = 2}})});
  CHECK(trace.rows_text() ==
        "2026-01-05T10:00:00.1Z web/work 100ms+0s 0 0\n"
        "2026-01-05T10:00:00.3Z web/work 10ms+0s 0 0\n");
  CHECK(spans.report.dropped ==
        Dropped{{"client spans that no span of another service serves", 1}});
  CHECK(spans.report.notes ==
        std::vector<std::string>{
            "1 span names a parent that the input does not hold; each counts as a request"});
}

TEST_CASE("a circle of calls is written as a comment, and one of parents is left out") {
  Spans spans;
  spans.options.calls = spans.folder / "calls.yaml";
  spans.run({otlp_json({{.service = "a", .id = 1, .from = 0, .to = 100},
                        {.service = "b", .id = 2, .parent = 1, .from = 10, .to = 90},
                        {.service = "a", .id = 3, .parent = 2, .from = 20, .to = 30},
                        {.service = "x", .id = 8, .parent = 9, .from = 0, .to = 1},
                        {.service = "x", .id = 9, .parent = 8, .from = 0, .to = 1}})});
  CHECK(spans.calls().find("  # left out, since it closes a circle of calls:\n"
                           "  # - from: \"b\"\n  #   to: \"a\"") != std::string::npos);
  CHECK(spans.report.dropped == Dropped{{"spans that are each other's parents", 2}});
}

TEST_CASE("damaged spans stop with their place, or are skipped and counted") {
  Spans spans;
  Told backwards = kShop[3];
  backwards.to = -1;
  CHECK(error_of([&] {
          spans.run({otlp_json({backwards})});
        }).ends_with("in0:1:19: a span ends before it starts"));
  std::string no_id = otlp_json({kShop[3]});
  no_id.replace(no_id.find("00000001"), 1, "x");
  CHECK(error_of([&] {
          spans.run({no_id});
        }).ends_with("in0:1:19: a span has no trace id or span id in hexadecimal digits"));
  CHECK(error_of([&] {
          spans.run({"{\"resourceSpans\":[{\"scopeSpans\":3}]}"});
        }).find("in0:1:19: no ResourceSpans (") != std::string::npos);
  spans.options.format = "otlp";
  const std::string whole = otlp_protobuf(kShop);
  CHECK(error_of([&] {
          spans.run({whole.substr(0, whole.size() - 1)});
        }).find(": the message is cut short") != std::string::npos);
  CHECK(error_of([&] { spans.run({"hello"}); }).find("in0: byte ") != std::string::npos);
  spans.options.skip_bad_rows = true;
  CHECK(spans.run({otlp_json({backwards}), otlp_json(kShop)}).rows_text() == kShopRow);
  CHECK(spans.report.dropped == Dropped{{"bad row: a span ends before it starts", 1}});
}

}  // namespace
}  // namespace skyreplay::trace
