// Queues that functions read, on their own; whole runs are in tests/replay/sqs_test.cc.
#include "lambda/sqs_poller.h"

#include <doctest/doctest.h>

#include "support/lambda_world.h"

namespace skyreplay::lambda {
namespace {

using metrics::Outcome;
using testing::plain_function;
using testing::WindowSums;
using namespace std::chrono_literals;

/// One function that starts at once and reads a queue.
struct QueueOfFunction {
  explicit QueueOfFunction(const SqsConfig& config, FunctionConfig function = plain_function())
      : recorder({0}, 1, {}, sink),
        functions(loop, recorder, {}, 1),
        poller(loop, recorder, functions, 1),
        clients(loop, recorder, {{.service = &poller, .unit = add(function)}}, {}, 1, {}) {
    poller.add(0, config);
    functions.answer_to(clients);
    poller.answer_to(clients);
  }
  void messages(std::uint64_t count, Duration at, Duration work) {
    loop.advance(TimePoint{at});
    for (std::uint64_t i = 0; i < count; ++i) clients.arrive(rows++, 0, work, 0ns);
  }
  metrics::SpanRow end(Duration at) {
    loop.advance(TimePoint{at});
    recorder.close_window(TimePoint{at + 1ns});
    return recorder.total_span();
  }

  WindowSums sink;
  kernel::Loop loop;
  metrics::Recorder recorder;
  Functions functions;
  SqsPoller poller;
  workload::Clients clients;
  std::uint64_t rows = 0;

 private:
  std::uint32_t add(FunctionConfig& function) {
    function.name = "services.fn";
    return functions.add(function);
  }
};

SqsConfig one_by_one() {
  SqsConfig config;
  config.queue.name = "services.fn";
  config.batch_size = 1;
  return config;
}

// Five at once, and one more each 200 ms.
TEST_CASE("L61: five batches run at first, and one more each 200 ms") {
  QueueOfFunction world(one_by_one());
  world.messages(8, 10s, 1s);
  const metrics::SpanRow all = world.end(60s);
  CHECK(all.counters.completions() == 8);
  CHECK(all.parts.queue == 200'000'000 + 400'000'000 + 600'000'000);
}

// Cut after 5 s at 15, 45 and 75 s; visible again 30 s after each receive.
TEST_CASE("L65: a message that fails comes back, so many times") {
  SqsConfig config = one_by_one();
  config.queue.max_receive_count = 3;
  FunctionConfig function = plain_function();
  function.timeout = 5s;
  QueueOfFunction world(config, function);
  world.messages(1, 10s, 20s);
  const metrics::SpanRow all = world.end(200s);
  CHECK(all.counters.outcomes[static_cast<std::size_t>(Outcome::kServerTimeout)] == 1);
  CHECK(all.counters.attempts == 3);
}

// Three of eight at a time, though concurrency would let five in: three begin at once, three after
// 1 s and two after 2 s.
TEST_CASE("L65: of a function's queue no more than so many messages are in flight") {
  SqsConfig config = one_by_one();
  config.queue.most_in_flight = 3;
  QueueOfFunction world(config);
  world.messages(8, 10s, 1s);
  const metrics::SpanRow all = world.end(60s);
  CHECK(all.counters.completions() == 8);
  CHECK(all.parts.queue == 3 * 1'000'000'000LL + 2 * 2'000'000'000LL);
}

// Four messages that fail hold a queue of four until 40 s.
TEST_CASE("L65: messages that failed are in flight, and keep others waiting") {
  SqsConfig config = one_by_one();
  config.queue.most_in_flight = 4;
  config.queue.failure_probability = 1;
  config.queue.max_receive_count = 1;
  QueueOfFunction world(config);
  world.messages(5, 10s, 1s);
  world.end(100s);
  metrics::WindowRow row;
  world.poller.complete(0, row);
  CHECK(row.events.dead_letters == 5);
  CHECK(row.events.age_max_us == 30'000'000);
}

}  // namespace
}  // namespace skyreplay::lambda
