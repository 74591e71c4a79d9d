#include "replay/run.h"

#include <doctest/doctest.h>

#include "support/run_world.h"

namespace skyreplay::replay {
namespace {

using testing::RowSource;
using testing::RunResult;
using namespace std::chrono_literals;

/// One function of 1,024 MB that starts at once, its work unstretched.
std::string plain(const std::string& top, const std::string& lambda = "") {
  return "version: 1\n" + top +
         "services:\n"
         "  fn:\n"
         "    lambda:\n"
         "      memory_size: 1024\n"
         "      timeout: 900\n" +
         lambda +
         "      assumed: {init_duration: 0s, platform_init_duration: 0s, speed: 1.7275390625}\n";
}

RowSource one_route(const std::vector<RowSource::Row>& rows, Duration end) {
  return {{{.name = "r"}}, rows, end};
}

std::string quantity(const RunResult& result, const std::string& line_item) {
  for (const pricing::BillRow& row : result.bill) {
    if (row.line_item == line_item) return row.quantity;
  }
  return "none";
}

TEST_CASE(
    "what is in flight when the run ends is billed to that instant, on a window's edge or off") {
  // 1 GB from 50 s on: 10 s to the end of the span, and then as long as the run goes on.
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"0s", "10"}, {"1m", "70"}, {"90s", "100"}, {"15m", "600"}};
  for (const auto& [drain, gb_seconds] : cases) {
    CAPTURE(drain);
    RowSource source = one_route({{50s, 0s, 600s}}, 60s);
    const RunResult result(plain("drain: " + drain + "\n"), source);
    CHECK(quantity(result, "lambda.duration_x86") == gb_seconds);
    CHECK(result.summary.conservation.in_flight_at_end == (drain == "15m" ? 0u : 1u));
  }
}

TEST_CASE("a service's means are over the horizon, its peaks over the whole run") {
  for (const Duration end : {Duration{60s}, Duration{90s}}) {
    RowSource source = one_route({{50s, 0s, 600s}}, end);
    const RunResult result(plain(""), source);
    const Usage& usage = result.summary.services[0].usage;
    CHECK(Duration{usage.in_flight_us * 1us} == end - 50s);
    CHECK(Duration{usage.capacity_running_us * 1us} == end - 50s);
    CHECK(usage.in_flight_max == 1);
  }
}

