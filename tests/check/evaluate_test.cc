#include "check/evaluate.h"

#include <doctest/doctest.h>

#include <string>

#include "check/cloudwatch_metric.h"
#include "core/error.h"
#include "support/small_result.h"
#include "support/temp_folder.h"
#include "sweep/spans.h"

namespace skyreplay::check {
namespace {

const std::string kWeb = "=web,\"b\"";

/// What the hand-made result says of one left side, against a value that need not hold.
Measurement measure(const std::string& left, const std::string& right = "> 0ns") {
  const testing::SmallResult result;
  return evaluate(parse_requirement(left + " " + right),
                  sweep::span_of(result.header, result.summary));
}

std::string mistake(const std::string& text) {
  return testing::message_of<InputError>([&] { measure(text, ""); });
}

// Latencies: fn/a has buckets 100, 954, 1051, the other service 1018; their midpoints are 100,
// 122 x 2^13 + 4,095 = 1,003,519, 91 x 2^15 + 16,383 = 2,998,271 and 122 x 2^14 + 8,191 =
// 2,007,039.
TEST_CASE("percentiles come from the merged histogram, by nearest rank") {
  CHECK(measure("p25(latency of *)").value == 100);
  CHECK(measure("p50(latency of *)").value == 1'003'519);
  CHECK(measure("p50.0001(latency of *)").value == 2'007'039);
  CHECK(measure("p75(latency of *)").value == 2'007'039);
  CHECK(measure("p99.9(latency of *)").value == 2'998'271);
  CHECK(measure("min(latency of *)").value == 100);
  CHECK(measure("max(latency of *)").value == 3'000'000);
}

TEST_CASE("a percentile is never above the largest latency") {
  CHECK(measure("p99(latency of " + kWeb + ")").value == 1'999'000);
}

// Parts of fn/a: 2,000,000 + 1,500,000 - 100,000 + 600,000 + 100 = 4,000,100 over 3 requests.
TEST_CASE("averages are exact sums, compared as quotients") {
  CHECK(measure("avg(latency of fn/a)").value == 1'333'367);
  CHECK(measure("sum(latency of fn/a)").value == 4'000'100);
  CHECK(measure("count(latency of fn/a)", "== 3").holds);
  CHECK(measure("avg(latency of fn/a)", "< 1333367ns").holds);
  CHECK_FALSE(measure("avg(latency of fn/a)", "== 1333367ns").holds);
  CHECK(measure("avg(latency of fn/a)", "> 1333366ns").holds);
  CHECK(measure("avg(overhead of fn/a)").value == 633'367);  // 1,900,100 / 3
  CHECK(measure("avg(init of fn/a)").value == 666'667);
  CHECK(measure("avg(cpu_stretch of fn/a)", "< 0ns").value == -33'333);
}

// 15 arrivals: 4 completed, 3 errors, 1 throttle, 1 + 2 timeouts, 3 refused, 1 in flight.
TEST_CASE("the average of a counted outcome is its share of the arrivals") {
  CHECK(measure("sum(errors of *)", "== 3").holds);
  CHECK(measure("avg(errors of *)", "== 20 %").holds);
  CHECK(measure("sum(timeouts of *)", "== 3").holds);
  CHECK(measure("sum(client_timeouts of *)", "== 1").holds);
  CHECK(measure("sum(server_timeouts of *)", "== 2").holds);
  CHECK(measure("count(failures of *)", "== 10").holds);
  CHECK(measure("avg(failures of *)", "> 0 %").value == 666'666'667);
  CHECK(measure("avg(completions of *)", "< 26.67 %").holds);
  CHECK(measure("sum(throttles of fn/a)", ">= 1").holds);
  // One service's requests are 10 arrivals and 7 calls, 2 of which failed.
  CHECK(measure("avg(errors of " + kWeb + ")", "> 0 %").value == 117'647'059);
}

TEST_CASE("cold starts are a share of the attempts") {
  CHECK(measure("avg(cold_starts of fn/a)", "> 0 %").value == 333'333'333);  // 2 of 6
}

// Over a horizon of 102.5 s: 135 requests x s waiting, 165 instances x s, 120 of 330 vCPU x s.
TEST_CASE("what is a number over time has its time mean and its peak") {
  CHECK(measure("avg(queue_depth of " + kWeb + ")", "> 0").value == 1'317'073'171);
  CHECK(measure("max(queue_depth of " + kWeb + ")", "== 9").holds);
  CHECK(measure("max(capacity_running of fn/a)", "== 3").holds);
  CHECK(measure("avg(cpu_utilization of " + kWeb + ")", "> 0 %").value == 363'636'364);
  CHECK(measure("avg(in_flight of *)", "> 0").value == 682'926'829);  // 70 / 102.5
}

// 240 and 75 instances x s over 102.5 s.
TEST_CASE("what is desired and what is pending have their time mean") {
  CHECK(measure("avg(capacity_desired of " + kWeb + ")", "> 0").value == 2'341'463'415);
  CHECK(measure("avg(capacity_pending of " + kWeb + ")", "> 0").value == 731'707'317);
  CHECK(mistake("avg(capacity_desired of fn/a) < 1") ==
        "fn/a has no capacity_desired: it has no meaning on lambda");
}

TEST_CASE("a metric by CloudWatch's name is what windows hold of it") {
  const testing::SmallResult result;
  const Span span = sweep::span_of(result.header, result.summary);
  const auto of_fn = [&](const std::string& name, const std::string& condition) {
    const MetricRule& rule = find_cloudwatch_metric("AWS/Lambda", name).rule;
    return evaluate(parse_requirement("sum(" + name + " of fn/a) " + condition, &rule), span).holds;
  };
  CHECK(of_fn("Invocations", "== 5"));  // 6 attempts, one of which was throttled
  CHECK(of_fn("Throttles", "== 1"));
  CHECK(of_fn("Errors", "== 1"));
  // Of 4,000,100 ns of latency, 2,000,000 were initialization and 100 went by before a retry.
  CHECK(of_fn("Duration", "== 2000000ns"));
}

TEST_CASE("events have counts and ages where something feeds them") {
  testing::SmallResult result;
  result.summary.services[0].usage.events = {.received = 5,
                                             .invoked = 4,
                                             .dropped = 2,
                                             .dead_letters = 1,
                                             .age_us = 10'002,
                                             .age_max_us = 7'000};
  const auto measured = [&](const std::string& text, const MetricRule* rule = nullptr) {
    const Span span = sweep::span_of(result.header, result.summary);
    return evaluate(parse_requirement(text, rule), span);
  };
  CHECK_THROWS_WITH(measured("sum(events_dropped of fn/a) < 3"),
                    "fn/a has no events_dropped: nothing feeds it such events");
  result.header.services[0].event_source = "async";
  CHECK(measured("sum(events_received of fn/a) == 5").holds);
  CHECK(measured("sum(events_dropped of *) == 2").holds);
  CHECK(measured("count(dead_letters of fn/a) == 1").holds);
  CHECK(measured("max(event_age of fn/a) == 7ms").holds);
  CHECK(measured("avg(event_age of fn/a) == 2500500ns").holds);
  const MetricRule& age = find_cloudwatch_metric("AWS/Lambda", "AsyncEventAge").rule;
  CHECK(measured("max(AsyncEventAge of fn/a) == 7ms", &age).holds);
  result.header.services[0].event_source = "sqs";
  CHECK_THROWS_AS(measured("max(AsyncEventAge of fn/a) == 7ms", &age), InputError);
}

TEST_CASE("L100: provisioned concurrency has invocations, spill-overs and a utilization") {
  testing::SmallResult result;
  // Of the horizon's 60 s two were ready, and one of them served for 45 s.
  result.summary.services[0].usage.provisioned = {.invocations = 7,
                                                  .spillovers = 3,
                                                  .busy = 45'000'000,
                                                  .ready = 120'000'000,
                                                  .busy_max = 2,
                                                  .utilization_max_ppm = 1'000'000};
  const auto measured = [&](const std::string& text, const char* cloudwatch = nullptr) {
    const Span span = sweep::span_of(result.header, result.summary);
    return evaluate(
        parse_requirement(text, cloudwatch == nullptr
                                    ? nullptr
                                    : &find_cloudwatch_metric("AWS/Lambda", cloudwatch).rule),
        span);
  };
  CHECK_THROWS_WITH(measured("sum(spillover_invocations of fn/a) < 4"),
                    "fn/a has no spillover_invocations: it has no provisioned concurrency");
  result.header.services[0].has_provisioned = true;
  CHECK(measured("sum(provisioned_invocations of fn/a) == 7").holds);
  CHECK(measured("sum(spillover_invocations of *) == 3").holds);
  CHECK(measured("avg(provisioned_utilization of fn/a) == 37.5%").holds);
  CHECK(measured("max(provisioned_utilization of fn/a) == 100%").holds);
  CHECK(measured("max(ProvisionedConcurrentExecutions of fn/a) == 2",
                 "ProvisionedConcurrentExecutions")
            .holds);
  CHECK(measured("count(ProvisionedConcurrencySpilloverInvocations of fn/a) == 3",
                 "ProvisionedConcurrencySpilloverInvocations")
            .holds);
}

TEST_CASE("L42, L43, L100: functions that are counted as CloudWatch does have its metrics") {
  testing::SmallResult result;
  result.summary.services[0].usage.function = {.invocations = 9,
                                               .ended = 4,
                                               .duration_us = 10'000,
                                               .duration_max_us = 7'000,
                                               .errors = 1,
                                               .throttles = 3,
                                               .concurrent_executions_max = 3,
                                               .account_concurrent_executions_max = 5,
                                               .unreserved_concurrent_executions_max = 4,
                                               .claimed_account_concurrency_max = 24,
                                               .recursive_invocations_dropped = 6};
  const auto measured = [&](const std::string& text, const char* cloudwatch = nullptr) {
    const Span span = sweep::span_of(result.header, result.summary);
    return evaluate(
        parse_requirement(text, cloudwatch == nullptr
                                    ? nullptr
                                    : &find_cloudwatch_metric("AWS/Lambda", cloudwatch).rule),
        span);
  };
  CHECK_THROWS_WITH(
      measured("max(concurrent_executions of fn/a) < 4"),
      "fn/a has no concurrent_executions: it is not counted: set recorder.lambda_metrics to true");
  CHECK_THROWS_WITH(measured("sum(recursive_invocations_dropped of fn/a) < 4"),
                    "fn/a has no recursive_invocations_dropped: its calls do not come back to it");
  result.header.services[0].has_lambda_metrics = true;
  result.header.services[0].is_in_loop = true;
  CHECK(measured("max(concurrent_executions of fn/a) == 3").holds);
  CHECK(measured("max(concurrent_executions of *) == 5").holds);
  CHECK(measured("max(ConcurrentExecutions of *) == 5", "ConcurrentExecutions").holds);
  CHECK(measured("max(UnreservedConcurrentExecutions of *) == 4", "UnreservedConcurrentExecutions")
            .holds);
  CHECK(measured("max(ClaimedAccountConcurrency of *) == 24", "ClaimedAccountConcurrency").holds);
  CHECK_THROWS_WITH(measured("max(claimed_account_concurrency of fn/a) < 4"),
                    "fn/a has no claimed_account_concurrency: it is the account's: name *");
  CHECK(measured("sum(Invocations of fn/a) == 9", "Invocations").holds);
  CHECK(measured("sum(Errors of fn/a) == 1", "Errors").holds);
  CHECK(measured("sum(Throttles of fn/a) == 3", "Throttles").holds);
  CHECK(measured("avg(Throttles of fn/a) == 25%", "Throttles").holds);
  CHECK(measured("avg(Duration of fn/a) == 2.5ms", "Duration").holds);
  CHECK(measured("max(Duration of fn/a) == 7ms", "Duration").holds);
  CHECK(measured("max(duration of fn/a) == 7ms").holds);
  CHECK(measured("sum(invocation_throttles of fn/a) == 3").holds);
  CHECK(measured("sum(RecursiveInvocationsDropped of fn/a) == 6", "RecursiveInvocationsDropped")
            .holds);
}

TEST_CASE("cost is the bill's, to the last digit") {
  CHECK(measure("sum(cost of *)", "== 0.001236565 USD").holds);
  CHECK(measure("sum(cost of fn)", "== 0.001235566 USD").holds);
}

TEST_CASE("a route is asked for by its service and its name, and has no capacity of its own") {
  CHECK(measure("p50(latency of fn/a/GET /a)").value == 1'003'519);
  CHECK(mistake("max(capacity_running of fn/a/GET /a) < 1") ==
        "fn/a/GET /a has no capacity_running: a route's service has it, not the route");
}

TEST_CASE("services made for each route are taken together under the name before the slash") {
  testing::SmallResult result;
  result.header.services[1].name = "fn/b";
  const Span span = sweep::span_of(result.header, result.summary);
  CHECK(evaluate(parse_requirement("p75(latency of fn) > 0s"), span).value == 2'007'039);
  CHECK(evaluate(parse_requirement("sum(errors of fn) == 3"), span).holds);
  CHECK(evaluate(parse_requirement("sum(cost of fn) == 0.001236565 USD"), span).holds);
  CHECK(
      testing::message_of<InputError>(
          [&] { evaluate(parse_requirement("max(capacity_running of fn) < 9"), span); }) ==
      "fn has no capacity_running: services peak at different times; name one of them for its max");
}

TEST_CASE("a metric that a service does not have is refused with its platform") {
  CHECK(mistake("avg(cold_starts of " + kWeb + ") < 1 %") ==
        kWeb + " has no cold_starts: it has no meaning on ec2");
  CHECK(mistake("avg(queue of fn/a) < 1s") == "fn/a has no queue: it has no meaning on lambda");
  CHECK(mistake("avg(cpu_utilization of fn/a) < 1 %") ==
        "fn/a has no cpu_utilization: it has no meaning on lambda");
  CHECK(mistake("p99(latency of fn/b) < 1s") == "no service 'fn/b', did you mean 'fn/a'?");
  CHECK(mistake("p99(latency of elsewhere) < 1s") ==
        "no service 'elsewhere'; there is fn/a, " + kWeb + ", and * for everything");
}

TEST_CASE("nothing holds of what was never measured") {
  testing::SmallResult result;
  result.summary.overall = {};
  const Span span = sweep::span_of(result.header, result.summary);
  for (const char* text : {"p99(latency of *) < 1s", "p99(latency of *) >= 0s",
                           "avg(latency of *) < 1s", "avg(errors of *) == 0 %"}) {
    const Measurement measured = evaluate(parse_requirement(text), span);
    CHECK_FALSE(measured.known);
    CHECK_FALSE(measured.holds);
  }
  CHECK(evaluate(parse_requirement("sum(errors of *) == 0"), span).holds);
}

}  // namespace
}  // namespace skyreplay::check
