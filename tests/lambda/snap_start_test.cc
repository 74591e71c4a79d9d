// Environments restored from a snapshot, and what older rules billed and allowed.
#include <doctest/doctest.h>

#include "pricing/snapshot_meter.h"
#include "support/lambda_world.h"

namespace skyreplay::lambda {
namespace {

using metrics::Outcome;
using testing::LambdaWorld;
using testing::plain_function;
using namespace std::chrono_literals;

Distribution constant(Duration value) { return Distribution(Distribution::Constant{value}); }

/// An Init of 8 s, a restore of 500 ms of which three fifths are billed.
FunctionConfig snapshots(Duration restore = 500ms) {
  FunctionConfig config = plain_function();
  config.init_duration = constant(8s);
  config.platform_init_duration = constant(100ms);
  config.snap_start = SnapStartConfig{
      .restore_duration = constant(restore), .billed_share = 0.6, .is_charged = true};
  return config;
}

TEST_CASE("L31, L24: a new environment is restored, and part of that is billed") {
  LambdaWorld world({snapshots()});
  world.request(0s, 1s);
  world.request(10s, 1s);
  const metrics::SpanRow total = world.end(20s);
  CHECK(total.counters.cold_starts == 1);
  CHECK(total.parts.init == 600'000'000);
  CHECK(world.functions.usage(0).mib_ms == (300 + 1'000 + 1'000) * 1769);
  CHECK(world.functions.usage(0).restored_mib == 1769);  // L34
}

TEST_CASE("L5: a restore of more than 10 s fails, uncounted, unbilled, and its environment goes") {
  LambdaWorld world({snapshots(11s)});
  world.request(0s, 1s);
  world.advance(10'099ms);
  CHECK(world.functions.concurrent_executions() == 1);
  const metrics::SpanRow total = world.end(10'100ms);
  CHECK(LambdaWorld::count(total, Outcome::kError) == 1);
  CHECK(world.functions.usage(0).requests == 0);
  CHECK(world.functions.usage(0).mib_ms == 0);
  CHECK(world.functions.environments(0) == 0);
  CHECK(world.functions.concurrent_executions() == 0);
}

TEST_CASE("L5: what is being restored in vain when the run ends is not billed") {
  LambdaWorld world({snapshots(11s)});
  world.request(0s, 1s);
  world.advance(5s);
  world.functions.finish(testing::at(5s));
  CHECK(world.functions.usage(0).mib_ms == 0);
}

TEST_CASE("L34: the cache of a version is billed for three hours at least") {
  const pricing::BilledSpan day{testing::at(0s), testing::at(24h)};
  pricing::SnapshotMeter meter(day);
  meter.publish(testing::at(0s), 1024);
  CHECK(meter.mib_ms(testing::at(0s)) == 0);
  CHECK(meter.mib_ms(testing::at(1s)) == 3 * 3'600'000ULL * 1024);
  CHECK(meter.mib_ms(testing::at(5h)) == 5 * 3'600'000ULL * 1024);
  meter.publish(testing::at(5h), 2048);
  CHECK(meter.mib_ms(testing::at(6h)) == (5 * 1024 + 3 * 2048) * 3'600'000ULL);
  CHECK(meter.mib_ms(testing::at(48h)) == (5 * 1024 + 19 * 2048) * 3'600'000ULL);
}

TEST_CASE("L22: before August 2025 Init of a managed runtime was not billed") {
  FunctionConfig config = plain_function();
  config.init_duration = constant(2s);
  config.platform_init_duration = constant(1s);
  config.init_is_billed = false;
  LambdaWorld world({config});
  world.request(0s, 5s);
  world.advance(4s);
  world.functions.finish(testing::at(4s));  // a second of its Invoke
  CHECK(world.functions.usage(0).mib_ms == 1'000 * 1769);
}

TEST_CASE("L22: an Init that a timeout made necessary is billed all the same") {
  FunctionConfig config = plain_function();
  config.init_duration = constant(2s);
  config.init_is_billed = false;
  config.timeout = 10s;
  LambdaWorld world({config});
  world.request(0s, 60s);
  world.request(20s, 1s);
  world.end(30s);
  CHECK(world.functions.usage(0).mib_ms == (10'000 + 3'000) * 1769);
}

TEST_CASE("L46: until November 2023 all functions shared one rate of new environments") {
  AccountConfig account{.scaling_burst = 3, .scaling_per_second = 1};
  const auto throttled = [&account] {
    LambdaWorld world({plain_function(), plain_function()}, account);
    for (std::uint32_t i = 0; i < 6; ++i) world.request(0s, 10s, 0s, i % 2);
    return LambdaWorld::count(world.end(20s), Outcome::kThrottle);
  };
  CHECK(throttled() == 0);
  account.scaling_is_shared = true;
  CHECK(throttled() == 3);
}

TEST_CASE("L10: a lifetime can be drawn each time an environment becomes idle") {
  FunctionConfig config = plain_function();
  config.idle.lifetime = Distribution(Distribution::Uniform{10s, 30s});
  LambdaWorld world({config});
  world.request(0s, 1s);
  int cold = 0;
  for (int i = 1; i <= 400; ++i) world.request(i * 21s, 1s);  // idle for 20 s each
  cold = static_cast<int>(world.end(9'000s).counters.cold_starts) - 1;
  CHECK(cold > 160);  // half of 400; four standard deviations are 40
  CHECK(cold < 240);
}

TEST_CASE("L10, L11: at the very instant its drawn lifetime ends an environment is gone") {
  FunctionConfig config = plain_function();
  config.idle.lifetime = constant(20s);
  LambdaWorld world({config});
  world.request(0s, 1s);
  world.request(20'999'999'999ns, 1s);  // a nanosecond before
  world.request(41'999'999'999ns, 1s);
  CHECK(world.end(50s).counters.cold_starts == 2);
  CHECK(world.functions.environments(0) == 1);
  world.advance(63s);
  CHECK(world.functions.environments(0) == 0);
}

}  // namespace
}  // namespace skyreplay::lambda
