#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "import_support.h"
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

ImportOptions law() {
  ImportOptions options;
  options.service_time = "50ms";
  options.arrivals = "start";
  return options;
}

Imported run(const std::vector<std::string>& texts, ImportOptions options = law()) {
  const Folder folder;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    options.inputs.push_back(folder.write("a" + std::to_string(i), texts[i]));
  }
  options.out = folder / "t.skytrace";
  ImportReport report = import_trace(options);
  return {report, contents(options.out)};
}

std::string refusal(const std::string& text, const ImportOptions& options = law()) {
  const std::string error = error_of([&] { run({text}, options); });
  return error.substr(std::min(error.find("/a0"), error.size()));
}

using Dropped = std::vector<std::pair<std::string, std::uint64_t>>;

TEST_CASE("datapoints in no order are a series, and a period without one has no requests") {
  // Five minutes are the shortest distance; 10:05 and 10:10 are not there.
  const Imported imported = run({R"({
    "Label": "RequestCount",
    "Datapoints": [
        {"Timestamp": "2026-03-02T10:20:00+00:00", "Sum": 1.0, "Unit": "Count"},
        {"Timestamp": "2026-03-02T10:00:00+00:00", "Sum": 2.0, "Unit": "Count"},
        {"Timestamp": "2026-03-02T12:15:00+02:00", "Sum": 1e0, "Unit": "Count"}
    ]
})"});
  CHECK(imported.report.format == "cloudwatch-metric");
  CHECK(imported.trace.rows_text() ==
        "2026-03-02T10:00:00Z RequestCount 50ms+0s 0 0\n"
        "2026-03-02T10:00:00Z RequestCount 50ms+0s 0 0\n"
        "2026-03-02T10:15:00Z RequestCount 50ms+0s 0 0\n"
        "2026-03-02T10:20:00Z RequestCount 50ms+0s 0 0\n");
  CHECK(imported.trace.info.end - imported.trace.info.start == std::chrono::minutes(25));
  CHECK(imported.trace.info.origin == imported.trace.info.start);
  CHECK(imported.report.dropped ==
        Dropped{{"periods missing in the series, taken as 0 requests", 2}});
}

TEST_CASE("each result of get-metric-data is a route, and pages of one go together") {
  const std::string first = R"({"MetricDataResults": [
    {"Id": "a", "Label": "checkout", "Timestamps": ["2026-03-02T10:01:00Z", "2026-03-02T10:00:00Z"], "Values": [1.0, 2.0]},
    {"Id": "b", "Label": "cart", "Timestamps": ["2026-03-02T10:02:00Z", "2026-03-02T10:00:00Z"], "Values": [1, 1]}],
    "NextToken": "x"})";
  const std::string second = R"({"MetricDataResults": [
    {"Id": "a", "Label": "checkout", "Timestamps": ["2026-03-02T10:03:00Z"], "Values": [1]}]})";
  const std::string rows =
      "2026-03-02T10:00:00Z cart 50ms+0s 0 0\n"
      "2026-03-02T10:00:00Z checkout 50ms+0s 0 0\n"
      "2026-03-02T10:00:00Z checkout 50ms+0s 0 0\n"
      "2026-03-02T10:01:00Z checkout 50ms+0s 0 0\n"
      "2026-03-02T10:02:00Z cart 50ms+0s 0 0\n"
      "2026-03-02T10:03:00Z checkout 50ms+0s 0 0\n";
  ImportOptions minutes = law();
  minutes.step = "1m";
  CHECK(run({first, second}, minutes).trace.rows_text() == rows);
  CHECK(run({first + "\n" + second}, minutes).trace.rows_text() == rows);
  CHECK(run({second},
            [&] {
              ImportOptions options = minutes;
              options.route = "all";
              return options;
            }())
            .trace.rows_text() == "2026-03-02T10:03:00Z all 50ms+0s 0 0\n");
  minutes.route = "all";
  CHECK(error_of([&] { run({first}, minutes); }) == "--route: names one series, but there are 2");
}

TEST_CASE("what is no count of requests is refused, and so is what lacks a law") {
  const auto with = [](const std::string& point) {
    return R"({"Label": "x", "Datapoints": [{"Timestamp": "2026-03-02T10:00:00Z", "Sum": 1}, )" +
           point + "]}";
  };
  CHECK(refusal(with(R"({"Timestamp": "2026-03-02T10:01:00Z", "Average": 1.5})")) ==
        "/a0: a datapoint has no Sum; ask for --statistics Sum");
  CHECK(refusal(with(R"({"Timestamp": "2026-03-02T10:01:00Z", "Sum": 1.5})")) ==
        "/a0: a count must be a whole number: '1.5' at 2026-03-02T10:01:00Z");
  CHECK(refusal(with(R"({"Timestamp": "noon", "Sum": 1})")) ==
        "/a0: the timestamp is not a time: 'noon'");
  CHECK(error_of([] {
          run({R"({"Datapoints": [{"Timestamp": "2026-03-02T10:00:00Z", "Sum": 1}]})"});
        }) == "one period alone needs --step");
  CHECK(refusal(R"({"Label": "x", "Datapoints": []})") == "/a0: there are no counts to import");
  CHECK(refusal(R"({"Label": "x", "Datapoints": [)") == "/a0: the JSON text is cut short");
  CHECK(refusal(
            R"({"MetricDataResults": [{"Timestamps": ["2026-03-02T10:00:00Z"], "Values": []}]})") ==
        "/a0: a result has not as many Timestamps as Values");
  CHECK(error_of([&] {
          run({with(R"({"Timestamp": "2026-03-02T10:01:00Z", "Sum": 1})")}, {});
        }).starts_with("cloudwatch-metric: counts have no durations; --service-time"));
}

TEST_CASE("two weeks of a real load balancer's RequestCount are as many requests as their sum") {
  const std::filesystem::path path =
      testing::real_trace("nab_cloudwatch/elb_request_count_8c0756.csv.gz");
  SKIP_WITHOUT_TRACE(path);
  const Folder folder;
  ImportOptions options = law();
  options.inputs = {path.string()};
  options.out = folder / "t.skytrace";
  const ImportReport report = import_trace(options);
  // gzip -dc FILE | awk -F, 'NR > 1 {s += $2; n++} END {print s, n}'; the gaps by its times.
  CHECK(report.rows == 249'327);
  CHECK(report.end - report.start == std::chrono::minutes(5) * (4032 + 8));
  CHECK(report.dropped == Dropped{{"periods missing in the series, taken as 0 requests", 8}});
}

}  // namespace
}  // namespace skyreplay::trace
