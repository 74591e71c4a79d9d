#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "import_support.h"
#include "trace/access_format.h"
#include "trace/import.h"

namespace skyreplay::trace {
namespace {

using testing::Contents;
using testing::contents;
using testing::error_of;
using testing::Folder;

struct Imported {
  ImportReport report;
  Contents trace;
};

Imported run(const std::string& text, ImportOptions options) {
  const Folder folder;
  options.inputs = {folder.write("a.log", text)};
  options.out = folder / "t.skytrace";
  ImportReport report = import_trace(options);
  return {report, contents(options.out)};
}

ImportOptions law(std::string text = "20ms") {
  ImportOptions options;
  options.service_time = std::move(text);
  options.arrivals = "start";
  return options;
}

ImportOptions format(std::string text) {
  ImportOptions options;
  options.format = "combined";
  options.log_format = std::move(text);
  options.arrivals = "start";
  return options;
}

std::string refusal(const std::string& text, const ImportOptions& options) {
  const std::string error = error_of([&] { run(text, options); });
  return error.substr(std::min(error.find("a.log"), error.size()));
}

using Dropped = std::vector<std::pair<std::string, std::uint64_t>>;

const std::string kLine =
    R"(198.51.100.7 - - [02/Mar/2026:12:00:05 +0200] "GET /orders/17?all=1 HTTP/1.1" 200 4096)";
const std::string kAgents = R"( "https://shop.example/" "agent \"x\" \x22y\x22 1.0")";

TEST_CASE("combined lines have their zone's offset honored, and durations are drawn from a law") {
  const Imported imported = run(kLine + kAgents + "\n" + kLine + "\n", law());
  CHECK(imported.report.format == "combined");
  CHECK(imported.trace.rows_text() ==
        "2026-03-02T10:00:05Z GET /orders/{n} 20ms+0s 0 4096\n"
        "2026-03-02T10:00:05Z GET /orders/{n} 20ms+0s 0 4096\n");
  CHECK(imported.trace.rows[0].status == 200);
  CHECK(imported.trace.info.provenance[0].drawn ==
        std::vector<std::string>{"duration of 2 requests: 20ms"});
  CHECK(imported.trace.info.provenance[0].measured[0] == "arrival: $time_local");
}

TEST_CASE("whole seconds are spread by the lines themselves, times with a fraction stay") {
  std::string lines, reversed;
  for (int i = 0; i < 2'000; ++i) {
    const std::string line =
        "h - - [02/Mar/2026:10:00:05 +0000] \"GET /" + std::to_string(i) + "x HTTP/1.1\" 200 1\n";
    lines += line;
    reversed.insert(0, line);
  }
  ImportOptions options = law();
  options.arrivals.clear();
  const Imported imported = run(lines, options);
  CHECK(run(reversed, options).report.digest == imported.report.digest);
  const auto& rows = imported.trace.rows;
  const TimePoint second{std::chrono::sys_days(std::chrono::year(2026) / 3 / 2) +
                         std::chrono::seconds(36'005)};
  CHECK(rows.front().arrival >= second);
  CHECK(rows.back().arrival < second + std::chrono::seconds(1));
  // Of 2,000 uniform places 1,000 lie in the first half, give or take 22.
  const auto early = std::ranges::count_if(
      rows, [&](const Row& row) { return row.arrival < second + std::chrono::milliseconds(500); });
  CHECK(early > 900);
  CHECK(early < 1'100);
  CHECK(imported.trace.info.provenance[0].drawn[0] ==
        "arrival: uniform within the second that the log says, 2000 lines");
  options = format("$msec $request_uri $request_time");
  options.arrivals.clear();
  CHECK(run("1772445605.123 /a 0.123\n", options).trace.rows_text() ==
        "2026-03-02T10:00:05Z GET /a 123ms+0s 0 0\n");
  options.arrivals = "equidistant";
  CHECK(error_of([&] { run("1772445605.123 /a 0.123\n", options); }) ==
        "--arrivals: of a log there are uniform and start");
}

TEST_CASE("without a duration in the log and without a law the import is refused") {
  CHECK(error_of([] {
          run(kLine + "\n", {});
        }).starts_with("combined: the log has no durations; --service-time gives a law"));
}

TEST_CASE("nginx writes a line at the request's end, so that it arrived a request time before") {
  const Imported imported =
      run(kLine + kAgents + " 310 1.250 0.2, 0.05 : - : 0.75 MISS\n" + kLine + kAgents +
              " 310 0.004 - -\n",
          format(R"($remote_addr - $remote_user [$time_local] "$request" $status $bytes_sent )"
                 R"("$http_referer" "$http_user_agent" $request_length $request_time )"
                 R"($upstream_response_time $upstream_cache_status)"));
  // The servers behind took 0.2 + 0.05 + 0.75 s; where none was asked it is nginx's own time.
  CHECK(imported.trace.rows_text() ==
        "2026-03-02T10:00:03.75Z GET /orders/{n} 1s+0s 310 4096\n"
        "2026-03-02T10:00:04.996Z GET /orders/{n} 4ms+0s 310 4096\n");
  const ProvenanceStep& step = imported.trace.info.provenance[0];
  CHECK(step.measured[0] == "arrival: $time_local less $request_time");
  CHECK(step.measured[2] == "duration: $upstream_response_time, where there is none $request_time");
}

TEST_CASE("Apache's time is when the request came in, unless it says that it is of the end") {
  const std::string rest = R"( "GET /a HTTP/1.1" 200 7 )";
  CHECK(run("h - u [02/Mar/2026:12:00:05 +0200]" + rest + "250000\n",
            format(R"(%h %l %u %t "%r" %>s %b %D)"))
            .trace.rows_text() == "2026-03-02T10:00:05Z GET /a 250ms+0s 0 7\n");
  CHECK(run("1772445605123" + rest + "250\n", format(R"(%{end:msec}t "%r" %>s %b %{ms}T)"))
            .trace.rows_text() == "2026-03-02T10:00:04.873Z GET /a 250ms+0s 0 7\n");
  CHECK(run("1772445605.5|PUT|/a;x|2\n", format("%{sec}t|%m|%U|%T")).trace.rows_text() ==
        "2026-03-02T10:00:05.5Z PUT /a 2s+0s 0 0\n");
}

TEST_CASE("$msec and ISO times are times too, and a path alone is asked for with GET") {
  CHECK(run("1772445605.123 /a 0.123\n", format("$msec $request_uri $request_time"))
            .trace.rows_text() == "2026-03-02T10:00:05Z GET /a 123ms+0s 0 0\n");
  CHECK(run("2026-03-02T12:00:05+02:00 /a 0.5\n", format("$time_iso8601 $uri $request_time"))
            .trace.rows_text() == "2026-03-02T10:00:04.5Z GET /a 500ms+0s 0 0\n");
}

TEST_CASE("lines that hold no request are counted, WebSockets are what --websockets says") {
  const std::string front = R"(h - - [02/Mar/2026:10:00:05 +0000] ")";
  const std::string text = front + "-\" 408 0\n" + front + R"(\x16\x03\x01" 400 150)" + "\n" +
                           front + R"(" 400 0)" + "\n" + front + "GET /live HTTP/1.1\" 101 7\n" +
                           front + "GET /old\" 200 -\n" + front +
                           "GET /with a blank HTTP/1.0\" 404 1\n";
  const Imported imported = run(text, law());
  CHECK(imported.report.dropped ==
        Dropped{{"WebSocket connections", 1},
                {"connections without a request that could be read", 3}});
  CHECK(imported.trace.rows_text() ==
        "2026-03-02T10:00:05Z GET /old 20ms+0s 0 0\n"
        "2026-03-02T10:00:05Z GET /with a blank 20ms+0s 0 1\n");
  ImportOptions kept = law();
  kept.websockets = "cap=5ms";
  CHECK(run(text, kept).report.rows == 3);
}

TEST_CASE("a line that is made up otherwise is a bad row with the place where it differs") {
  CHECK(refusal(kLine + "\nhello world\n", law()) ==
        "a.log:2:7: the line is not in the log's format: expected ' '");
  CHECK(refusal(kLine + "\nh - - [02/Mar/2026:10:00:05 +0000] GET / 200 1\n", law()) ==
        "a.log:2:8: the line is not in the log's format: expected '] \"'");
  CHECK(refusal(kLine + "\nh - - [32/Mar/2026:10:00:05 +0000] \"GET / HTTP/1.1\" 200 1\n", law()) ==
        "a.log:2:8: $time_local is not a time: '32/Mar/2026:10:00:05 +0000'");
  CHECK(refusal(kLine + "\nh - - [02/Mar/2026:10:00:05 +0000] \"GET / HTTP/1.1\" ok 1\n", law()) ==
        "a.log:2:53: $status is not a number: 'ok'");
  CHECK(refusal("1 /a slow\n", format("$msec $request_uri $request_time")) ==
        "a.log:1:6: $request_time is not a number: 'slow'");
  CHECK(refusal("1 /a 2\n", format("$msec $request_uri $request_time")) ==
        "a.log:1: the line's time less the duration is before 1970");
}

TEST_CASE("a format that cannot be read from is refused with the reason") {
  const auto error = [](const std::string& text) {
    return error_of([&] { AccessFormat f(text); });
  };
  CHECK(error("$request $request_time") ==
        "--log-format: has no time, such as $time_local, $msec or %t");
  CHECK(error("$msec $request_time") ==
        "--log-format: has no request, such as $request, $request_uri or %r");
  CHECK(error("$msec $time_local $request") ==
        "--log-format: has more than one time; leave all but one out, as $ignored or %l");
  CHECK(error("$msec $bytes_sent $body_bytes_sent $request") ==
        "--log-format: '$body_bytes_sent' says the same as '$bytes_sent'; leave one out, as "
        "$ignored or %l");
  CHECK(error("%t%r").starts_with("--log-format: ") == false);
  CHECK(error("$msec$request") ==
        "--log-format: nothing parts '$request' from what stands in front of it");
  CHECK(error("%{%H:%M}t %r").starts_with("--log-format: '%{%H:%M}t' is no time that can be read"));
  CHECK(error("%{X-A}i \"%r\" %{c}a %{sec}t 100%%") == "no error");
}

TEST_CASE("2,000 real lines of Apache are as many requests as awk counts, on as many bytes") {
  const std::filesystem::path path =
      testing::real_trace("elastic_apache_2015/apache_combined_2000.log.gz");
  SKIP_WITHOUT_TRACE(path);
  const Folder folder;
  ImportOptions options = law();
  options.inputs = {path.string()};
  options.out = folder / "t.skytrace";
  import_trace(options);
  const Contents trace = contents(options.out);
  std::uint64_t bytes = 0, found = 0;
  for (const Row& row : trace.rows) {
    bytes += row.bytes_out;
    found += row.status == 404 ? 1 : 0;
  }
  // gzip -dc FILE | awk '{n++; s+=$10; e+=$9==404} END {print n, s, e}'
  CHECK(trace.rows.size() == 2000);
  CHECK(bytes == 440646553);
  CHECK(found == 35);
}

}  // namespace
}  // namespace skyreplay::trace
