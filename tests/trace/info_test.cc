// trace info and trace head, through the public functions.
#include <doctest/doctest.h>
#include <skyreplay/trace.h>

#include <cmath>
#include <sstream>

#include "support/temp_folder.h"
#include "trace/writer.h"

using namespace skyreplay;
using namespace skyreplay::trace;
using namespace std::chrono_literals;
using testing::TempFolder;

namespace {

/// 1,000 requests over 100 s: one every 125 ms on "slow" for 100 s, and 200 in second 60 on
/// "burst". The i-th of all works i + 1 ms.
void write_burst(const std::filesystem::path& path) {
  Writer writer(path, kDefaultOrigin, Durations::kWorkAndWait);
  writer.add_route({.name = "slow",
                    .kind = InvocationKind::kQueue,
                    .memory_size_mib = 256,
                    .attributes = {{"memory_used_p99_mib", "211"}, {"trigger", "queue"}}});
  writer.add_route({.name = "burst \"\\\n\xff"});
  std::int64_t number = 0;
  const auto add = [&](Duration at, std::uint32_t route) {
    writer.add(
        {.arrival = kDefaultOrigin + at, .route = route, .work = ++number * 1ms, .bytes_out = 10});
  };
  for (int i = 0; i < 800; ++i) {
    add(i * 125ms, 0);
    if (i == 480) {
      for (int j = 0; j < 200; ++j) add(60s + j * 1us, 1);
    }
  }
  writer.set_span(kDefaultOrigin, kDefaultOrigin + 100s);
  writer.add_provenance({.tool = "import csv",
                         .arguments = {{"file", "a.csv"}},
                         .measured = {"arrival"},
                         .drawn = {"work: constant"},
                         .dropped = {{"bad rows", 1'234}}});
  writer.commit();
}

bool within_a_percent(Duration value, Duration expected) {
  const double ratio = static_cast<double>(value.count()) / static_cast<double>(expected.count());
  return std::abs(ratio - 1) <= 0.01;
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("rates, peaks and percentiles of a known trace") {
  const TempFolder folder;
  write_burst(folder / "t");
  const TraceSummary summary = summarize_trace(folder / "t");
  CHECK(summary.rows == 1'000);
  CHECK(summary.mean_requests_per_s == 10.0);
  // Second 60 has its 8 ticks and the 200; minute 1 has 320 ticks and the 200.
  CHECK(summary.peak_1s.requests_per_s == 208.0);
  CHECK(summary.peak_1s.start == kDefaultOrigin + 60s);
  CHECK(summary.peak_1min.requests_per_s == doctest::Approx(520.0 / 60));
  CHECK(summary.peak_1min.start == kDefaultOrigin + 60s);
  CHECK(summary.work.mean == 500'500us);
  CHECK(within_a_percent(summary.work.p50, 500ms));
  CHECK(within_a_percent(summary.work.p90, 900ms));
  CHECK(within_a_percent(summary.work.p99, 990ms));
  CHECK(within_a_percent(summary.work.p999, 999ms));
  CHECK(summary.work.max == 1s);
  CHECK(summary.wait.max == 0ns);
  CHECK(summary.bytes_out.p50 == 10);
  CHECK(summary.columns == std::vector<std::string>{"work", "bytes_out"});
  REQUIRE(summary.kinds.size() == 2);
  CHECK(summary.kinds[0] == std::pair<std::string, std::uint64_t>{"queue", 800});
  CHECK(summary.kinds[1] == std::pair<std::string, std::uint64_t>{"sync", 200});
  REQUIRE(summary.routes.size() == 2);
  CHECK(summary.routes[0].name == "slow");
  CHECK(summary.routes[0].rows == 800);
}

TEST_CASE("the text says what was measured, drawn and dropped, and no name breaks a line") {
  const TempFolder folder;
  write_burst(folder / "t");
  const std::string text = to_text(summarize_trace(folder / "t"), 20);
  CHECK(contains(text, "requests      1,000 on 2 routes\n"));
  CHECK(contains(text, "span          2026-01-05T00:00:00Z to 2026-01-05T00:01:40Z (1m40s)\n"));
  CHECK(contains(text, "mean rate     10.0/s\n"));
  CHECK(contains(text, "peak second   208.0/s from 2026-01-05T00:01:00Z\n"));
  CHECK(contains(text, "kinds         queue 80.00 %, sync 20.00 %\n"));
  CHECK(contains(text, "           800  80.00 %  queue             256  slow\n"));
  CHECK(contains(text, "           200  20.00 %  sync                -  burst \"\\??\n"));
  CHECK(contains(text,
                 "  1. import csv file=a.csv\n"
                 "     measured  arrival\n"
                 "     drawn     work: constant\n"
                 "     dropped   bad rows: 1,234\n"));
  CHECK(contains(to_text(summarize_trace(folder / "t"), 1), "           200  20.00 %  in 1 more"));
}

TEST_CASE("the JSON escapes what a name may hold") {
  const TempFolder folder;
  write_burst(folder / "t");
  const std::string json = to_json(summarize_trace(folder / "t"));
  CHECK(contains(json, "\"name\": \"burst \\\"\\\\\\u000a\\ufffd\""));
  CHECK(contains(json, "\"requests\": 1000,\n"));
  CHECK(contains(json,
                 "\"memory_size_mib\": 256, \"attributes\": [[\"memory_used_p99_mib\", \"211\"], "
                 "[\"trigger\", \"queue\"]]}"));
  CHECK(contains(json, "\"requests_by_kind\": {\"queue\": 800, \"sync\": 200}"));
  CHECK(contains(json,
                 "\"peak_1s\": {\"requests_per_s\": 208.000000, \"start\": "
                 "\"2026-01-05T00:01:00Z\"}"));
}

TEST_CASE("an empty trace has a summary without a division by zero") {
  const TempFolder folder;
  Writer(folder / "t", kDefaultOrigin, Durations::kOneDuration).commit();
  const TraceSummary summary = summarize_trace(folder / "t");
  CHECK(summary.mean_requests_per_s == 0);
  CHECK(contains(to_text(summary, 20), "requests      0 on 0 routes\n"));
  CHECK(contains(to_json(summary), "\"peak_1s\": null"));
}

TEST_CASE("head prints the first rows as CSV, quoted where they must be") {
  const TempFolder folder;
  Writer writer(folder / "t", kDefaultOrigin, Durations::kWorkAndWait);
  writer.add_route({.name = "GET /a,b \"c\"", .kind = InvocationKind::kAsync});
  writer.add({.arrival = kDefaultOrigin + 1ns,
              .work = 12'345us,
              .wait = 2s,
              .bytes_in = 7,
              .init = 250ms});
  writer.add({.arrival = kDefaultOrigin + 1s, .bytes_out = 9});
  writer.commit();
  std::ostringstream two, one;
  print_trace_head(folder / "t", 2, two);
  CHECK(two.str() ==
        "arrival,route,kind,work_ms,wait_ms,bytes_in,bytes_out,init_ms\n"
        "2026-01-05T00:00:00.000000001Z,\"GET /a,b \"\"c\"\"\",async,12.345,2000,7,0,250\n"
        "2026-01-05T00:00:01Z,\"GET /a,b \"\"c\"\"\",async,0,0,0,9,0\n");
  print_trace_head(folder / "t", 1, one);
  CHECK(one.str() == two.str().substr(0, one.str().size()));
  CHECK(one.str().size() < two.str().size());
}
