#include <doctest/doctest.h>

#include "support/lambda_world.h"

namespace skyreplay::lambda {
namespace {

using testing::LambdaWorld;
using testing::plain_function;
using Law = Distribution::Constant;
using metrics::Outcome;
using namespace std::chrono_literals;

FunctionConfig slow_start() {
  FunctionConfig config = plain_function();
  config.platform_init_duration = Distribution(Law{200ms});
  config.init_duration = Distribution(Law{300ms});
  return config;
}

TEST_CASE("L2, L16: an environment serves one request at a time and is busy for Init and Invoke") {
  LambdaWorld world({slow_start()});
  world.request(0s, 1s);
  // The first is still in its Init: the second needs an environment of its own.
  world.request(400ms, 1s);
  CHECK(world.functions.environments(0) == 2);
  CHECK(world.functions.concurrent_executions() == 2);
  // Both are free at 1.9 s: the third finds one.
  world.request(1900ms, 1s);
  CHECK(world.functions.environments(0) == 2);
  const metrics::SpanRow total = world.end(10s);
  CHECK(total.counters.cold_starts == 2);
  CHECK(total.parts.init == 1'000'000'000);  // 2 x 500 ms
  CHECK(total.latency_max_ns == 1'500'000'000);
}

TEST_CASE(
    "L17, L22, L23: platform time delays the client unbilled, Init is billed with one rounding") {
  FunctionConfig config = slow_start();
  config.init_duration = Distribution(Law{300'400us});
  LambdaWorld world({config});
  world.request(0s, 100'400us);
  world.end(10s);
  // 300.4 + 100.4 = 400.8 -> 401, not 301 + 101; the 200 ms of the platform are not there.
  CHECK(world.functions.usage(0).mib_ms == 401u * 1769);
  world.request(11s, 100'400us);
  world.advance(20s);
  CHECK(world.functions.usage(0).mib_ms == (401u + 101u) * 1769);
  CHECK(world.functions.usage(0).requests == 2);
}

TEST_CASE(
    "L70, L71: only CPU work is stretched by memory, and one thread gains nothing above 1,769 MB") {
  const std::vector<std::pair<std::uint32_t, std::int64_t>> cases = {
      {512, 4'455'078'125}, {1769, 2'000'000'000}, {10'240, 2'000'000'000}};
  for (const auto& [memory, expected] : cases) {
    FunctionConfig config = plain_function();
    config.memory_size = memory;
    LambdaWorld world({config});
    world.request(0s, 1s, 1s);
    // 1 s of wait and 1 s of work on 512 / 1,769 of a vCPU: 1 + 3.455078125 s.
    CHECK(world.end(60s).latency_max_ns == expected);
  }
}

TEST_CASE("L71: a parallel handler uses every vCPU it was sold") {
  FunctionConfig config = plain_function();
  config.memory_size = 3538;
  config.parallelism = 6;
  LambdaWorld world({config});
  world.request(0s, 1s);
  CHECK(world.end(60s).latency_max_ns == 500'000'000);
}

TEST_CASE("L6, L27, L74: a timeout cuts the invocation at the limit, bills it, and counts apart") {
  FunctionConfig config = plain_function();
  config.timeout = 3s;
  LambdaWorld world({config});
  world.request(0s, 5s);
  world.request(10s, 3s);
  const metrics::SpanRow total = world.end(20s);
  CHECK(LambdaWorld::count(total, Outcome::kServerTimeout) == 1);
  CHECK(total.counters.completions() == 1);
  CHECK(world.functions.usage(0).mib_ms == (3000u + 3000u) * 1769);
}

TEST_CASE(
    "L7: after a timeout the next invocation runs Init inside, billed and without a cold start") {
  FunctionConfig config = slow_start();
  config.timeout = 3s;
  LambdaWorld world({config});
  world.request(0s, 5s);   // 0.5 s of start, cut at 3.5 s
  world.request(10s, 1s);  // same environment: 0.3 s of Init and 1 s
  world.request(20s, 1s);
  const metrics::SpanRow total = world.end(30s);
  CHECK(total.counters.cold_starts == 1);
  CHECK(world.functions.environments(0) == 1);
  CHECK(total.latency_max_ns == 1'300'000'000);
  CHECK(total.parts.init == 300'000'000);  // completed requests only
  CHECK(world.functions.usage(0).mib_ms == (3300u + 1300u + 1000u) * 1769);
}

TEST_CASE("L3: an Init over 10 s is cut, billed, and run again under the function's timeout") {
  FunctionConfig config = slow_start();
  config.init_duration = Distribution(Law{12s});
  config.timeout = 20s;
  LambdaWorld world({config});
  world.request(0s, 1s);
  const metrics::SpanRow total = world.end(60s);
  // 0.2 platform + 10 cut + 12 again + 1 work.
  CHECK(total.latency_max_ns == 23'200'000'000);
  CHECK(world.functions.usage(0).mib_ms == 23'000u * 1769);

  config.timeout = 5s;
  LambdaWorld shorter({config});
  shorter.request(0s, 1s);
  CHECK(LambdaWorld::count(shorter.end(60s), Outcome::kServerTimeout) == 1);
  CHECK(shorter.functions.usage(0).mib_ms == 15'000u * 1769);
}

TEST_CASE("L3: the Init that runs again takes a time of its own") {
  FunctionConfig config = plain_function();
  config.init_duration = Distribution(Distribution::Uniform{11s, 20s});
  LambdaWorld world({config});
  world.request(0s, 1s);
  const metrics::SpanRow total = world.end(60s);
  RandomEngine draw = RandomStream(1, "fn0", "init_duration").at(0);
  const Duration again = Duration{total.parts.init} - 10s;
  CHECK(again >= 11s);
  CHECK(again <= 20s);
  CHECK(again != config.init_duration.sample(draw));  // the one that was cut
}

TEST_CASE("L6, L7: an Init inside an Invoke counts against the timeout") {
  FunctionConfig config = slow_start();
  config.timeout = 3s;
  LambdaWorld world({config});
  world.request(0s, 5s);       // cut: the environment is reset
  world.request(10s, 2700ms);  // 0.3 s of Init and 2.7 s: in time
  world.request(20s, 5s);      // cut again
  world.request(30s, 2701ms);  // a millisecond too long
  const metrics::SpanRow total = world.end(40s);
  CHECK(total.counters.completions() == 1);
  CHECK(LambdaWorld::count(total, Outcome::kServerTimeout) == 3);
  CHECK(world.functions.usage(0).mib_ms == (3300u + 3 * 3000u) * 1769);
}

TEST_CASE("L19: each environment of each function draws an Init of its own") {
  FunctionConfig config = plain_function();
  config.init_duration = Distribution(Distribution::Exponential{1s});
  LambdaWorld world({config, config, config});
  for (const std::uint32_t function : {0U, 0U, 1U, 2U}) world.request(0s, 1s, 0s, function);
  world.end(600s);
  RandomEngine draw = RandomStream(1, "fn0", "init_duration").at(0);
  const std::int64_t first = config.init_duration.sample(draw).count();
  CHECK(world.recorder.service_span(0).parts.init != 2 * first);
  CHECK(world.recorder.service_span(1).parts.init != world.recorder.service_span(2).parts.init);

  // Platform time and Init of one law are two draws.
  config.platform_init_duration = config.init_duration;
  LambdaWorld both({config});
  both.request(0s, 1s);
  const std::int64_t sum = both.end(600s).parts.init;
  CHECK(sum > first);
  CHECK(sum != 2 * first);
}

TEST_CASE("L71: a faster vCPU shortens the work, not the wait") {
  FunctionConfig config = plain_function();
  config.cpu_speed = 2;
  LambdaWorld world({config});
  world.request(0s, 1s, 1s);
  CHECK(world.end(60s).latency_max_ns == 1'500'000'000);
}

TEST_CASE(
    "L14a: a function is quiet from the end of its last request, not of its oldest environment") {
  LambdaWorld world({plain_function()});
  world.request(0s, 1s);
  world.request(0s, 800s);
  world.advance(700s);  // the first is idle for 699 s, but something runs
  CHECK(world.functions.environments(0) == 2);
  world.advance(1001s - 1ns);
  CHECK(world.functions.environments(0) == 2);
  world.advance(1001s);  // idle for 1,000 s
  CHECK(world.functions.environments(0) == 1);
  world.advance(1445s - 1ns);
  CHECK(world.functions.environments(0) == 1);
  world.advance(1445s);  // 800 + 645
  CHECK(world.functions.environments(0) == 0);
}

TEST_CASE("L14a: a quiet function loses all its environments after 645 s, exactly") {
  LambdaWorld world({plain_function()});
  world.request(0s, 1s);
  world.request(0s, 2s);
  CHECK(world.functions.environments(0) == 2);
  world.advance(2s + 645s - 1ns);
  CHECK(world.functions.environments(0) == 2);
  world.advance(2s + 645s);
  CHECK(world.functions.environments(0) == 0);
  CHECK(world.loop.pending() == 1);  // the age ring's
}

TEST_CASE("L12, L14a: while the function stays active a surplus environment lives 1,000 s") {
  LambdaWorld world({plain_function()});
  world.request(0s, 1s);
  world.request(0s, 1s);
  // One request every 100 s keeps the function busy and, most recently used first, one environment.
  for (int i = 1; i <= 20; ++i) {
    world.request(100s * i, 1s);
    world.advance(100s * i + 50s);
    CAPTURE(i);
    CHECK(world.functions.environments(0) == (100 * i + 50 < 1001 ? 2u : 1u));
  }
}

TEST_CASE("L15: the most recently freed environment serves, unless told otherwise") {
  for (const Reuse reuse : {Reuse::kMostRecentlyUsed, Reuse::kLeastRecentlyUsed}) {
    FunctionConfig config = plain_function();
    config.reuse = reuse;
    LambdaWorld world({config});
    world.request(0s, 1s);  // freed at 1 s
    world.request(0s, 2s);  // freed at 2 s
    // Every 300 s: used alternately both stay alive, used most recently one dies at 1,001 s.
    for (int i = 1; i <= 5; ++i) world.request(300s * i, 1s);
    world.advance(1510s);
    CHECK(world.functions.environments(0) == (reuse == Reuse::kMostRecentlyUsed ? 1u : 2u));
  }
}

TEST_CASE("L11: a fixed lifetime counts from the end of the last invocation") {
  FunctionConfig config = plain_function();
  config.idle = {.function_idle = std::nullopt, .environment_idle = 600s};
  LambdaWorld world({config});
  world.request(0s, 10s);
  world.request(610s - 1ns, 10s);  // warm, at the last moment; free again at 620 s
  world.request(1220s, 10s);       // an expiry at t comes before an arrival at t: cold
  CHECK(world.end(2000s).counters.cold_starts == 2);
}

TEST_CASE("L14: an environment ends at its maximum age, but never in the middle of an invocation") {
  FunctionConfig config = plain_function();
  config.max_environment_age = 7200s;
  LambdaWorld world({config});
  for (int i = 0; i < 12; ++i) world.request(600s * i, 1s);
  world.request(7199s, 10s);
  world.advance(7205s);
  CHECK(world.functions.environments(0) == 1);
  world.advance(7209s);
  CHECK(world.functions.environments(0) == 0);
  world.request(7300s, 1s);
  CHECK(world.end(7400s).counters.cold_starts == 2);
}

TEST_CASE("an idle environment in the middle of the list can age out") {
  FunctionConfig config = plain_function();
  config.idle = {.function_idle = std::nullopt, .environment_idle = 10h};
  config.max_environment_age = 1000s;
  LambdaWorld world({config});
  world.request(0s, 3s);      // created first, freed in the middle
  world.request(1s, 1s);      // freed first
  world.request(1500ms, 5s);  // freed last
  CHECK(world.functions.environments(0) == 3);
  world.advance(1000s);
  CHECK(world.functions.environments(0) == 2);
  world.request(1000500ms, 100s);
  CHECK(world.functions.environments(0) == 2);
  world.advance(1001s);  // the second is 1,000 s old and idle
  CHECK(world.functions.environments(0) == 1);
  world.advance(1100500ms);  // the third was busy at 1,001.5 s
  CHECK(world.functions.environments(0) == 0);
}

TEST_CASE("what runs when the books close is billed to that instant") {
  LambdaWorld world({slow_start()});
  world.request(0s, 100s);
  world.advance(10s);
  world.functions.finish(testing::at(10s));
  CHECK(world.functions.usage(0).mib_ms == 9'800u * 1769);  // without 200 ms of the platform
}

TEST_CASE("L90: what needs more than 15 minutes is counted, for no function could serve it") {
  FunctionConfig config = plain_function();
  config.cpu_speed = 0.5;
  LambdaWorld world({config});
  world.request(0s, 450s);  // 15 min of its vCPU
  world.request(0s, 450s, 1ns);
  world.request(0s, 0s, 1h);
  world.end(1h);
  REQUIRE(world.functions.notes().size() == 1);
  CHECK(world.functions.notes()[0] ==
        "2 of 3 invocations of functions (66.7 %) needed more than the 15 minutes that a function "
        "may run: they were cut and billed, and Lambda cannot serve them");
}

TEST_CASE("L90: a cut by a shorter timeout is none that a longer one could not mend") {
  FunctionConfig config = plain_function();
  config.timeout = 10s;
  LambdaWorld world({config});
  world.request(0s, 20s);
  world.end(1h);
  CHECK(world.functions.notes().empty());
}

}  // namespace
}  // namespace skyreplay::lambda
