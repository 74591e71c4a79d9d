#include "replay/request_log.h"

#include <doctest/doctest.h>

#include <sstream>

#include "core/error.h"
#include "replay/result_reader.h"
#include "replay/run.h"
#include "support/run_world.h"

namespace skyreplay::replay {
namespace {

using testing::message_of;
using testing::read_file;
using testing::RowSource;
using testing::TempFolder;
using namespace std::chrono_literals;

/// m5.large: two vCPUs of the reference speed, and as much of `more` as an instance has.
std::string group(const std::string& count, const std::string& more, const std::string& top = "") {
  return "version: 1\nname: shop\n" + top +
         "services:\n  web:\n    ec2: {min_size: 0, max_size: 9, " + "desired_capacity: " + count +
         ", instance_type: m5.large, assumed: {speed: 1, " + more + "}}\n";
}
/// A function of one vCPU whose cold start takes 200 ms of the platform's and 300 ms of Init.
std::string function(const std::string& more, const std::string& top = "") {
  return "version: 1\nname: shop\n" + top + "services:\n  fn:\n    lambda: {memory_size: 1769, " +
         more + "assumed: {init_duration: 300ms, platform_init_duration: 200ms}}\n";
}

/// A run and the log of it.
struct Logged {
  std::string digest;
  std::vector<std::string> lines;
  RequestLogWritten written;

