#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdio>
#include <string>
#include <vector>

#include "core/stop.h"
#include "import_support.h"
#include "trace/import.h"

namespace skyreplay::trace {
namespace {

using testing::Contents;
using testing::contents;
using testing::error_of;
using testing::Folder;

/// One line of an Application Load Balancer's log, of which tests change what they are about.
struct Line {
  std::string type = "https";
  std::string time = "2026-03-02T10:00:05.500000Z";
  std::string target = "10.1.2.3:8080";
  std::string times = "0.001 0.250 0.002";
  std::string codes = "200 200";
  std::string bytes = "310 4096";
  std::string request = "GET https://shop.example:443/orders/17?full=1 HTTP/2.0";
  std::string creation = "2026-03-02T10:00:05.100000Z";
  std::string actions = "forward";

  std::string head() const {
    return type + " " + time + " app/shop/0123456789abcdef 198.51.100.7:40312 " + target + " " +
           times + " " + codes + " " + bytes + " \"" + request + R"(" "agent \"x\" \x22y\x22 1.0")";
  }
  /// With every field there is, the last ones of 2025.
  std::string full() const {
    return head() + " ECDHE-RSA-AES128-GCM-SHA256 TLSv1.3" +
           " arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/web/fedcba9876543210" +
           R"( "Root=1-65e2f3a5-0123456789abcdef01234567" "shop.example" "session-reused" 3 )" +
           creation + " \"" + actions + R"(" "-" "-" "10.1.2.3:8080" "200" "-" "-" TID_abc)" +
           R"( "-" "-" "-" new-field)" + "\n";
  }
};

std::string classic(const std::string& time, const std::string& backend, const std::string& times,
                    const std::string& codes, const std::string& request) {
  return time + " shop-elb 198.51.100.7:40312 " + backend + " " + times + " " + codes +
         " 10 20 \"" + request + "\" \"agent 1.0\" - -\n";
}

struct Imported {
  ImportReport report;
  Contents trace;
};

Imported run(const Folder& folder, const std::vector<std::string>& inputs,
             ImportOptions options = {}) {
  options.inputs = inputs;
  options.out = folder / "t.skytrace";
  ImportReport report = import_trace(options);
  return {report, contents(options.out)};
}

Imported run(const std::string& text, ImportOptions options = {}) {
  const Folder folder;
  return run(folder, {folder.write("a.log", text)}, std::move(options));
}

std::string refusal(const std::string& text) {
  const Folder folder;
  const std::string path = folder.write("a.log", text);
  const std::string error = error_of([&] { run(folder, {path}); });
  REQUIRE(error.starts_with(path));
  return error.substr(path.size());
}

ImportOptions with(std::string ImportOptions::* option, std::string value) {
  ImportOptions options;
  options.*option = std::move(value);
  return options;
}

using Dropped = std::vector<std::pair<std::string, std::uint64_t>>;

TEST_CASE("a line of an Application Load Balancer becomes a request at its creation time") {
  const Imported imported = run(Line().full());
  CHECK(imported.report.format == "alb");
  CHECK(imported.trace.rows_text() == "2026-03-02T10:00:05.1Z GET /orders/{n} 250ms+0s 310 4096\n");
  CHECK(imported.trace.rows[0].status == 200);
  CHECK(imported.report.dropped.empty());
  CHECK(imported.report.notes.empty());
  const ProvenanceStep& step = imported.trace.info.provenance[0];
  CHECK(step.tool == "import alb");
  CHECK(step.measured[0] == "arrival: request_creation_time");
  CHECK(step.drawn.empty());
}

