#include <doctest/doctest.h>

#include <algorithm>
#include <map>

#include "trace/import_support.h"

namespace skyreplay::trace {
namespace {

using namespace std::chrono_literals;
using testing::contents;
using testing::Contents;
using testing::error_of;
using testing::Folder;

struct Counts {
  Folder folder;
  ImportOptions options;
  ImportReport report;

  Counts() {
    options.step = "1s";
    options.service_time = "50ms";
  }
  Contents run(const std::string& text) {
    options.inputs = {folder.write("in.txt", text)};
    options.out = folder.path() / "out.skytrace";
    report = import_trace(options);
    return contents(options.out);
  }
  std::string error(const std::string& text) {
    const std::string message = error_of([&] { run(text); });
    const std::string prefix = folder.path().string() + "/";
    return message.starts_with(prefix) ? message.substr(prefix.size()) : message;
  }
};

std::map<std::int64_t, int> per_step(const Contents& trace, Duration step) {
  std::map<std::int64_t, int> counts;
  for (const Row& row : trace.rows) ++counts[(row.arrival - trace.info.start) / step];
  return counts;
}

TEST_CASE("each count is kept in its period, parted by blanks or line ends") {
  Counts counts;
  const Contents trace = counts.run("3 0\n\n2\t1\r\n0");
  CHECK(counts.report.format == "counts");
  CHECK(per_step(trace, 1s) == std::map<std::int64_t, int>{{0, 3}, {2, 2}, {3, 1}});
  CHECK(trace.info.start == kDefaultOrigin);
  CHECK(trace.info.end == kDefaultOrigin + 5s);
  CHECK(trace.info.routes[0].name == "all");
  CHECK(trace.rows[0].work == 50ms);
}

TEST_CASE("timestamps set the origin and the step, and missing periods count as none") {
  Counts counts;
  counts.options.step.clear();
  const Contents trace = counts.run(
      "timestamp,value\n2014-04-10 00:04:00,2\n2014-04-10 00:09:00,1.0\n2014-04-10 00:24:00,4\n");
  CHECK(trace.info.start ==
        TimePoint{std::chrono::sys_days{std::chrono::year(2014) / 4 / 10}} + 4min);
  CHECK(trace.info.end == trace.info.start + 25min);
  CHECK(per_step(trace, 5min) == std::map<std::int64_t, int>{{0, 2}, {1, 1}, {4, 4}});
  CHECK(counts.report.dropped == std::vector<std::pair<std::string, std::uint64_t>>{
                                     {"periods missing in the series, taken as 0 requests", 2}});
  counts.options.origin = to_rfc3339(kDefaultOrigin);
  CHECK(counts.run("2014-04-10 00:04:00,2\n2014-04-10 00:09:00,1\n").info.start == kDefaultOrigin);
}

TEST_CASE("the arrival law and the seed decide where the calls lie") {
  Counts counts;
  counts.options.arrivals = "equidistant";
  CHECK(counts.run("2\n").rows[0].arrival == kDefaultOrigin + 250ms);
  counts.options.arrivals = "poisson";
  const std::string one = counts.run("5 5\n").rows_text();
  CHECK(counts.run("5 5\n").rows_text() == one);
  counts.options.seed = 2;
  CHECK(counts.run("5 5\n").rows_text() != one);
  CHECK(counts.report.rows == 10);
}

TEST_CASE("what is missing or wrong is named with its place") {
  Counts counts;
  CHECK(counts.error("1\n2 x3\n") == "in.txt:2:3: a count must be a whole number: 'x3'");
  CHECK(counts.error("1\n2.5\n") == "in.txt:2:1: a count must be a whole number: '2.5'");
  CHECK(counts.error("1 nan\n") == "in.txt:1:3: a count must be a whole number: 'nan'");
  CHECK(counts.error("1 -2\n") == "in.txt:1:3: a count must not be negative: '-2'");
  CHECK(counts.error("1000000001\n") ==
        "in.txt:1:1: a count above 1,000,000,000 in one period: '1000000001'");
  CHECK(counts.error("2026-01-05,1\n2026-01-05T00:00:01Z,x\n") ==
        "in.txt:2:22: a count must be a whole number: 'x'");
  CHECK(counts.error("2026-01-05,1\n1960-01-05,2\n") ==
        "in.txt:2:1: the timestamp lies before 1970: '1960-01-05'");
  CHECK(counts.error("2026-01-05,1\n2026-01-05T00:00:01Z,1\n2026-01-05T00:00:01Z,1\n") ==
        "in.txt:3:1: the timestamp does not come after the one above it: 2026-01-05T00:00:01Z");
  CHECK(counts.error("2026-01-05,1\n2026-01-05T00:00:01.5Z,1\n") ==
        "in.txt:2:1: the timestamp is not a whole number of steps after the first: "
        "2026-01-05T00:00:01.5Z, step 1s");
  CHECK(counts.error("2026-01-05,1\n2026-01-05T00:00:01Z,1\n2026-01-05T00:00:01.5Z,1\n") ==
        "in.txt:3:1: the timestamp is not a whole number of steps after the first: "
        "2026-01-05T00:00:01.5Z, step 1s");
  counts.options.format = "counts";
  CHECK(counts.error("  \n") == "in.txt: there are no counts to import");
  counts.options.step.clear();
  CHECK(counts.error("1 2\n") ==
        "counts: --step is needed: the length of one period, such as 1s, 1m or 5m");
  counts.options.service_time.clear();
  CHECK(counts.error("1 2\n") ==
        "counts: a series has no durations; --service-time gives a law, such as 50ms or "
        "'{lognormal: {p50: 20ms, p99: 400ms}}'");
}

TEST_CASE("a skipped count leaves its period empty and moves no other") {
  Counts counts;
  counts.options.skip_bad_rows = true;
  CHECK(per_step(counts.run("3 x 2\n"), 1s) == std::map<std::int64_t, int>{{0, 3}, {2, 2}});
  CHECK(counts.report.dropped == std::vector<std::pair<std::string, std::uint64_t>>{
                                     {"bad row: a count must be a whole number", 1}});
}

TEST_CASE("the real series of a web server keeps its sum") {
  const auto path = skyreplay::testing::real_trace("autothrottle/bursty.txt");
  SKIP_WITHOUT_TRACE(path);
  Counts counts;
  counts.options.inputs = {path.string()};
  counts.options.out = counts.folder.path() / "out.skytrace";
  const ImportReport report = import_trace(counts.options);
  CHECK(report.end - report.start == 3600s);
  std::uint64_t sum = 0;
  std::ifstream in(path);
  for (std::uint64_t count = 0; in >> count;) sum += count;
  CHECK(report.rows == sum);
}

}  // namespace
}  // namespace skyreplay::trace
