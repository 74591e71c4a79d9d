// Functions as CloudWatch counts them, in whole runs.
#include <doctest/doctest.h>

#include "support/run_world.h"

namespace skyreplay::replay {
namespace {

using testing::RowSource;
using testing::RunResult;
using namespace std::chrono_literals;

constexpr const char* kAtOnce = "assumed: {init_duration: 0s, platform_init_duration: 0s";

/// Functions a and b, whose work is unstretched, of 10 s at most; they start at once.
std::string scenario(const std::string& a, const std::string& b, const std::string& top = "") {
  const auto function = [](const std::string& more) {
    return "{lambda: {memory_size: 1769, timeout: 10, " + more +
           (more.find("assumed") == std::string::npos ? kAtOnce + std::string("}") : "") + "}}\n";
  };
  return "version: 1\nrecorder: {lambda_metrics: true}\nroutes: [{match: a, service: a}, {match: "
         "b, service: b}]\nservices:\n  a: " +
         function(a) + "  b: " + function(b) + top;
}

RowSource rows(const std::vector<RowSource::Row>& rows, Duration end = 60s) {
  return {{{.name = "a"}, {.name = "b"}}, rows, end};
}

const metrics::FunctionCounts& first(const RunResult& result, std::size_t row = 0) {
  return result.timeline[row].row.function;
}

// a has 1, 2 and 1 in flight, b joins at 3 s: three together from then to 5 s.
TEST_CASE("L42: a window has the most requests in flight of a function, and of the account") {
  RowSource source = rows({{1s, 4s, 0s, 0}, {2s, 6s, 0s, 0}, {3s, 4s, 0s, 1}});
  const RunResult result(scenario("", ""), source);
  CHECK(first(result, 0).concurrent_executions_max == 2);
  CHECK(first(result, 1).concurrent_executions_max == 1);
  for (const std::size_t row : {std::size_t{0}, std::size_t{1}}) {
    CHECK(first(result, row).account_concurrent_executions_max == 3);
    CHECK(first(result, row).unreserved_concurrent_executions_max == 3);
    CHECK(first(result, row).claimed_account_concurrency_max == 3);
  }
  CHECK(result.summary.services[0].usage.function.concurrent_executions_max == 2);
}

// Both run over 60 s: the second window begins with them, though nothing begins in it.
TEST_CASE("L42: what still runs when a window begins is that window's too") {
  RowSource source = rows({{55s, 8s, 0s, 0}, {56s, 2s, 0s, 0}, {57s, 9s, 0s, 0}}, 120s);
  const RunResult result(scenario("", ""), source);
  CHECK(first(result, 0).concurrent_executions_max == 3);
  CHECK(first(result, 1).concurrent_executions_max == 2);
  CHECK(first(result, 1).account_concurrent_executions_max == 2);
  CHECK(first(result, 1).invocations == 0);
  CHECK(first(result, 1).ended == 2);
}

// 20 reserved and 3 provisioned without a reservation are claimed before anybody comes.
TEST_CASE("L43: reserved and provisioned concurrency are claimed, used or not") {
  RowSource source = rows({{1s, 1s, 0s, 0}, {1s, 1s, 0s, 1}, {1s, 1s, 0s, 1}});
  const RunResult result(
      scenario("reserved_concurrent_executions: 20, ",
               "provisioned_concurrency_config: {provisioned_concurrent_executions: 1}, "),
      source);
  const metrics::FunctionCounts& counts = first(result);
  CHECK(counts.account_concurrent_executions_max == 3);
  CHECK(counts.unreserved_concurrent_executions_max == 1);  // what spills over
  CHECK(counts.claimed_account_concurrency_max == 20 + 1 + 1);
  CHECK(first(result, 1).concurrent_executions_max == 2);
}

TEST_CASE("L43: a reservation that grows is claimed from then on") {
  RowSource source = rows({{1s, 1s, 0s, 0}, {70s, 1s, 0s, 0}}, 120s);
  const RunResult result(
      scenario("reserved_concurrent_executions: 20, ", "",
               "changes: [{at: +90s, field: services.a.lambda.reserved_concurrent_executions, "
               "value: 50}]\n"),
      source);
  CHECK(first(result, 0).claimed_account_concurrency_max == 20);
  CHECK(first(result, 1).claimed_account_concurrency_max == 50);
}

// The client tries three times, 100 ms apart: two throttles, and one that is served at 1.2 s.
TEST_CASE("L100: throttles and invocations are counted attempt by attempt") {
  RowSource source = rows({{1s, 150ms, 0s, 0}, {1s, 1s, 0s, 0}});
  const RunResult result(
      scenario("reserved_concurrent_executions: 1, ", "",
               "workload: {client: {max_attempts: 3, backoff: {base: 100ms, jitter: none}}}\n"),
      source);
  CHECK(first(result).throttles == 2);
  CHECK(first(result).invocations == 2);
  CHECK(result.outcome(metrics::Outcome::kThrottle) == 0);
}

// Init of 3 s and the platform's 2 s are not in the duration; what is cut is an error of 10 s.
TEST_CASE("L100: the duration is that of the Invoke phase, and a timeout is an error") {
  RowSource source = rows({{1s, 2s, 0s, 0}, {20s, 30s, 0s, 0}});
  const RunResult result(scenario("assumed: {init_duration: 3s, platform_init_duration: 2s}", ""),
                         source);
  CHECK(first(result).ended == 2);
  CHECK(first(result).duration_us == 12'000'000);
  CHECK(first(result).duration_max_us == 10'000'000);
  CHECK(first(result).duration_mean_ns() == 6'000'000'000);
  CHECK(first(result).errors == 1);
}

TEST_CASE("L7: a crash fails the request, and the next one runs Init inside its invocation") {
  RowSource source = rows({{1s, 1s, 0s, 0}, {30s, 1s, 0s, 0}});
  const RunResult result(
      scenario("assumed: {init_duration: 3s, platform_init_duration: 0s, crash_probability: 1}",
               ""),
      source);
  CHECK(result.outcome(metrics::Outcome::kError) == 2);
  CHECK(result.service(0).counters.cold_starts == 1);
  CHECK(first(result).errors == 2);
  // 1 s after an Init of 3 s before it, and 3 s and 1 s inside; all is billed.
  CHECK(first(result).duration_us == 5'000'000);
  CHECK(result.quantity("lambda.duration_x86") == "13.8203125");  // 8 s of 1,769 MB
}

TEST_CASE("functions are not counted as CloudWatch does unless that is asked for") {
  RowSource source = rows({{1s, 4s, 0s, 0}});
  std::string text = scenario("", "");
  text.replace(text.find("true"), 4, "false");
  CHECK_FALSE(first(RunResult(text, source)).any());
}

// 4.5 s x 1,769 MB = 7.7739... GB-seconds on each side of a coverage of a half, at 12 % less.
TEST_CASE("L95: a Savings Plan pays for a share of the duration, at its discount") {
  RowSource source = rows({{1s, 9s, 0s, 0}});
  const RunResult result(scenario("savings_plan: {discount: 0.12, coverage: 0.5}, ", ""), source);
  CHECK(result.quantity("lambda.duration_x86") == "7.77392578125");
  CHECK(result.quantity("lambda.savings_plan_duration_x86") == "7.77392578125");
  for (const pricing::BillRow& row : result.bill) {
    if (row.line_item == "lambda.duration_x86") CHECK(row.amount == 129'566);
    if (row.line_item != "lambda.savings_plan_duration_x86") continue;
    CHECK(row.unit_price_usd == "0.000014666696");
    CHECK(row.amount == 114'018);
  }
}

TEST_CASE("L95: provisioned concurrency and its duration are paid for likewise, requests are not") {
  RowSource source = rows({{1s, 1s, 0s, 0}});
  const RunResult result(scenario("savings_plan: {discount: 0.1}, provisioned_concurrency_config: "
                                  "{provisioned_concurrent_executions: 1}, ",
                                  ""),
                         source);
  CHECK(result.quantity("lambda.requests_x86") == "1");
  CHECK(result.quantity("lambda.provisioned_duration_x86") == "none");
  CHECK(result.quantity("lambda.savings_plan_provisioned_duration_x86") == "1.7275390625");
  CHECK(result.quantity("lambda.savings_plan_provisioned_concurrency_x86") == "518.26171875");
}

TEST_CASE("L94: an account whose free tier is used up pays for all of the month") {
  RowSource source = rows({{1s, 1s, 0s, 0}}, 3600s);
  const RunResult free(scenario("", ""), source);
  RowSource again = rows({{1s, 1s, 0s, 0}}, 3600s);
  const RunResult paid(scenario("", "", "account: {free_tier: false}\n"), again);
  CHECK(*free.summary.monthly == 0);
  // 730 requests, and 730 x 1.7275390625 GB-seconds.
  CHECK(*paid.summary.monthly == 146'000 + 21'018'434);
}

}  // namespace
}  // namespace skyreplay::replay