TEST_CASE("E123, E125: the lines that AWS shows arrive at field 22 and take field 7") {
  const std::string arn =
      "arn:aws:elasticloadbalancing:us-east-2:123456789012:targetgroup/my-targets/"
      "73e2d6bc24d8a067";
  const std::string lb = "app/my-loadbalancer/50dc6c495c0c9188";
  const auto tail = [&](const std::string& root, const std::string& actions,
                        const std::string& reason, const std::string& target) {
    return "\"curl/7.46.0\" - - " + arn + " \"Root=" + root +
           "\" \"-\" \"-\" 0 2018-07-02T22:22:48.364000Z \"" + actions + "\" \"-\" \"" + reason +
           "\" \"" + target + "\" \"200\" \"-\" \"-\" TID_1234abcd5678ef90 \"-\" \"-\" \"-\"\n";
  };
  const std::string http =
      "http 2018-07-02T22:23:00.186641Z " + lb +
      " 192.168.131.39:2817 10.0.0.1:80 0.000 0.001 0.000 200 200 34 366 \"GET "
      "http://www.example.com:80/ HTTP/1.1\" " +
      tail("1-58337262-36d228ad5d99923122bbe354", "forward", "-", "10.0.0.1:80");
  const std::string h2 =
      "h2 2018-07-02T22:23:00.186641Z " + lb +
      " 10.0.1.252:48160 10.0.0.66:9000 0.000 0.002 0.000 200 200 5 257 \"GET "
      "https://10.0.2.105:773/ HTTP/2.0\" " +
      tail("1-58337327-72bd00b0343d75b906739c42", "redirect", "-", "10.0.0.66:9000");
  // A function whose answer could not be read; it ran all the same.
  const std::string lambda =
      "http 2018-11-30T22:23:00.186641Z " + lb +
      " 192.168.131.39:2817 - 0.000 0.001 0.000 502 - 34 366 \"GET http://www.example.com:80/ "
      "HTTP/1.1\" " +
      tail("1-58337364-23a8c76965a2ef7629b185e3", "forward", "LambdaInvalidResponse", "-");
  const Imported imported = run(http + h2 + lambda);
  CHECK(imported.trace.rows_text() ==
        "2018-07-02T22:22:48.364Z GET / 1ms+0s 34 366\n"
        "2018-07-02T22:22:48.364Z GET / 2ms+0s 5 257\n"
        "2018-07-02T22:22:48.364Z GET / 1ms+0s 34 366\n");
  CHECK(imported.trace.rows[2].status == 502);
}

TEST_CASE("without a creation time the arrival is the time less the three durations") {
  // 5.5 s - 0.001 s - 0.250 s - 0.002 s = 5.247 s
  for (const Line& line : {Line(), Line{.creation = "-"}}) {
    const std::string text = line.creation == "-" ? line.full() : line.head() + " - -\n";
    const Imported imported = run(text);
    CHECK(imported.trace.rows_text() ==
          "2026-03-02T10:00:05.247Z GET /orders/{n} 250ms+0s 310 4096\n");
    CHECK(imported.report.notes.size() == 1);
  }
}

TEST_CASE("every type of request is taken, WebSockets and unknown types are counted") {
  std::string text;
  for (const char* type : {"http", "https", "h2", "grpcs", "ws", "wss", "wss", "h9"}) {
    text += Line{.type = type}.full();
  }
  const Imported imported = run(text);
  CHECK(imported.report.rows == 4);
  CHECK(imported.report.dropped ==
        Dropped{{"WebSocket connections", 3}, {"lines of another type", 1}});
}

TEST_CASE(
    "a WebSocket that is kept took as long as it lived, one that is capped no longer than that") {
  const std::string text =
      Line{.type = "wss", .times = "-1 -1 -1", .codes = "101 101"}.full() +  // 0.4 s
      Line{.type = "wss", .codes = "101 101", .creation = "2026-03-02T09:59:05.5Z"}
          .full() +  // 1 min
      Line{.codes = "101 101"}.full() +
      Line().full();
  CHECK(run(text).report.dropped == Dropped{{"WebSocket connections", 3}});
  const Imported kept = run(text, with(&ImportOptions::websockets, "keep"));
  const std::string rest = " GET /orders/{n} 400ms+0s 310 4096\n";
  CHECK(kept.trace.rows_text() ==
        "2026-03-02T09:59:05.5Z GET /orders/{n} 1m+0s 310 4096\n"
        "2026-03-02T10:00:05.1Z" +
            rest + "2026-03-02T10:00:05.1Z" + rest +
            "2026-03-02T10:00:05.1Z GET /orders/{n} 250ms+0s 310 4096\n");
  CHECK(kept.report.notes == std::vector<std::string>{"3 WebSocket connections count as requests"});
  const Imported capped = run(text, with(&ImportOptions::websockets, "cap=30s"));
  CHECK(capped.trace.rows[0].work == std::chrono::seconds(30));
  CHECK(capped.trace.rows[1].work == std::chrono::milliseconds(400));
  CHECK(
      capped.report.notes ==
      std::vector<std::string>{"3 WebSocket connections count as requests, 1 of them held at 30s"});
  CHECK(capped.trace.info.provenance[0].arguments.back() ==
        std::pair<std::string, std::string>{"websockets", "cap=30s"});
}

