// Queues of SQS in whole runs: what becomes of messages.
#include <doctest/doctest.h>

#include "core/error.h"
#include "replay/request_story.h"
#include "support/run_world.h"

namespace skyreplay::replay {
namespace {

using metrics::Outcome;
using testing::RowSource;
using testing::RunResult;
using namespace std::chrono_literals;

/// One function that starts at once and is cut after 10 s, its work unstretched, and what reads its
/// queue.
std::string scenario(const std::string& mapping, const std::string& lambda = "",
                     const std::string& top = "") {
  return "version: 1\ndrain: 15m\n" + top +
         "routes: [{match: \"*\", service: fn}]\n"
         "services:\n"
         "  fn:\n"
         "    lambda:\n"
         "      memory_size: 1769\n"
         "      timeout: 10\n" +
         lambda + "      event_source_mappings: [" + mapping +
         "]\n      assumed: {init_duration: 0s, platform_init_duration: 0s}\n";
}

RowSource messages(const std::vector<RowSource::Row>& rows, Duration end) {
  return {{{.name = "r", .kind = trace::InvocationKind::kQueue, .rows = rows.size()}}, rows, end};
}

/// So many messages at once.
RowSource burst(std::size_t count, Duration at, Duration work, Duration end) {
  return messages(std::vector<RowSource::Row>(count, {at, work, 0s}), end);
}

metrics::EventCounts all_events(const RunResult& result) {
  return result.summary.services[0].usage.events;
}

TEST_CASE("L60: a message is deleted once the function has worked on it, and is no request") {
  RowSource source = messages({{10s, 5s, 0s}}, 60s);
  const RunResult result(
      scenario("{queue: {}}", "", "workload: {client: {timeout: 1s, max_attempts: 3}}\n"), source);
  CHECK(result.service(0).counters.completions() == 1);
  CHECK(result.service(0).latency_max_ns == 5'000'000'000);
  CHECK(all_events(result).received == 1);
  CHECK(result.summary.notes.empty());
}

// Five batches of one; the sixth message waits until the first is done, or until a sixth batch may
// run, 200 ms later.
TEST_CASE("L61: five batches run at first, and one more each 200 ms while some wait") {
  RowSource source = burst(8, 10s, 1s, 60s);
  const RunResult result(scenario("{batch_size: 1, queue: {}}"), source);
  const metrics::SpanRow& fn = result.service(0);
  CHECK(fn.counters.completions() == 8);
  CHECK(fn.parts.queue == 200'000'000 + 400'000'000 + 600'000'000);
  CHECK(result.timeline[0].row.queue_depth_ns == 1'200'000'000);
  CHECK(result.timeline[0].row.capacity_running_max == 8);
}

TEST_CASE("L61: concurrency falls again while no batch waits") {
  // Eight may run at 10.6 s, when none waits any more, and five again at 11.2 s.
  std::vector<RowSource::Row> rows(8, {10s, 1s, 0s});
  rows.insert(rows.end(), 6, {20s, 1s, 0s});
  RowSource source = messages(rows, 60s);
  const RunResult result(scenario("{batch_size: 1, queue: {}}"), source);
  CHECK(result.service(0).parts.queue == 1'200'000'000 + 200'000'000);
}

TEST_CASE("L64: the mapping's maximum concurrency bounds the batches that run") {
  RowSource source = burst(8, 10s, 1s, 60s);
  const RunResult result(
      scenario("{batch_size: 1, scaling_config: {maximum_concurrency: 2}, queue: {}}"), source);
  CHECK(result.timeline[0].row.capacity_running_max == 2);
  CHECK(result.service(0).latency_max_ns == 4'000'000'000);
}

// The first five messages go alone, as they come; the other five wait together for a place.
TEST_CASE("L60: a batch takes what is there, up to its size, and works on one after the other") {
  RowSource source = burst(10, 10s, 1s, 60s);
  const RunResult result(
      scenario("{batch_size: 3, scaling_config: {maximum_concurrency: 5}, queue: {}}"), source);
  const metrics::SpanRow& fn = result.service(0);
  CHECK(fn.counters.completions() == 10);
  CHECK(result.quantity("lambda.requests_x86") == "7");  // 5 of one, 1 of three, 1 of two
  CHECK(fn.latency_max_ns == 4'000'000'000);             // 1 s of waiting, 3 s of a batch
  CHECK(fn.parts.queue == 5'000'000'000);
  // Of the three two others' seconds each, of the two one.
  CHECK(fn.parts.cpu_stretch == 8'000'000'000);
}

TEST_CASE("L63: with a window a batch waits until it is full or its first message is that old") {
  RowSource source = messages({{10s, 1s, 0s}, {12s, 1s, 0s}, {20s, 1s, 0s}}, 60s);
  const RunResult result(
      scenario("{batch_size: 2, maximum_batching_window_in_seconds: 5, queue: {}}"), source);
  CHECK(result.quantity("lambda.requests_x86") == "2");
  CHECK(result.service(0).parts.queue == 2'000'000'000 + 5'000'000'000);
}

// Cut at 20 s; visible again at 10 + 30 = 40 s, and so on: received at 10, 40 and 70 s.
TEST_CASE("L65: a failed batch is visible again after the visibility timeout, so many times") {
  RowSource source = messages({{10s, 20s, 0s}}, 60s);
  const RunResult result(scenario("{queue: {redrive_policy: {max_receive_count: 3}}}"), source);
  CHECK(result.outcome(Outcome::kServerTimeout) == 1);
  CHECK(result.service(0).counters.attempts == 3);
  CHECK(all_events(result).dropped == 1);
  CHECK(all_events(result).dead_letters == 1);
  CHECK(all_events(result).age_max_us == 60'000'000);
  CHECK(result.timeline[1].row.events.dropped == 1);  // at 100 s
}

TEST_CASE("L65: without a dead-letter queue a message comes back until it is too old") {
  RowSource source = messages({{10s, 20s, 0s}}, 60s);
  const RunResult result(scenario("{queue: {message_retention_period: 60}}"), source);
  CHECK(result.service(0).counters.attempts == 2);  // at 10 and 40 s; at 70 s it is too old
  CHECK(all_events(result).dropped == 1);
  CHECK(all_events(result).dead_letters == 0);
}

// The only place is taken until 19 s; a message received at 10 s is tried at 10, 11, 13 and 17 s,
// and runs at 25 s.
TEST_CASE("L65: a throttled batch is tried again while its messages are hidden") {
  RowSource source = messages({{10s, 9s, 0s}, {10s, 1s, 0s}}, 60s);
  const RunResult result(
      scenario("{batch_size: 1, queue: {}}", "      reserved_concurrent_executions: 1\n"), source);
  CHECK(result.service(0).counters.completions() == 2);
  CHECK(result.service(0).counters.attempts == 2);
  CHECK(result.service(0).latency_max_ns == 16'000'000'000);
  CHECK(result.service(0).parts.queue == 15'000'000'000);
}

// Hidden for 12 s: tried at 10, 11, 13, 17 s and given up at 22 s; then the same again.
TEST_CASE("L65: throttles use up the times that a message may be received") {
  RowSource source = messages({{10s, 1s, 0s}}, 60s);
  const RunResult result(
      scenario("{queue: {visibility_timeout: 12, redrive_policy: {max_receive_count: 2}}}",
               "      reserved_concurrent_executions: 0\n"),
      source);
  CHECK(result.outcome(Outcome::kThrottle) == 1);
  CHECK(result.service(0).counters.attempts == 2);
  CHECK(all_events(result).dead_letters == 1);
  CHECK(all_events(result).invoked == 0);
}

TEST_CASE("L65: messages that fail take their batch along, unless the function reports them") {
  const std::string queue = "queue: {redrive_policy: {max_receive_count: 1}}";
  const std::string fails = ", assumed: {failure_probability: 0.1}";
  RowSource all = burst(1000, 10s, 10ms, 60s);
  const RunResult whole(scenario("{" + queue + fails + "}"), all);
  RowSource again = burst(1000, 10s, 10ms, 60s);
  const RunResult apart(
      scenario("{" + queue + fails + ", function_response_types: [ReportBatchItemFailures]}"),
      again);
  // The same messages fail: about one in ten, and with them most batches of ten (1 - 0.9^10).
  CHECK(apart.outcome(Outcome::kError) > 70);
  CHECK(apart.outcome(Outcome::kError) < 130);
  CHECK(whole.outcome(Outcome::kError) > 500);
}

TEST_CASE("requests to SQS are billed: sent, received and deleted by tens, and empty receives") {
  RowSource source = messages({{10s, 1s, 0s}, {10s, 1s, 0s}}, 51s);
  const RunResult result(scenario("{maximum_batching_window_in_seconds: 1, queue: {}}"), source);
  // 2 sent, 1 receive, 1 delete; idle for 10 s, and from 13 s to 51 s: once 20 s, five pollers.
  CHECK(result.quantity("sqs.standard_requests") == "9");
}

TEST_CASE("L63, L65: a batch that is too large and a timeout that is too long are refused") {
  const auto mistake = [](const std::string& mapping) {
    try {
      scenario::Scenario::parse(scenario(mapping), "test.yaml");
    } catch (const InputError& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  CHECK(mistake("{batch_size: 11, queue: {}}").ends_with("of at least 1 s (L63)"));
  CHECK(mistake("{queue: {visibility_timeout: 9}}")
            .ends_with("must not be below the function's timeout, 10 s (L65)"));
  CHECK(mistake("{queue: {}}, {queue: {}}")
            .ends_with("a function has at most one: several are not built yet"));
}

TEST_CASE("a message's story has each time it was received, also where it was given up") {
  RowSource source = messages({{10s, 20s, 0s}}, 60s);
  const testing::TempFolder folder;
  RequestStory story(0);
  run(scenario::Scenario::parse(scenario("{queue: {redrive_policy: {max_receive_count: 2}}}"), "t"),
      source,
      {.result = folder / "result.binpb", .provenance = {}, .progress = {}, .watcher = &story});
  REQUIRE(story.steps().size() == 2);
  CHECK(story.steps()[1].began == TimePoint{40s});
  CHECK(story.steps()[1].ended == TimePoint{50s});
  CHECK(story.is_over());
}

}  // namespace
}  // namespace skyreplay::replay
