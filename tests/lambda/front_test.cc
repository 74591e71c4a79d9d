// What stands before a function: APIs and load balancers.
#include "lambda/front.h"

#include <doctest/doctest.h>

#include "pricing/catalogue.h"
#include "support/lambda_world.h"

namespace skyreplay::lambda {
namespace {

using Kind = FrontConfig::Kind;
using metrics::Outcome;
using testing::LambdaWorld;
using testing::plain_function;
using namespace std::chrono_literals;

constexpr std::uint64_t kMiB = 1 << 20;

FunctionConfig with_payloads() {
  FunctionConfig config = plain_function();
  config.has_payloads = true;
  return config;
}

/// One function behind an API with that timeout.
struct ApiWorld : LambdaWorld {
  explicit ApiWorld(FrontConfig front, const FunctionConfig& config = plain_function(),
                    const AccountConfig& account = {})
      : LambdaWorld({config}, account) {
    functions.put_before(0, std::make_unique<Front>(front, std::nullopt));
  }
  void send(Duration time, std::uint64_t in, std::uint64_t out) {
    loop.advance(testing::at(time));
    clients.arrive(rows++, 0, 1ms, 0ns, {.in = in, .out = out});
  }
};

TEST_CASE("L51: an API answers 504 at its timeout, and the function works on and is billed") {
  ApiWorld world({.kind = Kind::kHttpApi, .timeout = 30s});
  world.request(0s, 40s);
  world.request(1s, 30s);  // answered at the very instant
  const metrics::SpanRow before = world.end(31s);
  CHECK(LambdaWorld::count(before, Outcome::kError) == 1);
  CHECK(LambdaWorld::count(before, Outcome::kCompleted) == 1);
  CHECK(world.functions.concurrent_executions() == 1);
  world.advance(40s);
  CHECK(world.functions.usage(0).mib_ms == 70'000 * 1769);
}

TEST_CASE("L51: the account's rate of API Gateway is shared, and what it throttles costs nothing") {
  const FrontConfig api{.kind = Kind::kRestApi, .timeout = 29s};
  AccountConfig account;
  account.api_throttling = {.burst_limit = 3, .rate_limit = 1};
  LambdaWorld world({plain_function(), plain_function()}, account);
  for (std::uint32_t i = 0; i < 2; ++i) {
    world.functions.put_before(i, std::make_unique<Front>(api, std::nullopt));
  }
  for (std::uint32_t i = 0; i < 4; ++i) world.request(0s, 1s, 0s, i % 2);
  world.request(1s, 1s);  // a token has come
  const metrics::SpanRow total = world.end(10s);
  CHECK(LambdaWorld::count(total, Outcome::kThrottle) == 1);
  const auto throttles = world.functions.take_throttles();
  REQUIRE(throttles.size() == 1);
  CHECK(throttles[0].reason == ThrottleReason::kApiThrottlingLimit);
  CHECK(world.functions.usage(0).api_requests + world.functions.usage(1).api_requests == 4);
  CHECK(world.functions.usage(0).requests + world.functions.usage(1).requests == 4);
}

TEST_CASE("L51: an API's own rate holds besides the account's") {
  ApiWorld world({.kind = Kind::kHttpApi,
                  .timeout = 30s,
                  .throttling = Throttling{.burst_limit = 2, .rate_limit = 0.5}});
  for (int i = 0; i < 3; ++i) world.request(0s, 1s);
  world.request(2s, 1s);
  CHECK(LambdaWorld::count(world.end(10s), Outcome::kThrottle) == 1);
}

TEST_CASE("L97: an HTTP API bills each begun 512 KB, a REST API each request") {
  const auto billed = [](Kind kind) {
    ApiWorld world({.kind = kind, .timeout = 29s}, with_payloads());
    world.send(0s, 0, 0);
    world.send(1s, 512 * 1024, 0);
    world.send(2s, 512 * 1024, 1);
    world.send(3s, kMiB, kMiB);
    world.end(10s);
    return world.functions.usage(0).api_requests;
  };
  CHECK(billed(Kind::kHttpApi) == 1 + 1 + 2 + 4);
  CHECK(billed(Kind::kRestApi) == 4);
}

TEST_CASE("L73: a request above 6 MB is refused, an answer above it fails after it ran") {
  ApiWorld world({.kind = Kind::kHttpApi, .timeout = 30s}, with_payloads());
  world.send(0s, 6 * kMiB, 6 * kMiB);
  world.send(1s, 6 * kMiB + 1, 0);
  world.send(2s, 0, 6 * kMiB + 1);
  const metrics::SpanRow total = world.end(10s);
  CHECK(LambdaWorld::count(total, Outcome::kCompleted) == 1);
  CHECK(LambdaWorld::count(total, Outcome::kRefused) == 1);
  CHECK(LambdaWorld::count(total, Outcome::kError) == 1);
  CHECK(world.functions.usage(0).requests == 2);
  CHECK(world.functions.usage(0).bytes_out == 6 * kMiB);
}

/// Behind a load balancer, whose meters are read at the end.
struct BalancerWorld : LambdaWorld {
  explicit BalancerWorld(const FunctionConfig& config) : LambdaWorld({config}) {
    meters.add_item(pricing::Catalogue::builtin().tariff("lambda.requests_x86", "us-east-1"));
    meters.add_item(pricing::Catalogue::builtin().tariff("lambda.duration_x86", "us-east-1"));
    FrontConfig front;
    front.kind = Kind::kLoadBalancer;
    pricing::LoadBalancerMeter meter(pricing::Catalogue::builtin(), {.has_functions = true},
                                     "us-east-1", {testing::at(0s), testing::at(1h)}, meters);
    functions.put_before(0, std::make_unique<Front>(front, meter));
  }
  void send(Duration time, std::uint64_t in, std::uint64_t out) {
    loop.advance(testing::at(time));
    clients.arrive(rows++, 0, 1s, 0ns, {.in = in, .out = out});
  }

  pricing::Meters meters;
};

TEST_CASE("L52, E117: behind a load balancer requests and answers pass up to 1 MB") {
  BalancerWorld world(with_payloads());
  world.send(0s, kMiB, kMiB);
  world.send(1s, kMiB + 1, 0);
  world.send(2s, 0, kMiB + 1);
  const metrics::SpanRow total = world.end(10s);
  CHECK(LambdaWorld::count(total, Outcome::kCompleted) == 1);
  CHECK(LambdaWorld::count(total, Outcome::kRefused) == 1);
  CHECK(LambdaWorld::count(total, Outcome::kError) == 1);
}

TEST_CASE("L52: a load balancer waits for as long as the function takes") {
  BalancerWorld world(plain_function());
  world.request(0s, 890s);
  CHECK(LambdaWorld::count(world.end(900s), Outcome::kCompleted) == 1);
}

TEST_CASE("E118: of functions 0.4 GB an hour are a capacity unit") {
  BalancerWorld world(with_payloads());
  for (int i = 0; i < 100; ++i) world.send(i * 10s, kMiB, kMiB);  // 200 MiB
  world.end(1h);
  world.functions.read_meters(0, testing::at(1h), world.meters);
  // 200 / 1,024 GB of 0.4: 0.48828125 LCU; connections are 100 of 90,000.
  CHECK(world.meters.units(2) == 3'600);
  CHECK(world.meters.units(3) == 488'281'250);
}

TEST_CASE("E118: what is in flight at a function counts as active connections") {
  BalancerWorld world(plain_function());
  for (int i = 0; i < 900; ++i) world.request(0s, 800s);
  world.end(1h);
  world.functions.read_meters(0, testing::at(1h), world.meters);
  // 900 opened in a minute each, and 900 x 800 s: 900 + 12,000 connection-minutes of 180,000.
  CHECK(world.meters.units(3) == (900 + 12'000) * 1'000'000'000ULL / 180'000);
}

}  // namespace
}  // namespace skyreplay::lambda