TEST_CASE("what WebSockets are to become is one of three words") {
  for (const char* bad : {"cap", "cap=0s", "cap=5", "kept", "cap=-1s"}) {
    CHECK(error_of([&] { run(Line().full(), with(&ImportOptions::websockets, bad)); }) ==
          std::string("--websockets: '") + bad +
              "' is none of drop, keep, cap=DURATION such as cap=30s");
  }
}

TEST_CASE("a target of Lambda has no address, but its time is measured") {
  CHECK(run(Line{.target = "-"}.full()).report.rows == 1);
}

TEST_CASE("requests that no target answered are counted by status, those of the balancer apart") {
  const std::string none = "-1 -1 -1";
  std::string text = Line().full();
  text += Line{.times = none, .codes = "504 -"}.full();
  text += Line{.times = "0.001 -1 -1", .codes = "502 -"}.full();
  text += Line{.target = "-", .times = none, .codes = "503 -"}.full();
  text += Line{.times = none, .codes = "460 -"}.full();
  text += Line{.target = "-", .times = none, .codes = "301 -", .actions = "redirect"}.full();
  text += Line{.target = "-", .times = none, .codes = "503 -", .actions = "fixed-response"}.full();
  text += Line{.target = "-", .times = none, .codes = "400 -", .actions = "-"}.full();
  text += Line{.times = none, .codes = "400 -", .request = "- http://shop.example:80- -"}.full();
  const Imported imported = run(text);
  CHECK(imported.report.rows == 1);
  CHECK(imported.report.dropped == Dropped{{"connections without a request that could be read", 1},
                                           {"requests that no target answered, status 460", 1},
                                           {"requests that no target answered, status 502", 1},
                                           {"requests that no target answered, status 503", 1},
                                           {"requests that no target answered, status 504", 1},
                                           {"requests that the load balancer answered itself", 3}});
  const Imported drawn = run(text, with(&ImportOptions::service_time, "75ms"));
  CHECK(drawn.report.rows == 5);
  CHECK(std::ranges::count(drawn.trace.rows, Duration(std::chrono::milliseconds(75)), &Row::work) ==
        4);
  CHECK(drawn.trace.info.provenance[0].drawn ==
        std::vector<std::string>{"duration of 4 requests that no target answered: 75ms"});
}

TEST_CASE("a bad line stops the import with its place, or is counted by reason") {
  const std::string good = Line().full();
  CHECK(refusal(good + Line{.times = "0.001 fast 0.002"}.full()) ==
        ":2:100: target_processing_time is not a number: 'fast'");
  CHECK(refusal(good + Line{.codes = "2000 200"}.full())
            .ends_with("elb_status_code is too large: '2000'"));
  CHECK(refusal(good + Line{.bytes = "-5 1"}.full()).ends_with("received_bytes is negative: '-5'"));
  CHECK(refusal(good + Line{.time = "yesterday"}.full()) ==
        ":2:7: time is not a time: 'yesterday'");
  CHECK(refusal(good + Line{.creation = "soon"}.full())
            .ends_with("request_creation_time is not a time: 'soon'"));
  CHECK(refusal(good + Line{.creation = "1969-12-31T23:59:59Z"}.full())
            .ends_with("request_creation_time lies before 1970: '1969-12-31T23:59:59Z'"));
  CHECK(refusal(good + "https 2026-03-02T10:00:05Z app\n") ==
        ":2: the line has too few fields: 3 instead of 13 up to the request");
  CHECK(refusal(good + Line().head() + " \"open\n").ends_with(": a quote is never closed"));

  ImportOptions skip;
  skip.skip_bad_rows = true;
  const Imported skipped = run(good + "x\n" + Line{.bytes = "-5 1"}.full() + good, skip);
  CHECK(skipped.report.rows == 2);
  CHECK(skipped.report.dropped == Dropped{{"bad row: received_bytes is negative", 1},
                                          {"bad row: the line has too few fields", 1}});
}

