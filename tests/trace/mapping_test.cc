#include <doctest/doctest.h>

#include <algorithm>
#include <vector>

#include "trace/import_support.h"

/// --map: which column of a table, or value of a JSON object, is which field of a request.

namespace skyreplay::trace {
namespace {

using namespace std::chrono_literals;
using testing::contents;
using testing::Contents;
using testing::error_of;
using testing::Folder;

using Mapping = std::vector<std::string>;

struct Mapped {
  Folder folder;
  ImportOptions options;
  ImportReport report;

  explicit Mapped(Mapping mapping, const std::string& format = "") {
    options.mapping = std::move(mapping);
    options.format = format;
    options.out = folder / "out.skytrace";
  }
  Contents run(const std::string& text) {
    options.inputs = {folder.write("in", text)};
    report = import_trace(options);
    return contents(options.out);
  }
  std::string error(const std::string& text) {
    std::string message = error_of([&] { run(text); });
    const std::string prefix = folder.path().string() + "/";
    for (auto at = message.find(prefix); at != std::string::npos; at = message.find(prefix)) {
      message.erase(at, prefix.size());
    }
    CHECK_FALSE(std::filesystem::exists(options.out));
    return message;
  }
};

const Mapping kLog{"end=done:ms", "duration=took:s", "route=method,path", "status=status",
                   "bytes_out=sent"};
/// In the order in which the requests ended: the second came first.
const std::string kTable =
    "method,path,status,done,took,sent,agent\n"
    "GET,/orders/17?all=1,200,1000500,0.1,800,curl\n"
    "PUT,/cart,503,1000600,0.5,-,\"a, b\"\n";
const std::string kObjects =
    R"({"method":"GET","path":"\/orders\/17?all=1","status":200,"done":1000500,"took":"0.1","sent":800})"
    "\n"
    R"({"took":0.5,"done":"1000600","path":"/cart","x":{"y":[1,{"took":2}]},"method":"PUT","status":503,"sent":null})"
    "\n";
const std::string kRows =
    "1970-01-01T00:16:40.1Z PUT /cart 500ms+0s 0 0\n"
    "1970-01-01T00:16:40.4Z GET /orders/{n} 100ms+0s 0 800\n";

TEST_CASE("one mapping makes the same requests of a table and of JSON lines, sorted by arrival") {
  Mapped table(kLog);
  Mapped objects(kLog);
  const Contents of_table = table.run(kTable);
  CHECK(of_table.rows_text() == kRows);
  CHECK(of_table.rows[0].status == 503);
  CHECK(table.report.format == "csv");
  CHECK(objects.run(kObjects).rows_text() == kRows);
  CHECK(objects.report.format == "jsonl");
  CHECK(objects.report.digest == table.report.digest);
  const ProvenanceStep& step = of_table.info.provenance[0];
  CHECK(step.measured == std::vector<std::string>{"end: done:ms", "duration: took:s",
                                                  "bytes_out: sent", "status: status",
                                                  "route: method,path"});
  CHECK(step.arguments.back() == std::pair<std::string, std::string>{"map", "route=method,path"});
}

TEST_CASE("files of both compressions and with other orders of columns make one trace") {
  Mapped mapped(kLog, "csv");
  const std::string other = "took,done,status,sent,path,method\n0.5,1000600,503,0,/cart,PUT\n";
  mapped.options.inputs = {mapped.folder.write_gzip("a", kTable.substr(0, kTable.find("PUT"))),
                           mapped.folder.write_zstd("b", other)};
  mapped.options.memory = "16KiB";
  mapped.report = import_trace(mapped.options);
  CHECK(contents(mapped.options.out).rows_text() == kRows);
}

/// The one arrival of a JSON line under a mapping of its start.
std::string arrival(const std::string& source, const std::string& value) {
  Mapped mapped({"start=" + source, "duration=1ms"});
  return to_rfc3339(mapped.run("{\"t\":" + value + "}").rows[0].arrival);
}

TEST_CASE("a start is a number of a unit or a text of either spelling") {
  CHECK(arrival("t:s", "1.5") == "1970-01-01T00:00:01.5Z");
  CHECK(arrival("t:ms", "\"1.5\"") == "1970-01-01T00:00:00.0015Z");
  CHECK(arrival("t:us", "2e6") == "1970-01-01T00:00:02Z");
  CHECK(arrival("t:ns", "7") == "1970-01-01T00:00:00.000000007Z");
  CHECK(arrival("t:iso", "\"2023-11-16 18:17:03.9799600\"") == "2023-11-16T18:17:03.97996Z");
  CHECK(arrival("t", "\"2023-11-16T18:17:03+01:00\"") == "2023-11-16T17:17:03Z");
  CHECK(arrival("t:clf", "\"17/Nov/2013:06:31:30 -0500\"") == "2013-11-17T11:31:30Z");
  CHECK(arrival("t", "\"[31/Dec/1999:23:59:59 +0000]\"") == "1999-12-31T23:59:59Z");
}

TEST_CASE("a number counts from --origin where it is given") {
  Mapped mapped({"start=t:ms", "duration=1ms"});
  mapped.options.origin = "2026-01-05T00:00:00Z";
  CHECK(mapped.run("{\"t\":250}").rows[0].arrival == kDefaultOrigin + 250ms);
}

TEST_CASE("a duration may be a linear law of columns, and the provenance calls it derived") {
  Mapped mapped({"start=TIMESTAMP", "duration=50ms+ContextTokens:0.1ms+GeneratedTokens:20ms"});
  const Contents trace =
      mapped.run("TIMESTAMP,ContextTokens,GeneratedTokens\r\n2023-11-16 18:17:03.9799600,4808,10");
  // 50 ms + 480.8 ms + 200 ms
  CHECK(trace.rows_text() == "2023-11-16T18:17:03.97996Z all 730.8ms+0s 0 0\n");
  CHECK(trace.info.provenance[0].drawn ==
        std::vector<std::string>{
            "duration: derived as 50ms+ContextTokens:0.1ms+GeneratedTokens:20ms, not measured"});
  CHECK(trace.info.provenance[0].measured == std::vector<std::string>{"start: TIMESTAMP"});
}

TEST_CASE("wait is a part of the duration, and stands beside work") {
  Mapped whole({"start=t:s", "duration=d:ms", "wait=w:ms"});
  const Contents trace = whole.run("t,d,w\n1,10,4\n2,10,\n");
  CHECK(trace.info.durations == Durations::kWorkAndWait);
  CHECK(trace.rows_text() ==
        "1970-01-01T00:00:01Z all 6ms+4ms 0 0\n"
        "1970-01-01T00:00:02Z all 10ms+0s 0 0\n");
  Mapped parts({"end=t:s", "work=d:ms", "wait=w:ms", "init=i:ms"});
  // 1 s less 10 ms, 4 ms and 6 ms
  CHECK(parts.run("t,d,w,i\n1,10,4,6\n").rows_text() ==
        "1970-01-01T00:00:00.98Z all 10ms+4ms 0 0\n");
}

TEST_CASE("start and end make a duration") {
  Mapped mapped({"start=a:s", "end=b:s"});
  CHECK(mapped.run("a,b\n1,1.25\n").rows_text() == "1970-01-01T00:00:01Z all 250ms+0s 0 0\n");
  std::filesystem::remove(mapped.options.out);
  CHECK(mapped.error("a,b\n1,0.5\n") == "in:2:3: end is before start: '0.5'");
}

TEST_CASE("JSON values are found by dots, and a backslash takes a dot's meaning away") {
  Mapped mapped({"start=http.at:s", R"(duration=http\.took:ms)", "route=http.route.name",
                 "memory_used=mem:B"});
  const Contents trace = mapped.run(
      R"({"http.took":5,"http":{"route":{"id":1,"name":"a\u0062"},"at":3,"x":null},"mem":136314880})");
  CHECK(trace.rows_text() == "1970-01-01T00:00:03Z ab 5ms+0s 0 0\n");
  CHECK(trace.rows[0].memory_used_mib == 130);
  CHECK(trace.info.routes[0].memory_used_max_mib == 130);
}

TEST_CASE("a method and a path fold into a template, anything else stays as it is") {
  const auto route = [](const std::string& value) {
    Mapped mapped({"start=t:s", "duration=1ms", "route=r"});
    return mapped.run("t,r\n1," + value + "\n").info.routes[0].name;
  };
  CHECK(route("GET /a/17 HTTP/1.1") == "GET /a/{n}");
  CHECK(route("/a/17?x=1") == "/a/{n}");
  CHECK(route("POST https://h:443/a/17") == "POST /a/{n}");
  CHECK(route("resize-17") == "resize-17");
  CHECK(route("job 17 / 18") == "job 17 / 18");
}

TEST_CASE("without a duration in some rows --service-time draws theirs, by row") {
  Mapped mapped({"start=t:s", "duration=d:ms"});
  mapped.options.service_time = "{uniform: [1s, 2s]}";
  const Contents trace = mapped.run("t,d\n1,5\n2,\n");
  CHECK(trace.rows[0].work == 5ms);
  CHECK(trace.rows[1].work >= 1s);
  CHECK(trace.info.provenance[0].drawn ==
        std::vector<std::string>{"duration of 1 requests that have none: {uniform: [1s, 2s]}"});
  Mapped ends({"end=t:s"});
  ends.options.service_time = "5ms";
  CHECK(ends.run("t\n1\n").rows_text() == "1970-01-01T00:00:01Z all 5ms+0s 0 0\n");
  CHECK(
      ends.report.notes ==
      std::vector<std::string>{"1 requests have an end and no duration; they arrive at their end"});
}

/// What is said of a mapping, before any row is read.
std::string refused(Mapping mapping) { return Mapped(std::move(mapping)).error("t,d\n1,2\n"); }

TEST_CASE("a mistake in a mapping is named") {
  CHECK(refused({"start"}) == "--map 'start': expected FIELD=COLUMN, such as start=timestamp:ms");
  CHECK(refused({"start=t\xff"}) == "--map 'start=t?': is no UTF-8");
  CHECK(refused({"strt=t:s"}) ==
        "--map 'strt=t:s': unknown field 'strt', did you mean 'start'? (there are start, end, "
        "duration, work, wait, init, bytes_in, bytes_out, status, memory_used, route)");
  CHECK(refused({"start=t:m"}) == "--map 'start=t:m': 'm' is none of s, ms, us, ns, iso, clf");
  CHECK(refused({"start=t:s", "duration=d:fast"}) ==
        "--map 'duration=d:fast': 'fast' is neither s, ms, us, ns nor a duration of at most a "
        "day, such as 0.1ms");
  CHECK(refused({"start=t:s:s"}) ==
        "--map 'start=t:s:s': 't:s:s' is no COLUMN or COLUMN:UNIT (a ':' in a name is '\\:')");
  CHECK(refused({"start=t:s", "status=d:s"}) ==
        "--map 'status=d:s': status takes no unit (a ':' in a name is '\\:')");
  CHECK(refused({"start=t:s", "start=d:s"}) == "--map 'start=d:s': start is given twice");
  CHECK(refused({"duration=d:s"}) ==
        "--map: neither start nor end is given; say which column holds the time, such as --map "
        "start=timestamp:ms");
  CHECK(refused({"start=t:s", "end=d:s", "duration=d:s"}) ==
        "--map: start, end and a duration: one of the three is too much");
  CHECK(refused({"start=t:s", "work=d:s", "duration=d:s"}) ==
        "--map: give either duration or work, not both");
  CHECK(refused({"start=t:s"}) ==
        "--map: no duration is given; say which column holds it, such as --map "
        "duration=elapsed:ms, or give a law: --service-time 50ms");
  CHECK(refused({"start=t:s", "duration=dd:s"}) ==
        "in:1: no column 'dd', which --map names, did you mean 'd'? (there are t, d)");
}

TEST_CASE("options that a mapping leaves no use for are refused, and the other way round") {
  Mapped route(kLog);
  route.options.route = "all";
  CHECK(route.error(kTable) == "--route: the mapping has a route of its own");
  Mapped unit(kLog);
  unit.options.time_unit = "s";
  CHECK(unit.error(kTable) ==
        "--time-unit: beside --map, which gives the unit: --map start=COLUMN:s");
  Mapped pattern({}, "csv");
  pattern.options.route_patterns = {"GET /*"};
  CHECK(pattern.error("arrival,duration_ms\n") ==
        "--route-pattern has no meaning for the format csv without --map");
  CHECK(Mapped({}).error("{}") ==
        "--map: neither start nor end is given; say which column holds the time, such as --map "
        "start=timestamp:ms");
}

/// The message for one JSON line.
std::string line_error(const std::string& line) {
  return Mapped({"start=t:s", "duration=d:ms", "route=a.b", "bytes_in=n"})
      .error(R"({"t":1,"d":1,"a":{"b":"x"}})"
             "\n" +
             line + "\n");
}

TEST_CASE("a bad line of JSON stops with file, line, column and reason") {
  CHECK(line_error(R"({"t":"x","d":1,"a":{"b":"x"}})") == "in:2:6: start is not a number: 'x'");
  CHECK(line_error(R"({"d":1,"a":{"b":"x"}})") == "in:2: start is empty: ''");
  CHECK(line_error(R"({"t":1,"d":null,"a":{"b":"x"}})") ==
        "in:2:12: duration is empty: ''; --service-time gives a law");
  CHECK(line_error(R"({"t":1,"d":-1,"a":{"b":"x"}})") == "in:2:12: duration is negative: '-1'");
  CHECK(line_error(R"({"t":1,"d":1,"a":"x"})") == "in:2: route is empty: ''");
  CHECK(line_error(R"({"t":1,"d":1,"a":{"b":"x\u0000"}})")
            .starts_with("in:2:23: route holds a NUL byte"));
  CHECK(line_error(R"({"t":1,"d":1,"a":{"b":[1]}})") ==
        "in:2:23: a mapped value is an object or a list");
  CHECK(line_error(R"({"t":1,"d":1,"a":{"b":"x"},"n":1.5})") ==
        "in:2:32: bytes_in is not a whole number: '1.5'");
  CHECK(line_error(R"({"t":nul,"d":1})").starts_with("in:2:6: the line is no JSON object ("));
  CHECK(line_error(R"({"t":"\q","d":1})").find("the line is no JSON object (") !=
        std::string::npos);
  CHECK(line_error(R"({"t":1,"d)").starts_with("in:2: the line is no JSON object ("));
  CHECK(line_error("[1]").find("the line is no JSON object (") != std::string::npos);
  CHECK(line_error(R"({"t":1,"d":1,"a":{"b":"x"})").find("the line is no JSON object (") !=
        std::string::npos);
  CHECK(line_error(R"({"t":1,"d":1,"a":{"b":"x"}}})").find("the line is no JSON object (") !=
        std::string::npos);
}

TEST_CASE("bad lines may be skipped, counted by reason") {
  Mapped mapped({"start=t:s", "duration=d:ms"});
  mapped.options.skip_bad_rows = true;
  CHECK(mapped.run("{\"t\":1,\"d\":1}\nnonsense\n{\"t\":2,\"d\":-1}\n").rows.size() == 1);
  REQUIRE(mapped.report.dropped.size() == 2);
  CHECK(mapped.report.dropped[0].first == "bad row: duration is negative");
  CHECK(mapped.report.dropped[1].first.starts_with("bad row: the line is no JSON object ("));
}

const std::string kNginx =
    R"({"time_local":"02/Mar/2026:10:00:05 +0100","request":"GET /a/1 HTTP/1.1","status":"200","request_time":"0.120","sent":"800","request_length":"90","agent":"\x22"})"
    "\n"
    R"({"time_local":"02/Mar/2026:10:00:05 +0100","request":"GET /live HTTP/1.1","status":"101","request_time":"60.000","sent":"1"})"
    "\n"
    R"({"time_local":"02/Mar/2026:10:00:05 +0100","request":"\u0016\u0003","status":"400","request_time":"0.000","sent":"1"})"
    "\n"
    R"({"time_local":"02/Mar/2026:10:00:05 +0100","request":"","status":"408","request_time":"9.000","sent":"0"})"
    "\n";

TEST_CASE("the usual names of nginx are a mapping, which --map overrides") {
  Mapped mapped({});
  CHECK(mapped.run(kNginx).rows_text() == "2026-03-02T09:00:04.88Z GET /a/{n} 120ms+0s 90 800\n");
  CHECK(mapped.report.format == "nginx-json");
  CHECK(mapped.report.dropped ==
        std::vector<std::pair<std::string, std::uint64_t>>{
            {"WebSocket connections", 1}, {"connections without a request that could be read", 2}});
  mapped.options.mapping = {"start=time_local:clf", "route=status"};
  CHECK(mapped.run(kNginx).rows_text() ==
        "2026-03-02T09:00:05Z 200 120ms+0s 90 800\n2026-03-02T09:00:05Z 400 0s+0s 0 1\n"
        "2026-03-02T09:00:05Z 408 9s+0s 0 0\n");
}

TEST_CASE("WebSockets of nginx stay where --websockets lets them in") {
  Mapped mapped({});
  mapped.options.websockets = "cap=10s";
  CHECK(mapped.run(kNginx).rows_text() ==
        "2026-03-02T08:59:05Z GET /live 10s+0s 0 1\n"
        "2026-03-02T09:00:04.88Z GET /a/{n} 120ms+0s 90 800\n");
}

TEST_CASE("nginx may write its time in other ways, and no duration") {
  const auto arrival = [](const std::string& time) {
    Mapped mapped({});
    mapped.options.service_time = "1ms";
    const Contents trace =
        mapped.run("{" + time + R"(,"method":"GET","uri":"/","status":200,"body_bytes_sent":5})");
    CHECK(mapped.report.format == "nginx-json");
    return to_rfc3339(trace.rows[0].arrival);
  };
  CHECK(arrival(R"("msec":"1767571200.250")") == "2026-01-05T00:00:00.25Z");
  CHECK(arrival(R"("time":1767571200.25)") == "2026-01-05T00:00:00.25Z");
  CHECK(arrival(R"("timestamp":1767571200250)") == "2026-01-05T00:00:00.25Z");
  CHECK(arrival(R"("@timestamp":"2026-01-05T01:00:00+01:00")") == "2026-01-05T00:00:00Z");
}

}  // namespace
}  // namespace skyreplay::trace