  Logged(const std::string& scenario, const std::vector<RowSource::Row>& rows, RequestFormat format,
         const RequestSample& sample = {}) {
    const TempFolder folder;
    const auto source = [&rows] {
      return RowSource({{.name = "GET /a", .memory_used_max_mib = 87.5}}, rows, 100s);
    };
    RequestLog log(sample, 1, folder.path());
    RowSource first = source();
    digest =
        run(scenario::Scenario::parse(scenario, "test.yaml"), first,
            {.result = folder / "result.binpb", .provenance = {}, .progress = {}, .watcher = &log});
    RowSource second = source();
    trace::TextOutput out(folder / "log");
    const ResultReader reader(folder / "result.binpb");
    written = write_requests(log, format, {second, reader.header()}, out);
    std::istringstream text(read_file(folder / "log"));
    for (std::string line; std::getline(text, line);) lines.push_back(line);
  }
  /// Field `position` of a line, counted from 1 as AWS does; parted by blanks outside of quotes.
  std::string field(std::size_t line, std::size_t position) const {
    std::string found;
    std::size_t at = 1;
    bool quoted = false;
    for (const char c : lines.at(line)) {
      if (c == '"') quoted = !quoted;
      if (c == ' ' && !quoted) {
        ++at;
      } else if (at == position) {
        found += c;
      }
    }
    return found;
  }
  /// Fields 5 to 10: target, three durations, two status codes.
  std::string answer(std::size_t line) const {
    std::string text;
    for (std::size_t i = 5; i <= 10; ++i) text += (i == 5 ? "" : " ") + field(line, i);
    return text;
  }
  /// The columns that the simulation adds to the trace's, joined.
  std::string simulated(std::size_t line) const {
    const std::string& text = lines.at(line);
    return text.substr(text.find(",web,") + 1);
  }
};

TEST_CASE("E123: a line of an access log has AWS's 33 fields, the answer's time and the arrival") {
  const Logged log(group("1", "workers: 1"),
                   {{.arrival = 1s, .work = 250ms, .bytes_in = 300, .bytes_out = 4000}},
                   RequestFormat::kAlb);
  REQUIRE(log.lines.size() == 1);
  CHECK(log.field(0, 1) == "http");
  CHECK(log.field(0, 2) == "1970-01-01T00:00:01.250000Z");
  CHECK(log.field(0, 3).substr(0, 9) == "app/shop/");
  CHECK(log.answer(0) == "10.0.0.0:80 0.000 0.250 0.000 200 200");
  CHECK(log.field(0, 11) == "300");
  CHECK(log.field(0, 12) == "4000");
  CHECK(log.field(0, 13) == "\"GET http://web:80/a HTTP/1.1\"");
  CHECK(log.field(0, 18) == "\"Root=1-00000001-000000000000000000000000\"");
  CHECK(log.field(0, 22) == "1970-01-01T00:00:01.000000Z");
  CHECK(log.field(0, 33) == "\"-\"");
  CHECK(log.field(0, 34).empty());
}

TEST_CASE("E114, E124: what nobody serves has the status and the durations of its cause") {
  // No instance: 503. One worker and no backlog: the second is refused, 502. Its client leaves the
  // first after 400 ms, 460.
  const Logged none(group("0", ""), {{1s, 1s}}, RequestFormat::kAlb);
  CHECK(none.answer(0) == "- -1 -1 -1 503 -");
  const std::string impatient = "workload: {client: {timeout: 400ms}}\n";
  const Logged full(group("1", "workers: 1, backlog: 0", impatient), {{1s, 1s}, {1s, 1s}},
                    RequestFormat::kAlb);
  CHECK(full.answer(0) == "10.0.0.0:80 0.000 -1 -1 460 -");
  CHECK(full.field(0, 2) == "1970-01-01T00:00:01.400000Z");
  CHECK(full.answer(1) == "10.0.0.0:80 -1 -1 -1 502 -");
  // The instance is taken out, and its delay ends before the request does: 502.
  const Logged gone(
      "version: 1\nservices:\n  web: {ec2: {min_size: 0, max_size: 9, desired_capacity: 1, "
      "instance_type: m5.large, target_group: {deregistration_delay: 5s}, assumed: {speed: 1}}}\n"
      "changes: [{at: +2s, field: services.web.ec2.desired_capacity, value: 0}]\n",
      {{1s, 40s}}, RequestFormat::kAlb);
  CHECK(gone.answer(0) == "10.0.0.0:80 0.000 -1 -1 502 -");
  CHECK(gone.field(0, 2) == "1970-01-01T00:00:07.000000Z");
  // E112: the balancer has waited for 60 s, its idle timeout: 504.
  const Logged late(group("1", ""), {{1s, 90s}}, RequestFormat::kAlb);
  CHECK(late.answer(0) == "10.0.0.0:80 0.000 -1 -1 504 -");
  CHECK(late.field(0, 2) == "1970-01-01T00:01:01.000000Z");
}

TEST_CASE("E114: a throttled function is 502 behind a balancer, and 429 by itself") {
  const std::string reserved = function("reserved_concurrent_executions: 0, ");
  const Logged alb(reserved, {{1s, 1s}}, RequestFormat::kAlb);
  CHECK(alb.answer(0) == "- -1 -1 -1 502 -");
  CHECK(alb.field(0, 25) == "\"LambdaThrottling\"");
  const Logged csv(reserved, {{1s, 1s}}, RequestFormat::kCsv);
  CHECK(csv.lines[1].find(",fn,,throttle,429,1,1970-01-01T00:00:01Z,0,,,") != std::string::npos);
}

TEST_CASE("L51: behind an API a throttled function is 500, a failed one 502, a throttled API 429") {
  const auto status = [](const std::string& more, Duration wait, const std::string& top = "") {
    const Logged csv(function(more, top), {{1s, 0s, wait}}, RequestFormat::kCsv);
    const std::size_t at = csv.lines[1].find(",fn,");
    std::size_t comma = csv.lines[1].find(',', at + 4);  // sim_place
    comma = csv.lines[1].find(',', comma + 1);           // sim_outcome
    return csv.lines[1].substr(comma + 1, 3);
  };
  CHECK(status("http_api: {}, reserved_concurrent_executions: 0, ", 1s) == "500");
  CHECK(status("rest_api: {}, timeout: 1, ", 2s) == "502");
  CHECK(status("http_api: {timeout_in_millis: 1000}, timeout: 9, ", 5s) == "504");
  CHECK(status("load_balancer: {}, reserved_concurrent_executions: 0, ", 1s) == "502");
  // The second request finds the API's bucket empty.
  const Logged api(function("http_api: {default_route_settings: {throttling_burst_limit: 1, "
                            "throttling_rate_limit: 0.001}}, "),
                   {{1s, 0s, 1s}, {1s, 0s, 1s}}, RequestFormat::kAlb);
  CHECK(api.field(1, 9) == "429");
  CHECK(api.field(0, 9) == "200");
}

TEST_CASE("a request with retries is one line: its first arrival, its last answer") {
  // The instance is in service at 3 s: the attempts at 1 s and 2 s are refused, the third is
  // served.
  const std::string patient =
      "start: cold\nworkload: {client: {max_attempts: 5, backoff: {base: 1s, cap: 1s, jitter: "
      "none}}}\n";
  const Logged log(group("1", "boot_time: 2500ms, pending_time: 1s", patient), {{1s, 250ms}},
                   RequestFormat::kAlb);
  REQUIRE(log.lines.size() == 1);
  CHECK(log.answer(0) == "10.0.0.0:80 2.000 0.250 0.000 200 200");
  CHECK(log.field(0, 22) == "1970-01-01T00:00:01.000000Z");
  CHECK(log.field(0, 2) == "1970-01-01T00:00:03.250000Z");
}

TEST_CASE("L110: a report has its times, what is billed, and the Init of a cold start") {
  const Logged log(function(""), {{1s, 100ms}, {5s, 250'400us}}, RequestFormat::kLambda);
  REQUIRE(log.lines.size() == 2);
  // 200 ms of the platform's are nobody's to pay; Init is billed.
  CHECK(log.lines[0] ==
        "1970-01-01T00:00:01.600Z 1970/01/01/fn[$LATEST]00000000000000000000000000000000 "
        "REPORT RequestId: 00000001-0000-4000-8000-000000000000\tDuration: 100.00 ms\t"
        "Billed Duration: 400 ms\tMemory Size: 1769 MB\tMax Memory Used: 88 MB\t"
        "Init Duration: 300.00 ms\t");
  CHECK(log.lines[1] ==
        "1970-01-01T00:00:05.250Z 1970/01/01/fn[$LATEST]00000000000000000000000000000000 "
        "REPORT RequestId: 00000005-0000-4000-8000-000000000001\tDuration: 250.40 ms\t"
        "Billed Duration: 251 ms\tMemory Size: 1769 MB\tMax Memory Used: 88 MB\t");
}

TEST_CASE("L110: a function cut by its timeout says so, and a throttled one has no report") {
  const Logged log(function("timeout: 1, reserved_concurrent_executions: 1, "),
                   {{1s, 5s}, {1s, 5s}}, RequestFormat::kLambda);
  REQUIRE(log.lines.size() == 1);
  CHECK(log.lines[0].find("\tStatus: timeout\t") != std::string::npos);
  CHECK(log.lines[0].find("Duration: 1000.00 ms\tBilled Duration: 1300 ms") != std::string::npos);
  CHECK(log.written.rows == 1);
  CHECK(log.written.left_out == 1);
}

TEST_CASE("CSV has every request in order of arrival, whatever the order of the answers") {
  // The first takes longest; the last never ends: the run has no drain after the span of 100 s.
  const Logged log(group("1", "", "drain: 0s\n"), {{1s, 9s}, {2s, 1s}, {99s, 0s, 50s}},
                   RequestFormat::kCsv);
  REQUIRE(log.lines.size() == 4);
  CHECK(log.lines[0].substr(0, 58) == "arrival,route,kind,work_ms,wait_ms,bytes_in,bytes_out,sim_");
  CHECK(log.lines[1].substr(0, 47) == "1970-01-01T00:00:01Z,GET /a,sync,9000,0,0,0,0,w");
  // Both work alone on a vCPU each.
  CHECK(log.simulated(1) == "web,0,completed,200,1,1970-01-01T00:00:10Z,9000,0,0,9000,0,0,0,0");
  CHECK(log.simulated(2) == "web,0,completed,200,1,1970-01-01T00:00:03Z,1000,0,0,1000,0,0,0,0");
  CHECK(log.simulated(3) == "web,,in_flight,,,,,,,,,,,");
}

std::vector<RowSource::Row> growing(std::size_t count) {
  std::vector<RowSource::Row> rows;
  for (std::size_t i = 0; i < count; ++i) {
    rows.push_back({.arrival = 50ms * i, .wait = 1ms * (i + 1)});
  }
  return rows;
}

TEST_CASE("one in N is drawn by row, so more requests leave the sample of the first as it is") {
  const RequestSample sample = RequestSample::parse("1/10");
  const Logged few(group("1", ""), growing(500), RequestFormat::kCsv, sample);
  const Logged many(group("2", ""), growing(1000), RequestFormat::kCsv, sample);
  // 50 and 100 on average; four standard deviations of the binomial are 27 and 38.
  CHECK(few.lines.size() > 24);
  CHECK(few.lines.size() < 78);
  CHECK(many.lines.size() > few.lines.size());
  for (std::size_t i = 1; i < few.lines.size(); ++i) {
    const auto row = [](const std::string& line) { return line.substr(0, line.find(",GET")); };
    CHECK(row(few.lines[i]) == row(many.lines[i]));
  }
}

TEST_CASE("the slowest are one in a hundred, and in order of arrival") {
  const Logged log(group("1", ""), growing(1000), RequestFormat::kCsv,
                   RequestSample::parse("slowest"));
  // 991 to 1,000 ms are the slowest ten; a bucket there is 8 ms wide, so that up to 8 more may be
  // in.
  CHECK(log.lines.size() - 1 >= 10);
  CHECK(log.lines.size() - 1 <= 18);
  CHECK(log.lines.back().find(",completed,200,1,1970-01-01T00:00:50.95Z,1000,") !=
        std::string::npos);
}

TEST_CASE("a run gives the same digest watched or not") {
  const TempFolder folder;
  RowSource source({{.name = "GET /a", .memory_used_max_mib = 87.5}}, growing(300), 100s);
  const std::string alone =
      run(scenario::Scenario::parse(function(""), "test.yaml"), source,
          {.result = folder / "result.binpb", .provenance = {}, .progress = {}});
  CHECK(Logged(function(""), growing(300), RequestFormat::kLambda).digest == alone);
  CHECK(
      Logged(function(""), growing(300), RequestFormat::kAlb, RequestSample::parse("1/7")).digest ==
      alone);
}

TEST_CASE("samples and formats that are none are refused by name") {
  for (const char* text : {"", "most", "1/", "1/0", "1/x", "2/3", "1/2 "}) {
    CHECK(message_of<InputError>([&] { RequestSample::parse(text); }) ==
          "--requests-sample: '" + std::string(text) + "' is none of all, 1/N, slowest");
  }
  CHECK(request_format("", "a/b.csv.gz") == RequestFormat::kCsv);
  CHECK(request_format("", "b.log.zst") == RequestFormat::kAlb);
  CHECK(request_format("", "b.lambda") == RequestFormat::kLambda);
  CHECK(request_format("csv", "b.log") == RequestFormat::kCsv);
  CHECK(message_of<InputError>([&] { request_format("", "b.txt"); }) ==
        "--requests b.txt: its end tells no format (.csv, .log, .lambda); name one with "
        "--requests-format csv|alb|lambda");
  CHECK(message_of<InputError>([&] { request_format("xml", "b.csv"); }) ==
        "--requests-format: 'xml' is none of csv, alb, lambda");
}

}  // namespace
}  // namespace skyreplay::replay
