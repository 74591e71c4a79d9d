// Asynchronous invocation, in whole runs: what a client and a bill see of it.
#include <doctest/doctest.h>

#include "replay/request_story.h"
#include "support/run_world.h"

namespace skyreplay::replay {
namespace {

using metrics::Outcome;
using testing::RowSource;
using testing::RunResult;
using namespace std::chrono_literals;

/// One function that starts at once and is cut after 10 s, its work unstretched; `config` is its
/// event_invoke_config.
std::string scenario(const std::string& config, const std::string& lambda = "",
                     const std::string& top = "") {
  return "version: 1\ndrain: 15m\n" + top +
         "routes: [{match: \"*\", service: fn}]\n"
         "services:\n"
         "  fn:\n"
         "    lambda:\n"
         "      memory_size: 1769\n"
         "      timeout: 10\n" +
         lambda + "      event_invoke_config: " + config +
         "\n      assumed: {init_duration: 0s, platform_init_duration: 0s}\n";
}

/// One route of a kind of its own for each row.
RowSource events(const std::vector<RowSource::Row>& rows, Duration end,
                 trace::InvocationKind kind = trace::InvocationKind::kAsync) {
  return {{{.name = "r", .kind = kind, .rows = rows.size()}}, rows, end};
}

metrics::EventCounts all_events(const RunResult& result) {
  return result.summary.services[0].usage.events;
}

TEST_CASE("L54: nobody waits for an event, whose latency is until it has succeeded") {
  RowSource source = events({{10s, 5s, 0s}}, 60s);
  const RunResult result(scenario("{}", "", "workload: {client: {timeout: 1s, max_attempts: 3}}\n"),
                         source);
  const metrics::SpanRow& fn = result.service(0);
  CHECK(fn.counters.completions() == 1);
  CHECK(fn.counters.attempts == 1);
  CHECK(fn.latency_max_ns == 5'000'000'000);
  CHECK(all_events(result).received == 1);
  CHECK(all_events(result).dropped == 0);
  CHECK(result.summary.notes.empty());
}

TEST_CASE("L54: a schedule makes events, other kinds and functions without the config do not") {
  const std::vector<RowSource::Row> rows{{10s, 1s, 0s}};
  RowSource schedule = events(rows, 60s, trace::InvocationKind::kSchedule);
  CHECK(all_events(RunResult(scenario("{}"), schedule)).received == 1);
  RowSource queue = events(rows, 60s, trace::InvocationKind::kQueue);
  const RunResult queued(scenario("{}"), queue);
  CHECK(all_events(queued).received == 0);
  CHECK(queued.summary.notes ==
        std::vector<std::string>{"1 calls are replayed as synchronous ones (queue 1)"});
  // The scenario's word on a route's kind is the last.
  RowSource async = events(rows, 60s);
  std::string text = scenario("{}");
  text.replace(text.find("service: fn}"), 11, "service: fn, kind: sync");
  const RunResult told(text, async);
  CHECK(all_events(told).received == 0);
  CHECK(told.summary.notes.empty());
}

// Cut at 20 s, invoked again at 80 s and cut at 90 s, again at 210 s and cut at 220 s.
TEST_CASE("L55: a failed event is tried again after one minute and after two, then dropped") {
  RowSource source = events({{10s, 20s, 0s}}, 60s);
  const RunResult result(scenario("{}"), source);
  CHECK(result.outcome(Outcome::kServerTimeout) == 1);
  CHECK(result.service(0).counters.attempts == 3);
  CHECK(result.quantity("lambda.requests_x86") == "3");
  const metrics::EventCounts counts = all_events(result);
  CHECK(counts.invoked == 3);
  CHECK(counts.age_us == 270'000'000);  // 0, 70 and 200 s
  CHECK(counts.age_max_us == 200'000'000);
  CHECK(counts.dropped == 1);
  CHECK(counts.dead_letters == 0);
  CHECK(result.timeline.back().start == TimePoint{180s});
}

TEST_CASE("L55, L57: without retries a failed event is dropped at once, and kept by a queue") {
  RowSource source = events({{10s, 20s, 0s}}, 60s);
  const RunResult result(scenario("{maximum_retry_attempts: 0, destination_config: {on_failure: "
                                  "{destination: sqs}}}"),
                         source);
  CHECK(result.service(0).counters.attempts == 1);
  CHECK(all_events(result).dropped == 1);
  CHECK(all_events(result).dead_letters == 1);
  CHECK(result.quantity("sqs.standard_requests") == "1");
}

// The first holds the only place until 19 s. The second is throttled at 10, 11, 13 and 17 s, and
// runs from 25 s to 26 s.
TEST_CASE("L56: a throttled event is invoked again after 1 s, 2 s, 4 s ..., which is its queue") {
  RowSource source = events({{10s, 9s, 0s}, {10s, 1s, 0s}}, 60s);
  const RunResult result(scenario("{}", "      reserved_concurrent_executions: 1\n"), source);
  const metrics::SpanRow& fn = result.service(0);
  CHECK(fn.counters.completions() == 2);
  CHECK(fn.counters.attempts == 1 + 5);
  CHECK(fn.latency_max_ns == 16'000'000'000);
  CHECK(fn.parts.queue == 15'000'000'000);
  CHECK(fn.parts.retry == 0);
  CHECK(fn.parts.cpu_stretch == 0);
  CHECK(result.timeline[0].row.queue_depth_ns == 15'000'000'000);
  CHECK(all_events(result).age_max_us == 15'000'000);
}

// Throttled after 0, 1, 3, 7, 15, 31, 63, 127, 255 and 511 s, and then every 300 s: at 811, 1,111
// ...
TEST_CASE("L56: the pause of a throttled event is never above five minutes") {
  RowSource source = events({{0s, 0s, 1000s}, {0s, 1s, 0s}}, 1200s);
  std::string text =
      scenario("{maximum_retry_attempts: 0}", "      reserved_concurrent_executions: 1\n");
  text.replace(text.find("timeout: 10"), 11, "timeout: 900");
  const RunResult result(text, source);  // the first is cut at 900 s
  CHECK(result.service(0).counters.completions() == 1);
  CHECK(result.service(0).parts.queue == 1'111'000'000'000);
}

TEST_CASE("L56: an event is dropped when it is as old as may be, not at its next attempt") {
  RowSource source = events({{10s, 0s, 100s}, {10s, 1s, 0s}}, 200s);
  std::string text =
      scenario("{maximum_event_age_in_seconds: 60}", "      reserved_concurrent_executions: 1\n");
  text.replace(text.find("timeout: 10"), 11, "timeout: 900");
  const RunResult result(text, source);
  // Attempts at 10, 11, 13, 17, 25 and 41 s; the next would come at 73 s.
  CHECK(result.outcome(Outcome::kThrottle) == 1);
  CHECK(result.service(0).counters.attempts == 1 + 6);
  CHECK(result.timeline[0].row.events.dropped == 0);
  CHECK(result.timeline[1].row.events.dropped == 1);
  CHECK(result.timeline[1].row.queue_depth_ns == 10'000'000'000);  // until 70 s
}

TEST_CASE("L56: a function with a reservation of nothing has its events dropped as they come") {
  RowSource source = events({{10s, 1s, 0s}}, 60s);
  const RunResult result(scenario("{destination_config: {on_failure: {destination: sqs}}}",
                                  "      reserved_concurrent_executions: 0\n"),
                         source);
  CHECK(result.outcome(Outcome::kThrottle) == 1);
  CHECK(result.service(0).counters.attempts == 1);
  CHECK(all_events(result).dead_letters == 1);
}

TEST_CASE("L48: requests a second do not limit events") {
  const std::string top = "account: {lambda: {requests_per_second_factor: 0.001}}\n";
  const std::vector<RowSource::Row> rows{{10s, 1s, 0s}, {10s, 1s, 0s}, {10s, 1s, 0s}};
  RowSource async = events(rows, 60s);
  CHECK(RunResult(scenario("{}", "", top), async).service(0).counters.attempts == 3);
  RowSource sync = events(rows, 60s, trace::InvocationKind::kSync);
  CHECK(RunResult(scenario("{}", "", top), sync).outcome(Outcome::kThrottle) == 2);
}

TEST_CASE("an event's story has each attempt, and its pauses between them") {
  RowSource source = events({{10s, 9s, 0s}, {10s, 1s, 0s}}, 60s);
  const testing::TempFolder folder;
  RequestStory story(1);
  run(scenario::Scenario::parse(scenario("{}", "      reserved_concurrent_executions: 1\n"), "t"),
      source,
      {.result = folder / "result.binpb", .provenance = {}, .progress = {}, .watcher = &story});
  REQUIRE(story.steps().size() == 5);
  CHECK(story.steps()[3].began == TimePoint{17s});
  CHECK(story.steps()[3].admission == workload::Admission::kThrottled);
  CHECK(story.steps()[3].then == workload::Then::kRetried);
  CHECK(story.steps()[4].began == TimePoint{25s});
  CHECK(story.steps()[4].parts.sum() == 1'000'000'000);
  CHECK(story.is_over());
}

}  // namespace
}  // namespace skyreplay::replay
