// Streams in whole runs: what becomes of records.
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
/// stream.
std::string scenario(const std::string& mapping, const std::string& lambda = "") {
  return "version: 1\ndrain: 15m\n"
         "routes: [{match: \"*\", service: fn}]\n"
         "services:\n"
         "  fn:\n"
         "    lambda:\n"
         "      memory_size: 1769\n"
         "      timeout: 10\n" +
         lambda + "      event_source_mappings: [" + mapping +
         "]\n      assumed: {init_duration: 0s, platform_init_duration: 0s}\n";
}

RowSource records(const std::vector<RowSource::Row>& rows, Duration end) {
  return {{{.name = "r", .kind = trace::InvocationKind::kStream, .rows = rows.size()}}, rows, end};
}

metrics::EventCounts all_events(const RunResult& result) {
  return result.summary.services[0].usage.events;
}

// Polls are at whole seconds: a record of 10.25 s is read at 11 s, of DynamoDB at 10.5 s, for what
// comes at the instant of a poll comes after it.
TEST_CASE("L66: a shard of Kinesis is read each second, one of DynamoDB each quarter") {
  RowSource kinesis = records({{10250ms, 1s, 0s}}, 60s);
  const RunResult read(scenario("{stream: {}}"), kinesis);
  CHECK(read.service(0).latency_max_ns == 1'750'000'000);
  CHECK(read.service(0).parts.queue == 750'000'000);
  CHECK(all_events(read).age_max_us == 750'000);
  CHECK(read.summary.notes.empty());
  RowSource dynamodb = records({{10250ms, 1s, 0s}}, 60s);
  CHECK(RunResult(scenario("{stream: {type: dynamodb}}"), dynamodb).service(0).latency_max_ns ==
        1'250'000'000);
}

// All three are read at 11 s: the first two in one batch until 13 s, then the third.
TEST_CASE("L66: a shard has one batch at work at a time, in the order of its records") {
  RowSource source = records({{10100ms, 1s, 0s}, {10200ms, 1s, 0s}, {10300ms, 1s, 0s}}, 60s);
  const RunResult result(scenario("{batch_size: 2, stream: {}}"), source);
  CHECK(result.quantity("lambda.requests_x86") == "2");
  CHECK(result.timeline[0].row.capacity_running_max == 1);
  CHECK(result.service(0).latency_max_ns == 3'700'000'000);
}

TEST_CASE("L66: more shards, and more batches of a shard at a time, work side by side") {
  const std::vector<RowSource::Row> rows(200, {10100ms, 100ms, 0s});
  for (const std::string source : {"stream: {shard_count: 4}",
                                   "stream: {shard_count: 2}, "
                                   "parallelization_factor: 2"}) {
    RowSource trace = records(rows, 60s);
    const RunResult result(scenario("{batch_size: 10, " + source + "}"), trace);
    CHECK(result.timeline[0].row.capacity_running_max == 4);
  }
  // One key is of one shard, however many there are.
  RowSource trace = records(rows, 60s);
  const RunResult result(
      scenario("{batch_size: 10, stream: {shard_count: 4, assumed: {partition_keys: 1}}}"), trace);
  CHECK(result.timeline[0].row.capacity_running_max == 1);
}

// Read at 11 s; with a window of 5 s the batch goes at 16 s, and the next one's window begins when
// it has ended.
TEST_CASE("L60: the next window of a shard begins when the invocation before has ended") {
  RowSource source = records({{10100ms, 1s, 0s}, {16500ms, 1s, 0s}}, 60s);
  const RunResult result(scenario("{maximum_batching_window_in_seconds: 5, stream: {}}"), source);
  // 10.1 -> 16 -> 17 s; 16.5 s is read at 17 s -> 22 -> 23 s.
  CHECK(result.service(0).parts.queue == 5'900'000'000 + 5'500'000'000);
}

// Cut at 21 s; again at 22 s and cut at 32 s; again at 34 s and cut at 44 s, then given up. What
// comes behind it waits.
TEST_CASE("L66: a batch that fails holds its shard until its tries are used up") {
  RowSource source = records({{10100ms, 20s, 0s}, {11100ms, 1s, 0s}}, 60s);
  const RunResult result(
      scenario("{maximum_retry_attempts: 2, destination_config: {on_failure: {destination: sqs}}, "
               "stream: {}}"),
      source);
  CHECK(result.outcome(Outcome::kServerTimeout) == 1);
  CHECK(result.service(0).counters.completions() == 1);
  CHECK(result.service(0).counters.attempts == 3 + 1);
  CHECK(all_events(result).dropped == 1);
  CHECK(all_events(result).dead_letters == 1);
  CHECK(result.quantity("sqs.standard_requests") == "1");
  CHECK(result.service(0).latency_max_ns == 33'900'000'000);  // 11.1 s to 45 s
}

TEST_CASE("L66: a record that is too old is given up before it is tried again") {
  RowSource source = records({{10100ms, 20s, 0s}}, 60s);
  const RunResult result(scenario("{maximum_record_age_in_seconds: 60, stream: {}}"), source);
  // Tried at 11, 22, 34, 48 and 66 s; at 92 s it is older than 60 s.
  CHECK(result.service(0).counters.attempts == 5);
  CHECK(all_events(result).dropped == 1);
  CHECK(result.timeline[1].row.events.dropped == 1);
}

// Two of 4 s, one of 20 s and one of 1 s are cut at 21 s. The first half takes 8 s and is done at
// 29 s; the second is cut at 39 s and split again: the long one is cut at 49 s and given up.
TEST_CASE("L66: a batch that is bisected loses its good half no more") {
  RowSource source =
      records({{10100ms, 4s, 0s}, {10200ms, 4s, 0s}, {10300ms, 20s, 0s}, {10400ms, 1s, 0s}}, 60s);
  const RunResult result(
      scenario("{maximum_retry_attempts: 0, bisect_batch_on_function_error: true, stream: {}}"),
      source);
  CHECK(result.service(0).counters.completions() == 3);
  CHECK(result.outcome(Outcome::kServerTimeout) == 1);
  CHECK(result.quantity("lambda.requests_x86") == "5");
  CHECK(result.service(0).latency_max_ns == 39'600'000'000);  // the last: 10.4 s to 50 s
}

// A throttled batch pauses 1 s, 2 s, 4 s and is no try.
TEST_CASE("L66: throttles are no tries") {
  RowSource source({{.name = "r", .kind = trace::InvocationKind::kStream, .rows = 1},
                    {.name = "s", .kind = trace::InvocationKind::kSync, .rows = 1}},
                   {{10s, 7s, 0s, 1}, {10100ms, 1s, 0s, 0}}, 60s);
  const RunResult result(scenario("{maximum_retry_attempts: 0, stream: {}}",
                                  "      reserved_concurrent_executions: 1\n"),
                         source);
  // At 11, 12, 14 and 18 s, when the other is done.
  CHECK(result.service(0).counters.completions() == 2);
  CHECK(result.service(0).latency_max_ns == 8'900'000'000);
}

TEST_CASE("L66: what belongs to a queue is refused of a stream, and the other way round") {
  const auto mistake = [](const std::string& mapping) {
    try {
      scenario::Scenario::parse(scenario(mapping), "test.yaml");
    } catch (const InputError& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  CHECK(mistake("{}").ends_with("needs a queue or a stream"));
  CHECK(
      mistake("{queue: {}, parallelization_factor: 2}").ends_with("is of streams, not of a queue"));
  CHECK(mistake("{stream: {}, scaling_config: {maximum_concurrency: 2}}")
            .ends_with("is of a queue, not of streams"));
}

TEST_CASE("a record's story has each try") {
  RowSource source = records({{10100ms, 20s, 0s}}, 60s);
  const testing::TempFolder folder;
  RequestStory story(0);
  run(scenario::Scenario::parse(scenario("{maximum_retry_attempts: 1, stream: {}}"), "t"), source,
      {.result = folder / "result.binpb", .provenance = {}, .progress = {}, .watcher = &story});
  REQUIRE(story.steps().size() == 2);
  CHECK(story.steps()[1].began == TimePoint{22s});
  CHECK(story.is_over());
}

}  // namespace
}  // namespace skyreplay::replay
