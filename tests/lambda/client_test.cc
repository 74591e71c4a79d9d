#include <doctest/doctest.h>

#include "support/lambda_world.h"

// Clients are tested against Lambda, the service that throttles and times out.
namespace skyreplay::workload {
namespace {

using metrics::Outcome;
using testing::LambdaWorld;
using testing::plain_function;
using namespace std::chrono_literals;

ClientPolicy patient(std::uint32_t attempts) {
  return {.max_attempts = attempts,
          .backoff_base = 100ms,
          .backoff_cap = 250ms,
          .jitter = ClientPolicy::Jitter::kNone};
}

TEST_CASE("L50: without a client policy a throttled request is tried once") {
  LambdaWorld world({plain_function()}, {.concurrent_executions = 1});
  world.request(0s, 10s);
  world.request(1s, 1s);
  const metrics::SpanRow total = world.end(20s);
  CHECK(LambdaWorld::count(total, Outcome::kThrottle) == 1);
  CHECK(total.counters.attempts == 2);
}

TEST_CASE("a throttled request is retried after base, 2 base, ... up to the cap") {
  LambdaWorld world({plain_function()}, {.concurrent_executions = 1}, patient(5));
  world.request(0s, 1s);
  // Attempts at 0.5, 0.6, 0.8, 1.05 (cap 0.25): the fourth finds the function free.
  world.request(500ms, 2s);
  const metrics::SpanRow total = world.end(20s);
  CHECK(total.counters.completions() == 2);
  CHECK(total.counters.attempts == 1 + 4);
  CHECK(total.parts.retry == 550'000'000);
  CHECK(total.latency_max_ns == 2'550'000'000);
}

TEST_CASE("a request whose attempts are used up ends as what its last answer was") {
  LambdaWorld world({plain_function()}, {.concurrent_executions = 1}, patient(3));
  world.request(0s, 100s);
  world.request(1s, 1s);
  const metrics::SpanRow total = world.end(50s);
  CHECK(LambdaWorld::count(total, Outcome::kThrottle) == 1);
  CHECK(total.counters.attempts == 3);
  CHECK(total.in_flight_at_end == 1);
  CHECK(total.counters.arrivals == 2);
}

TEST_CASE("full jitter stays below the pause and depends on the request's row alone") {
  ClientPolicy policy = patient(2);
  policy.jitter = ClientPolicy::Jitter::kFull;
  std::vector<std::int64_t> pauses;
  for (const std::uint64_t skipped : {0U, 7U}) {
    LambdaWorld world({plain_function()}, {.concurrent_executions = 1}, policy);
    world.rows = 5 + skipped;
    world.request(0s, 10ms);
    world.rows = 40;
    world.request(5ms, 1s);
    const metrics::SpanRow total = world.end(20s);
    REQUIRE(total.counters.attempts == 3);
    pauses.push_back(total.parts.retry);
  }
  CHECK(pauses[0] == pauses[1]);
  CHECK(pauses[0] < 100'000'000);
  CHECK(pauses[0] > 0);
}

TEST_CASE("after a timeout the client leaves, and the function works on and is billed") {
  LambdaWorld world({plain_function()}, {}, {.timeout = 2s});
  world.request(0s, 10s);
  world.advance(3s);
  CHECK(world.functions.concurrent_executions() == 1);
  const metrics::SpanRow total = world.end(20s);
  CHECK(LambdaWorld::count(total, Outcome::kClientTimeout) == 1);
  CHECK(total.counters.completions() == 0);
  CHECK(world.functions.usage(0).mib_ms == 10'000u * 1769);
  CHECK(world.clients.in_flight() == 0);
}

TEST_CASE("an answer at the very instant of the deadline is in time") {
  LambdaWorld world({plain_function()}, {}, {.timeout = 2s});
  world.request(0s, 2s);
  world.request(10s, 2s + 1us);
  const metrics::SpanRow total = world.end(20s);
  CHECK(total.counters.completions() == 1);
  CHECK(LambdaWorld::count(total, Outcome::kClientTimeout) == 1);
}

TEST_CASE("a timed-out attempt is retried in an environment of its own while the first is busy") {
  ClientPolicy policy = patient(2);
  policy.timeout = 2s;
  LambdaWorld world({plain_function()}, {}, policy);
  world.request(0s, 10s);
  world.advance(2500ms);
  CHECK(world.functions.concurrent_executions() == 2);
  const metrics::SpanRow total = world.end(30s);
  CHECK(LambdaWorld::count(total, Outcome::kClientTimeout) == 1);
  CHECK(total.counters.attempts == 2);
  CHECK(total.counters.arrivals == 1);
  CHECK(world.functions.usage(0).requests == 2);
}

TEST_CASE("L74: a function cut by its own limit is not tried again") {
  lambda::FunctionConfig config = plain_function();
  config.timeout = 3s;
  LambdaWorld world({config}, {}, patient(3));
  world.request(0s, 5s);
  const metrics::SpanRow total = world.end(20s);
  CHECK(LambdaWorld::count(total, Outcome::kServerTimeout) == 1);
  CHECK(total.counters.attempts == 1);
}

TEST_CASE("requests of the warm-up run but are not counted") {
  LambdaWorld world({plain_function()}, {}, {}, 1, testing::at(10s));
  world.request(9s, 5s);
  world.request(10s, 1s);
  const metrics::SpanRow total = world.end(20s);
  CHECK(total.counters.arrivals == 1);
  CHECK(total.counters.completions() == 1);
  CHECK(total.counters.cold_starts == 1);
  CHECK(world.functions.usage(0).requests == 2);
}

}  // namespace
}  // namespace skyreplay::workload
