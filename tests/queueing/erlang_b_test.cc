// Erlang's loss formula. A function with c reserved environments, whose clients do not try again,
// is the loss system M/G/c/c: Poisson arrivals of load a = rate x mean duration find every
// environment busy with probability B(c, a), whatever the law of the durations.
//
// A. K. Erlang, "Løsning af nogle Problemer fra Sandsynlighedsregningen af Betydning for de
// automatiske Telefoncentraler", Elektroteknikeren 13 (1917), gives B; that it depends on the
// durations through their mean alone: B. A. Sevastyanov, Theory of Probability and its
// Applications 2 (1957).
#include "queueing/stream.h"

namespace skyreplay::queueing {
namespace {

using lambda::ThrottleReason;

constexpr std::uint64_t kSeeds = 24;

/// B(c, a) = (a^c / c!) / sum over k <= c of a^k / k!, by its recursion in c.
double erlang_b(int c, double a) {
  double b = 1;
  for (int k = 1; k <= c; ++k) b = a * b / (k + a * b);
  return b;
}

Stream stream_of(double rate, const Distribution::Law& service, std::uint64_t seed) {
  return {.rate = rate, .service = service, .span = 100min, .warm_up = 1min, .seed = seed};
}

lambda::FunctionConfig reserving(std::uint32_t concurrency) {
  lambda::FunctionConfig config = testing::plain_function();
  config.reserved_concurrent_executions = concurrency;
  return config;
}

/// The share of requests that were throttled, all of them by the limit in question: neither the
/// requests per second (L48) nor the scaling rate (L45) may have had a part in it.
double throttled_share(LambdaWorld& world, const Stream& stream, ThrottleReason reason) {
  play(world, stream);
  for (const lambda::Throttles& throttles : world.functions.take_throttles()) {
    REQUIRE(throttles.reason == reason);
  }
  const metrics::SpanRow total = world.end(stream.span);
  return static_cast<double>(LambdaWorld::count(total, metrics::Outcome::kThrottle)) /
         static_cast<double>(total.counters.arrivals);
}

/// Ten reserved environments, requests of a second's mean.
void check_reserved(double load, const Distribution::Law& service) {
  REQUIRE(Distribution(service).mean_s() == doctest::Approx(1).epsilon(1e-9));
  const auto measure = [&](double rate, std::uint64_t seed) {
    const Stream stream = stream_of(rate, service, seed);
    LambdaWorld world({reserving(10)}, {}, {}, seed, testing::at(stream.warm_up));
    return throttled_share(world, stream,
                           ThrottleReason::kReservedFunctionConcurrentInvocationLimitExceeded);
  };
  check_law(load, measure, [](double a) { return erlang_b(10, a); }, kSeeds);
}

TEST_CASE("Erlang's formula itself: B(1, a) = a / (1 + a), and tabled values") {
  CHECK(erlang_b(1, 3) == doctest::Approx(0.75));
  CHECK(erlang_b(2, 1) == doctest::Approx(0.2));  // (1/2) / (1 + 1 + 1/2)
  CHECK(erlang_b(10, 4.461) == doctest::Approx(0.01).epsilon(1e-3));
}

TEST_CASE("reserved concurrency throttles by Erlang B when durations are exponential") {
  check_reserved(8, Distribution::Exponential{1s});
}

TEST_CASE("reserved concurrency throttles by the same Erlang B when durations are constant") {
  check_reserved(8, Distribution::Constant{1s});
}

TEST_CASE("reserved concurrency throttles by the same Erlang B when durations vary widely") {
  check_reserved(8, Distribution::Gamma{.mean = 1s, .cv = 2});
}

TEST_CASE("what others reserve leaves two functions one pool that throttles by Erlang B") {
  // 12 of the account, 4 of them reserved by a function that is never called: 8 for the two others.
  const auto measure = [](double rate, std::uint64_t seed) {
    Stream stream = stream_of(rate, Distribution::Exponential{1s}, seed);
    stream.functions = 2;
    LambdaWorld world({testing::plain_function(), testing::plain_function(), reserving(4)},
                      {.concurrent_executions = 12}, {}, seed, testing::at(stream.warm_up));
    return throttled_share(world, stream, ThrottleReason::kConcurrentInvocationLimitExceeded);
  };
  check_law(7, measure, [](double a) { return erlang_b(8, a); }, kSeeds);
}

}  // namespace
}  // namespace skyreplay::queueing
