// Environments that are initialized before requests come, and what storage costs.
#include <doctest/doctest.h>

#include "support/lambda_world.h"

namespace skyreplay::lambda {
namespace {

using metrics::Outcome;
using testing::at;
using testing::LambdaWorld;
using testing::plain_function;
using namespace std::chrono_literals;

/// One GiB, so that MiB x ms are easy to read; an Init of 2 s.
FunctionConfig provisioned(std::uint32_t executions, bool ready_at_start = true) {
  FunctionConfig config = plain_function();
  config.memory_size = 1024;
  config.parallelism = 1024 / 1769.0;
  config.cpu_speed = 1769 / 1024.0;
  config.init_duration = Distribution(Distribution::Constant{2s});
  config.provisioned =
      ProvisionedConfig{.concurrent_executions = executions, .ready_at_start = ready_at_start};
  return config;
}

TEST_CASE("L37: what is provisioned serves first and without an Init, the excess spills over") {
  LambdaWorld world({provisioned(2)});
  for (int i = 0; i < 3; ++i) world.request(0s, 10s);
  const metrics::SpanRow total = world.end(20s);
  CHECK(total.counters.cold_starts == 1);
  CHECK(world.functions.environments(0) == 3);
  // L82: two on what is provisioned, 10 s each; the third on demand, its Init with it.
  CHECK(world.functions.usage(0).provisioned_mib_ms == 2 * 10'000 * 1024);
  CHECK(world.functions.usage(0).mib_ms == 12'000 * 1024);
  CHECK(world.functions.usage(0).requests == 3);
}

TEST_CASE("L37, L48: beyond ten requests a second for each provisioned one, requests spill over") {
  LambdaWorld world({provisioned(1)});
  for (int i = 0; i < 12; ++i) world.request(i * 1ms, 0s);
  CHECK(world.end(1s).counters.cold_starts == 2);  // ten at once, and a hundredth of a second's ten
}

TEST_CASE("L36: nothing of an allocation is usable before all of it is, 10 ms an environment") {
  LambdaWorld world({provisioned(100, false)});
  // 90 s of preparation and 100 / 6,000 of a minute.
  world.request(90'999ms, 1s);
  CHECK(world.functions.environments(0) == 1);
  world.request(91s, 1s);
  CHECK(world.functions.environments(0) == 101);
  CHECK(world.end(100s).counters.cold_starts == 1);
  // L38: their Inits are billed, whether they serve or not.
  CHECK(world.functions.usage(0).provisioned_mib_ms == (100 * 2'000 + 1'000) * 1024);
}

TEST_CASE("L38: after a timeout the next invocation on it runs Init again") {
  FunctionConfig config = provisioned(1);
  config.timeout = 5s;
  LambdaWorld world({config});
  world.request(0s, 60s);
  world.request(10s, 1s);
  const metrics::SpanRow total = world.end(20s);
  CHECK(LambdaWorld::count(total, Outcome::kServerTimeout) == 1);
  CHECK(total.parts.init == 2'000'000'000);
  CHECK(world.functions.usage(0).provisioned_mib_ms == (5'000 + 3'000) * 1024);
}

TEST_CASE("L4: Init of what is provisioned may take 130 s") {
  FunctionConfig config = provisioned(1, false);
  config.init_duration = Distribution(Distribution::Constant{200s});
  LambdaWorld world({config});
  world.advance(100s);
  CHECK(world.functions.usage(0).provisioned_mib_ms == 200'000 * 1024);  // the timeout is 900 s
  config.timeout = 60s;
  LambdaWorld shorter({config});
  shorter.advance(100s);
  CHECK(shorter.functions.usage(0).provisioned_mib_ms == 130'000 * 1024);
}

TEST_CASE("L43: what is provisioned is out of everybody else's reach, even when idle") {
  LambdaWorld world({provisioned(3), plain_function()}, {.concurrent_executions = 5});
  for (int i = 0; i < 3; ++i) world.request(0s, 10s, 0s, 1);
  const auto throttles = world.functions.take_throttles();
  REQUIRE(throttles.size() == 1);
  CHECK(throttles[0].reason == ThrottleReason::kConcurrentInvocationLimitExceeded);
  CHECK(throttles[0].count == 1);
}

TEST_CASE("L35, L43: provisioned concurrency is part of what is reserved") {
  FunctionConfig config = provisioned(2);
  config.reserved_concurrent_executions = 3;
  LambdaWorld world({config});
  for (int i = 0; i < 4; ++i) world.request(0s, 10s);
  const auto throttles = world.functions.take_throttles();
  REQUIRE(throttles.size() == 1);
  CHECK(throttles[0].reason == ThrottleReason::kReservedFunctionConcurrentInvocationLimitExceeded);
  CHECK(throttles[0].count == 1);
  CHECK(world.functions.concurrent_executions() == 3);
}

TEST_CASE("L36: fewer provisioned go at once, idle ones first; more are prepared anew") {
  LambdaWorld world({provisioned(3)});
  world.request(0s, 10s);
  world.advance(1s);
  world.functions.change(0, provisioned(1));
  CHECK(world.functions.environments(0) == 1);  // the busy one
  world.functions.change(0, provisioned(0));
  CHECK(world.functions.environments(0) == 1);
  world.advance(10s);
  CHECK(world.functions.environments(0) == 0);
  world.functions.change(0, provisioned(2));
  world.advance(100'019ms);  // 10 s + 90 s + 2 x 10 ms
  CHECK(world.functions.environments(0) == 0);
  world.advance(100'020ms);
  CHECK(world.functions.environments(0) == 2);
}

TEST_CASE("an update of the function prepares what is provisioned anew") {
  LambdaWorld world({provisioned(1)});
  FunctionConfig larger = provisioned(1);
  larger.memory_size = 2048;
  world.advance(1s);
  world.functions.change(0, larger);
  CHECK(world.functions.environments(0) == 0);
  world.request(2s, 1s);
  world.advance(92s);
  CHECK(world.functions.environments(0) == 2);
  CHECK(world.end(100s).counters.cold_starts == 1);
}

TEST_CASE("L100: a window has what was ready and what of it served, and who spilled over") {
  LambdaWorld world({provisioned(2)});
  // Both serve from 10 s to 20 s, one until 40 s; the third request spills over.
  world.request(10s, 30s);
  world.request(10s, 10s);
  world.request(12s, 1s);
  world.advance(60s);
  metrics::WindowRow row;
  world.functions.complete(0, {at(0s), at(60s)}, row);
  CHECK(row.provisioned.invocations == 2);
  CHECK(row.provisioned.spillovers == 1);
  CHECK(row.provisioned.busy == 40'000'000'000);
  CHECK(row.provisioned.ready == 120'000'000'000);
  CHECK(row.provisioned.busy_max == 2);
  CHECK(row.provisioned.utilization_max_ppm == 1'000'000);
  row = {};
  world.functions.complete(0, {at(60s), at(90s)}, row);
  CHECK(row.provisioned.invocations == 0);
  CHECK(row.provisioned.ready == 60'000'000'000);
  CHECK(row.provisioned.busy_max == 0);
}

TEST_CASE("L83: storage above 512 MB is billed for as long as the function's duration") {
  FunctionConfig config = plain_function();
  config.ephemeral_storage = 1536;
  LambdaWorld world({config});
  world.request(0s, 10s);
  world.request(20s, 1500us);
  world.end(30s);
  CHECK(world.functions.usage(0).storage_mib_ms == (10'000 + 2) * 1024);
}

}  // namespace
}  // namespace skyreplay::lambda