TEST_CASE("a log without a request to import is refused, and the message says what it held") {
  CHECK(refusal(Line{.type = "ws"}.full()) ==
        ": there are no requests to import; left out: WebSocket connections: 1");
}

/// 3,000 lines whose creation times are all different and in no order.
std::vector<std::string> unordered_lines() {
  std::vector<std::string> lines;
  for (int i = 0; i < 3'000; ++i) {
    const int place = i * 1'009 % 3'000;
    char time[40];
    std::snprintf(time, sizeof time, "2026-03-02T10:%02d:%02d.%02d0000Z", place / 6'000,
                  place / 100 % 60, place % 100);
    lines.push_back(
        Line{.request = "GET https://h:443/page-" + std::to_string(place % 40) + " HTTP/1.1",
             .creation = time}
            .full());
  }
  return lines;
}

TEST_CASE("a trace is the same however its lines are spread over files, packed and sorted") {
  const Folder folder;
  const std::vector<std::string> lines = unordered_lines();
  std::string whole;
  for (const std::string& line : lines) whole += line;
  const std::string digest = run(whole).report.digest;
  CHECK(run(whole, with(&ImportOptions::memory, "16KiB")).report.digest == digest);

  std::filesystem::create_directories(folder / "logs/2026");
  std::array<std::string, 3> parts;
  for (std::size_t i = 0; i < lines.size(); ++i) parts[i * i % 3 + i % 2] += lines[i];
  folder.write("logs/2026/c.log", parts[0]);
  folder.write_zstd("logs/a", parts[2]);
  folder.write_gzip("logs/b.log.gz", parts[1]);
  CHECK(run(folder, {(folder / "logs").string()}, with(&ImportOptions::memory, "32KiB"))
            .report.digest == digest);
}

TEST_CASE("a stop while rows are sorted leaves nothing behind") {
  const Folder folder;
  std::string whole;
  for (const std::string& line : unordered_lines()) whole += line;
  const std::string path = folder.write("a.log", whole);
  request_stop(SIGINT);
  CHECK_THROWS_AS(run(folder, {path}, with(&ImportOptions::memory, "16KiB")), Interrupted);
  request_stop(0);
  CHECK(folder.entries() == 1);
}

TEST_CASE("patterns name routes, and what is beyond max_routes is other") {
  const std::string text = Line().full() + Line{.request = "GET http://h/a HTTP/1.1"}.full() +
                           Line{.request = "GET http://h/b HTTP/1.1"}.full();
  ImportOptions options;
  options.max_routes = 2;
  options.route_patterns = {"* /orders/*"};
  const Imported imported = run(text, options);
  std::vector<std::string> names;
  for (const Route& route : imported.trace.info.routes) names.push_back(route.name);
  CHECK(names == std::vector<std::string>{"* /orders/*", "GET /a", "other"});
  CHECK(imported.report.dropped ==
        Dropped{{"rows of routes beyond max_routes, counted as route 'other'", 1}});
  const auto& arguments = imported.trace.info.provenance[0].arguments;
  CHECK(arguments.back() == std::pair<std::string, std::string>{"route_pattern", "* /orders/*"});
}

TEST_CASE("a size of memory is a number with a unit, and at least 16KiB") {
  const std::string text = Line().full();
  for (const char* good : {"16KiB", "1.5MiB", "2GiB", "20000B"}) {
    CHECK(run(text, with(&ImportOptions::memory, good)).report.rows == 1);
  }
  CHECK(error_of([&] { run(text, with(&ImportOptions::memory, "64MB")); }) ==
        "--memory: '64MB' is no size, such as 256MiB or 2GiB");
  CHECK(error_of([&] { run(text, with(&ImportOptions::memory, "15KiB")); }) ==
        "--memory: '15KiB' is too little; at least 16KiB");
}

