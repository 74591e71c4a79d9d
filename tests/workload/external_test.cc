#include "workload/external.h"

#include <doctest/doctest.h>

#include "support/run_world.h"

namespace skyreplay::workload {
namespace {

using metrics::Outcome;
using testing::RowSource;
using testing::RunResult;
using namespace std::chrono_literals;

RunResult run(const std::string& external, const std::vector<RowSource::Row>& rows,
              const std::string& top = "") {
  RowSource source({{.name = "r"}}, rows, 100s);
  return {"version: 1\n" + top + "services: {db: {external: {" + external + "}}}\n", source};
}

TEST_CASE("an external service takes its latency, and the request's own time on top") {
  const RunResult result = run("latency: 100ms", {{1s, 1s, 2s}});
  CHECK(result.service(0).latency_max_ns == 3'100'000'000);
  CHECK(result.service(0).parts.wait == 2'100'000'000);
}

TEST_CASE("beyond max_connections requests wait in order, or are refused") {
  const std::vector<RowSource::Row> rows = {{1s, 0s}, {1s, 0s}, {1s, 0s}};
  const RunResult waits = run("latency: 1s, max_connections: 1", rows);
  CHECK(waits.service(0).latency_max_ns == 3'000'000'000);
  CHECK(waits.service(0).parts.queue == 3'000'000'000);  // 1 s and 2 s
  CHECK(waits.summary.services[0].usage.queue_depth_max == 2);
  const RunResult refuses = run("latency: 1s, max_connections: 1, when_full: refuse", rows);
  CHECK(refuses.outcome(Outcome::kRefused) == 2);
}

TEST_CASE("each request that gets a connection is billed at the scenario's price") {
  const RunResult result =
      run("latency: 1s, max_connections: 1, when_full: refuse, price_per_request: 0.0000015",
          {{1s, 0s}, {1s, 0s}, {5s, 0s}});
  REQUIRE(result.bill.size() == 1);
  CHECK(result.bill[0].line_item == "external.requests");
  CHECK(result.bill[0].quantity == "2");
  CHECK(result.bill[0].amount == 3'000);
}

TEST_CASE("an attempt that its client left keeps its connection, and a retry draws anew") {
  const RunResult result =
      run("latency: 3s, max_connections: 1", {{1s, 0s}},
          "workload: {client: {timeout: 2s, max_attempts: 2, backoff: {base: 0s}}}\n");
  // Left at 3 s; the retry waits until 4 s and would end at 7 s: its client leaves at 5 s.
  CHECK(result.outcome(Outcome::kClientTimeout) == 1);
  CHECK(result.summary.services[0].usage.in_flight_max == 1);
}

}  // namespace
}  // namespace skyreplay::workload
