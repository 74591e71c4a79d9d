#include <doctest/doctest.h>

#include "report/render.h"
#include "support/small_result.h"
#include "support/temp_folder.h"

namespace skyreplay::report {
namespace {

std::string summary_of(const testing::SmallResult& small) {
  const testing::TempFolder folder;
  small.write(folder.path());
  render(folder.path());
  return testing::read_file(folder / "summary.json");
}

TEST_CASE("summary.json opens with the conservation counters and the verdict") {
  const std::string json = summary_of({});
  CHECK(
      json.starts_with("{\n"
                       "  \"conservation\": {\n"
                       "    \"trace_requests\": 15,\n"
                       "    \"arrivals\": 15,\n"
                       "    \"completed\": 4,\n"
                       "    \"errors\": 3,\n"
                       "    \"throttles\": 1,\n"
                       "    \"client_timeouts\": 1,\n"
                       "    \"server_timeouts\": 2,\n"
                       "    \"refused\": 3,\n"
                       "    \"dependency_errors\": 0,\n"
                       "    \"in_flight_at_end\": 1,\n"
                       "    \"warm_up_arrivals\": 0,\n"
                       "    \"holds\": true\n"
                       "  },\n"
                       "  \"verdict\": \"overloaded\",\n"));
}

TEST_CASE("a request lost on the way breaks conservation visibly") {
  testing::SmallResult small;
  small.summary.conservation.arrivals += 1;
  CHECK(summary_of(small).find("\"holds\": false") != std::string::npos);
}

TEST_CASE("the slowest percent is reported with its true share and where its time went") {
  // Four completed requests: the highest octave, from 64 << 15 ns on, holds one of them.
  CHECK(summary_of({}).find("    \"slowest\": {\n"
                            "      \"requests\": 1,\n"
                            "      \"share\": 0.25,\n"
                            "      \"from_ms\": 2.097152,\n"
                            "      \"mean_parts_ms\": {\n"
                            "        \"queue\": 0,\n"
                            "        \"init\": 2,\n"
                            "        \"work\": 0.6,\n"
                            "        \"cpu_stretch\": 0,\n"
                            "        \"wait\": 0.4,\n"
                            "        \"downstream\": 0,\n"
                            "        \"retry\": 0\n"
                            "      }\n"
                            "    }") != std::string::npos);
}

TEST_CASE("latency and overhead of all services come from merged histograms and exact sums") {
  // 4,000,100 + 1,998,000 ns over four; overhead leaves out 2 ms of work and 1.1 ms of wait.
  const std::string json = summary_of({});
  CHECK(json.find("    \"latency_ms\": {\n"
                  "      \"mean\": 1.499775,\n"  // 5,999,100 / 4
                  "      \"p50\": 1.003519,\n"
                  "      \"p90\": 2.998271,\n"
                  "      \"p99\": 2.998271,\n"
                  "      \"p99_9\": 2.998271,\n"
                  "      \"max\": 3\n"
                  "    }") != std::string::npos);
  CHECK(json.find("    \"overhead_ms\": {\n"
                  "      \"mean\": 0.724775,\n"  // 2,899,100 / 4
                  "      \"p50\": 0,\n"
                  "      \"p90\": 2.007039,\n") != std::string::npos);
}

TEST_CASE("a service's capacity and queue are means over the horizon beside their peaks") {
  const std::string json = summary_of({});
  // 135 request-seconds of waiting in 102.5 s; 120 of 330 vCPU-seconds.
  CHECK(json.find("\"queue_depth\": {\n        \"mean\": 1.317073,\n        \"max\": 9\n") !=
        std::string::npos);
  CHECK(json.find("\"cpu_utilization\": 36.363636\n") != std::string::npos);
  CHECK(json.find("\"capacity_unit\": \"environments\",\n      \"capacity_running\": {\n"
                  "        \"mean\": 0.707317,\n        \"max\": 3\n") != std::string::npos);
  CHECK(json.find("\"cold_start_share\": 0.333333,\n") != std::string::npos);  // 2 of 6 attempts
}

TEST_CASE("cost stands beside the horizon and the month, names unchanged") {
  const std::string json = summary_of({});
  CHECK(json.find("  \"cost_usd\": 0.001236565,\n"
                  "  \"horizon_h\": 0.028472,\n"  // 102.5 s
                  "  \"monthly_usd\": 31.710000000,\n") != std::string::npos);
  CHECK(json.find("\"name\": \"=web,\\\"b\\\"\"") != std::string::npos);
  CHECK(json.find("\"quantity\": 75889\n") != std::string::npos);
}

TEST_CASE("a month that cannot be estimated is null with its reason") {
  testing::SmallResult small;
  small.summary.monthly.reset();
  small.summary.monthly_unavailable = "the horizon is empty";
  CHECK(summary_of(small).find("  \"monthly_usd\": null,\n"
                               "  \"monthly_unavailable\": \"the horizon is empty\",\n") !=
        std::string::npos);
}

TEST_CASE("the summary of two builds of one result is the same text") {
  testing::SmallResult other;
  other.header.provenance.version = "9.9";
  CHECK(summary_of(other) == summary_of({}));
}

TEST_CASE("without a completed request latencies are null, not 0") {
  testing::SmallResult small;
  small.summary.overall = {};
  const std::string json = summary_of(small);
  CHECK(json.find(
            "    \"latency_ms\": null,\n    \"overhead_ms\": null,\n    \"mean_parts_ms\": null,\n"
            "    \"slowest\": null\n") != std::string::npos);
}

}  // namespace
}  // namespace skyreplay::report