TEST_CASE("a line of a Classic Load Balancer becomes a request at its timestamp") {
  const std::string served = classic("2026-03-02T10:00:05.5Z", "10.1.2.3:80", "0.001 0.25 0.002",
                                     "200 200", "PUT http://shop.example:80/orders/17 HTTP/1.1");
  const std::string earlier = classic("2026-03-02T10:00:05.25Z", "10.1.2.3:80", "0.001 0.5 0",
                                      "404 404", "GET http://shop.example:80/ HTTP/1.1");
  const std::string none =
      classic("2026-03-02T10:00:06Z", "-", "-1 -1 -1", "503 0", "GET http://h:80/ HTTP/1.1");
  const std::string tcp =
      classic("2026-03-02T10:00:06Z", "10.1.2.3:80", "0.001 0.000 0.002", "- -", "- - - ");
  const Imported imported = run(served + earlier + none + tcp);
  CHECK(imported.report.format == "elb-classic");
  CHECK(imported.trace.rows_text() ==
        "2026-03-02T10:00:05.25Z GET / 500ms+0s 10 20\n"
        "2026-03-02T10:00:05.5Z PUT /orders/{n} 250ms+0s 10 20\n");
  CHECK(imported.report.dropped == Dropped{{"connections without a request that could be read", 1},
                                           {"requests that no target answered, status 503", 1}});
  CHECK(imported.trace.info.provenance[0].measured[0] == "arrival: timestamp");
}

TEST_CASE("the real log of 668 requests is read whole in either format") {
  const std::filesystem::path folder = testing::real_trace("elb_alb_ozantunca");
  SKIP_WITHOUT_TRACE(folder);
  const Folder out;
  for (const auto& [file, format] :
       {std::pair{"alb.log.gz", "alb"}, std::pair{"classic_elb.log.gz", "elb-classic"}}) {
    const Imported imported = run(out, {(folder / file).string()});
    CHECK(imported.report.format == format);
    std::uint64_t lines = imported.report.rows;
    for (const auto& [what, count] : imported.report.dropped) lines += count;
    CHECK(lines == 668);
  }
}

/// What awk and sort say of a file.
struct Counted {
  const char* file;
  std::size_t rows;
  std::int64_t sum_us;
  std::uint64_t received, sent;
  std::array<std::int64_t, 3> percentiles_us;  ///< 50, 95, 99 by nearest rank
};

TEST_CASE("durations and bytes of the real log are those that awk and sort find") {
  const std::filesystem::path folder = testing::real_trace("elb_alb_ozantunca");
  SKIP_WITHOUT_TRACE(folder);
  const Folder out;
  // zcat alb.log.gz | awk '$1 !~ /^ws/ {n++; d += $7 * 1e6; r += $11; s += $12; print $7}'; 140 of
  // its lines are WebSockets. classic_elb.log.gz: one field to the left, and no types.
  constexpr std::array<Counted, 2> kCounted{
      {{"alb.log.gz", 528, 25'424'990, 745, 41'326'525, {827, 244'714, 811'832}},
       {"classic_elb.log.gz", 668, 32'540'592, 844, 45'404'561, {826, 262'916, 811'832}}}};
  for (const Counted& counted : kCounted) {
    const Imported imported = run(out, {(folder / counted.file).string()});
    std::vector<Duration> durations;
    Duration sum{};
    std::uint64_t received = 0, sent = 0;
    for (const Row& row : imported.trace.rows) {
      durations.push_back(row.work);
      sum += row.work;
      received += row.bytes_in;
      sent += row.bytes_out;
    }
    std::ranges::sort(durations);
    REQUIRE(durations.size() == counted.rows);
    CHECK(sum == std::chrono::microseconds(counted.sum_us));
    CHECK(received == counted.received);
    CHECK(sent == counted.sent);
    for (std::size_t i = 0; i < 3; ++i) {
      const std::size_t rank =
          (counted.rows * std::array<std::size_t, 3>{50, 95, 99}[i] + 99) / 100;
      CHECK(durations[rank - 1] == std::chrono::microseconds(counted.percentiles_us[i]));
    }
  }
}

}  // namespace
}  // namespace skyreplay::trace
