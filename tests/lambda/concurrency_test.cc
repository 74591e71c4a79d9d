#include <doctest/doctest.h>

#include "support/lambda_world.h"

namespace skyreplay::lambda {
namespace {

using metrics::Outcome;
using testing::LambdaWorld;
using testing::plain_function;
using namespace std::chrono_literals;

TEST_CASE("L40, L43: requests in flight over all functions stop at the account's limit") {
  LambdaWorld world({plain_function(), plain_function()}, {.concurrent_executions = 3});
  for (int i = 0; i < 5; ++i) world.request(0s, 10s, 0s, static_cast<std::uint32_t>(i % 2));
  CHECK(world.functions.concurrent_executions() == 3);
  world.request(10s, 1s);
  const metrics::SpanRow total = world.end(20s);
  CHECK(LambdaWorld::count(total, Outcome::kThrottle) == 2);
  CHECK(total.counters.completions() == 4);
  // L26, L49: a throttled call is neither an invocation nor billed.
  CHECK(world.functions.usage(0).requests + world.functions.usage(1).requests == 4);
}

TEST_CASE("L41, L43: reserved concurrency is a ceiling, and a floor that others cannot use") {
  FunctionConfig reserved = plain_function();
  reserved.reserved_concurrent_executions = 2;
  LambdaWorld world({reserved, plain_function()}, {.concurrent_executions = 5});
  for (int i = 0; i < 3; ++i) world.request(0s, 10s, 0s, 0);
  for (int i = 0; i < 4; ++i) world.request(1s, 10s, 0s, 1);
  CHECK(world.functions.usage(0).requests == 2);
  CHECK(world.functions.usage(1).requests == 3);
  const auto throttles = world.functions.take_throttles();
  REQUIRE(throttles.size() == 2);
  CHECK(throttles[0].reason == ThrottleReason::kReservedFunctionConcurrentInvocationLimitExceeded);
  CHECK(throttles[0].limit == 2);
  CHECK(throttles[1].reason == ThrottleReason::kConcurrentInvocationLimitExceeded);
  CHECK(throttles[1].limit == 5);  // 3 in flight and 2 reserved
  CHECK(throttles[1].in_flight == 3);
  CHECK(world.functions.take_throttles().empty());
}

TEST_CASE("L41: a reservation of 0 throttles everything") {
  FunctionConfig config = plain_function();
  config.reserved_concurrent_executions = 0;
  LambdaWorld world({config});
  world.request(0s, 1s);
  world.request(5s, 1s);
  CHECK(LambdaWorld::count(world.end(10s), Outcome::kThrottle) == 2);
  const auto throttles = world.functions.take_throttles();
  REQUIRE(throttles.size() == 1);
  // Not its requests a second, though ten times nothing is nothing.
  CHECK(throttles[0].reason == ThrottleReason::kReservedFunctionConcurrentInvocationLimitExceeded);
}

TEST_CASE("L45: a function gets 1,000 new environments at once and 100 more a second") {
  LambdaWorld world({plain_function()}, {.concurrent_executions = 100'000});
  for (int i = 0; i < 1'200; ++i) world.request(0s, 60s);
  CHECK(world.functions.environments(0) == 1'000);
  for (int i = 0; i < 120; ++i) world.request(1s, 60s);
  CHECK(world.functions.environments(0) == 1'100);
  // What is not used never accrues beyond 1,000.
  world.advance(500s);
  for (int i = 0; i < 3'000; ++i) world.request(500s, 60s);
  const auto throttles = world.functions.take_throttles();
  REQUIRE(throttles.size() == 1);
  CHECK(throttles[0].reason == ThrottleReason::kFunctionInvocationRateLimitExceeded);
  CHECK(throttles[0].count == 200 + 20 + 900);  // 1,100 idle ones serve first
}

TEST_CASE("L45: functions scale independently") {
  LambdaWorld world({plain_function(), plain_function()}, {.concurrent_executions = 100'000});
  for (int i = 0; i < 1'000; ++i) {
    world.request(0s, 60s, 0s, 0);
    world.request(0s, 60s, 0s, 1);
  }
  CHECK(world.functions.take_throttles().empty());
}

TEST_CASE("L48: synchronous requests a second stop at ten times the concurrency") {
  LambdaWorld world({plain_function()}, {.concurrent_executions = 3});
  for (int i = 0; i < 31; ++i) world.request(1ms * i, 100us);
  const auto throttles = world.functions.take_throttles();
  // 30 at once and 0.9 refilled by the 31st.
  REQUIRE(throttles.size() == 1);
  CHECK(throttles[0].reason == ThrottleReason::kCallerRateLimitExceeded);
  CHECK(throttles[0].count == 1);
}

TEST_CASE("L48: a reservation brings its own requests a second") {
  FunctionConfig config = plain_function();
  config.reserved_concurrent_executions = 1;
  LambdaWorld world({config});
  for (int i = 0; i < 12; ++i) world.request(1ms * i, 100us);
  const auto throttles = world.functions.take_throttles();
  REQUIRE(throttles.size() == 1);
  CHECK(throttles[0].reason == ThrottleReason::kReservedFunctionInvocationRateLimitExceeded);
  CHECK(throttles[0].count == 2);
}

TEST_CASE("L48: requests to a reserved function count for the account too") {
  FunctionConfig reserved = plain_function();
  reserved.reserved_concurrent_executions = 2;
  LambdaWorld world({reserved, plain_function()}, {.concurrent_executions = 3});
  for (int i = 0; i < 31; ++i) world.request(1ms * i, 100us, 0s, i < 15 ? 0 : 1);
  const auto throttles = world.functions.take_throttles();
  REQUIRE(throttles.size() == 1);
  CHECK(throttles[0].function == 1);
  CHECK(throttles[0].reason == ThrottleReason::kCallerRateLimitExceeded);
  CHECK(throttles[0].count == 1);  // 30 at once and 0.9 refilled by the 31st
}

TEST_CASE("L44: the request rate decides before concurrency, and a throttled request uses it up") {
  LambdaWorld world({plain_function()}, {.concurrent_executions = 1});
  for (int i = 0; i < 12; ++i) world.request(0s, 100s);
  const auto throttles = world.functions.take_throttles();
  REQUIRE(throttles.size() == 2);
  CHECK(throttles[0].reason == ThrottleReason::kConcurrentInvocationLimitExceeded);
  CHECK(throttles[0].count == 9);
  CHECK(throttles[1].reason == ThrottleReason::kCallerRateLimitExceeded);
  CHECK(throttles[1].count == 2);
}

TEST_CASE("L48: less than one request a second is still one now and then") {
  LambdaWorld world({plain_function()},
                    {.concurrent_executions = 1, .requests_per_second_factor = 0.5});
  for (int i = 0; i < 5; ++i) world.request(1s * i, 1ms);
  // A request at 0, 2 and 4 s; those at 1 and 3 s come too soon.
  CHECK(world.functions.usage(0).requests == 3);
}

TEST_CASE("a full-sized token bucket does not wrap around as it fills") {
  TokenBucket bucket(TokenBucket::kMaxTokens, TokenBucket::kMaxTokens * 1'000);
  CHECK(bucket.take(TimePoint{10s}));
  // 9,999,999 tokens and 8,446,745 more: in units, 2^64 and less than a token.
  CHECK(bucket.take(TimePoint{10s + 844'674'508ns}));
}

TEST_CASE("a token bucket that takes 317 years to fill is not full") {
  TokenBucket bucket(TokenBucket::kMaxTokens, 1);
  std::uint64_t taken = 0;
  while (taken < TokenBucket::kMaxTokens + 2 && bucket.take(TimePoint{1s})) ++taken;
  CHECK(taken == TokenBucket::kMaxTokens);
  CHECK_FALSE(bucket.take(TimePoint{2s}));
}

TEST_CASE("a token bucket is exact at the nanosecond") {
  TokenBucket bucket(2, 3'000);  // a token every 333,333,333.33 ns
  const TimePoint start{1s};
  CHECK(bucket.take(start));
  CHECK(bucket.take(start));
  CHECK_FALSE(bucket.take(start + 333'333'333ns));
  CHECK(bucket.take(start + 333'333'334ns));
  CHECK_FALSE(bucket.take(start + 666'666'666ns));
  CHECK(bucket.take(start + 666'666'667ns));
  CHECK(bucket.take(start + 10h));
  CHECK(bucket.take(start + 10h));
  CHECK_FALSE(bucket.take(start + 10h));
}

}  // namespace
}  // namespace skyreplay::lambda