TEST_CASE("the timeline's costs add up to the bill, window by window and to the last digit") {
  std::vector<RowSource::Row> rows;
  for (int i = 0; i < 500; ++i) rows.push_back({1s * i, 123ms, 0s});
  RowSource source = one_route(rows, 500s);
  const RunResult result(plain("recorder: {window: 7s}\n"), source);
  pricing::NanoUsd timeline = 0;
  for (const RunResult::Row& row : result.timeline) timeline += row.row.cost_nano_usd;
  pricing::NanoUsd bill = 0;
  for (const pricing::BillRow& row : result.bill) bill += row.amount;
  CHECK(timeline == bill);
  CHECK(result.summary.cost == bill);
  CHECK(quantity(result, "lambda.requests_x86") == "500");
  CHECK(quantity(result, "lambda.duration_x86") == "61.5");
  // 500 x 0.2 USD / 10^6 + 61.5 x 0.0000166667 USD = 100,000 + 1,025,002.05 nano-USD.
  CHECK(bill == 100'000 + 1'025'002);
}

TEST_CASE("E142: what a function answers goes to the internet, what comes in is free") {
  RowSource source({{.name = "a"}}, {{10s, 1s, 0s, 0, 1u << 22, 1u << 22}}, 60s);
  const RunResult result("version: 1\nservices: {fn: {lambda: {timeout: 60}}}\n", source);
  CHECK(result.quantity("data_transfer.internet_out") == "0.00390625");
}

TEST_CASE("a warm-up is left out of the counts, never out of the bill") {
  RowSource source = one_route({{10s, 1s, 0s}, {70s, 1s, 0s}}, 120s);
  const RunResult result(plain("recorder: {warm_up: 60s}\n"), source);
  CHECK(result.summary.overall.counters.arrivals == 1);
  CHECK(result.summary.conservation.warm_up_arrivals == 1);
  CHECK(quantity(result, "lambda.requests_x86") == "2");
  CHECK(quantity(result, "lambda.duration_x86") == "2");
}

TEST_CASE(
    "one recorded duration is split by work_share, and the recording CPU's speed scales the work "
    "alone") {
  const std::string top = "workload: {work_share: 0.25, recorded_on: {speed: 2}}\n";
  RowSource one = one_route({{10s, 1s, 0s}}, 60s);
  one.use_one_duration();
  // 0.25 s of work at twice the reference speed, and 0.75 s of wait.
  const RunResult split(plain(top), one);
  CHECK(split.summary.overall.latency_max_ns == 1'250'000'000);
  CHECK(split.summary.overall.parts.wait == 750'000'000);
  // A trace that tells them apart is not split.
  RowSource both = one_route({{10s, 1s, 1s}}, 60s);
  const RunResult apart(plain(top), both);
  CHECK(apart.summary.overall.latency_max_ns == 3'000'000'000);
}

TEST_CASE("the clients' timeout, attempts and backoff come from the scenario") {
  RowSource source = one_route({{0s, 0s, 1100ms}, {1s, 0s, 3s}}, 60s);
  // The second is throttled at 1 s, served at 1.3 s, and given up at 3.3 s.
  const RunResult result(plain("workload: {client: {timeout: 2s, max_attempts: 2, backoff: "
                               "{base: 300ms, cap: 1s, jitter: none}}}\n",
                               "      reserved_concurrent_executions: 1\n"),
                         source);
  const metrics::Counters& counters = result.summary.overall.counters;
  CHECK(counters.attempts == 3);
  CHECK(counters.completions() == 1);
  CHECK(counters.outcomes[static_cast<std::size_t>(metrics::Outcome::kClientTimeout)] == 1);
  CHECK(quantity(result, "lambda.requests_x86") == "2");
}

TEST_CASE("windows are aligned to the clock, so the first and the last may be short") {
  RowSource source = one_route({{55s, 1s, 0s}}, 130s);
  source.start_at(50s);
  const RunResult result(plain(""), source);
  std::vector<Duration> starts;
  for (const RunResult::Row& row : result.timeline) starts.push_back(row.start.time_since_epoch());
  CHECK(starts == std::vector<Duration>{50s, 60s, 120s});
  // The environment lives through the last window, which is 10 s long.
  CHECK(result.timeline.back().row.capacity_running_ns == 10'000'000'000);
}

TEST_CASE("L49: throttles leave an activity with the reason AWS gives, and cost nothing") {
  RowSource source = one_route({{10s, 5s, 0s}, {11s, 1s, 0s}, {12s, 1s, 0s}}, 60s);
  const RunResult result(plain("", "      reserved_concurrent_executions: 1\n"), source);
  REQUIRE(result.activities.size() == 1);
  CHECK(result.activities[0].time == TimePoint{11s});
  CHECK(result.activities[0].kind == "limit");
  CHECK(result.activities[0].cause ==
        "ReservedFunctionConcurrentInvocationLimitExceeded: 1 in flight of 1 reserved; 2 throttled "
        "in this window");
  CHECK(quantity(result, "lambda.requests_x86") == "1");
}

TEST_CASE("an asynchronous call is replayed as a synchronous one, and the summary says so") {
  trace::Route route;
  route.name = "r";
  route.kind = trace::InvocationKind::kQueue;
  route.rows = 2;
  RowSource source({route}, {{10s, 1s, 0s}, {11s, 1s, 0s}}, 60s);
  const RunResult result(plain(""), source);
  REQUIRE(result.summary.notes.size() == 1);
  CHECK(result.summary.notes[0] == "2 calls are replayed as synchronous ones (queue 2)");
}

}  // namespace
}  // namespace skyreplay::replay
