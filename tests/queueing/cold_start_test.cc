// A request of a Poisson stream is a cold start if no request came for longer than an environment
// lives unused, T: the gaps are exponential, so this has the probability e^-rT.
//
// The exponential's lack of memory makes that exact in two settings: requests that take no time at
// all; and one reserved environment, where requests that find it busy are turned away, so that the
// next one taken comes an exponential time after it was freed, however long it was busy. That
// second setting is the loss system with one server as well.
#include <cmath>

#include "queueing/stream.h"

namespace skyreplay::queueing {
namespace {

constexpr std::uint64_t kSeeds = 24;
constexpr Duration kLife = 600s;

/// A request in five minutes on average, for 100 days: rT = 2.
Stream slow_stream(double rate, const Distribution::Law& service, std::uint64_t seed) {
  return {.rate = rate,
          .service = service,
          .span = 24h * 100,
          .warm_up = 24h,
          .window = 24h,
          .seed = seed};
}

/// No environment grows too old, whatever the stream.
lambda::FunctionConfig living_unused_for(lambda::IdleRule idle) {
  lambda::FunctionConfig config = testing::plain_function();
  config.idle = idle;
  config.max_environment_age = 24h * 365 * 10;
  return config;
}

/// Cold starts among the requests that were taken.
double cold_share(const lambda::FunctionConfig& config, const Stream& stream) {
  LambdaWorld world({config}, {}, {}, stream.seed, testing::at(stream.warm_up));
  play(world, stream);
  const metrics::SpanRow total = world.end(stream.span);
  const std::uint64_t throttled = LambdaWorld::count(total, metrics::Outcome::kThrottle);
  return static_cast<double>(total.counters.cold_starts) /
         static_cast<double>(total.counters.arrivals - throttled);
}

const Law kColdStart = [](double rate) { return std::exp(-rate * seconds(kLife)); };

TEST_CASE("requests that take no time are cold with probability e^-rT, T a fixed lifetime") {
  const auto measure = [](double rate, std::uint64_t seed) {
    return cold_share(living_unused_for({.function_idle = {}, .environment_idle = kLife}),
                      slow_stream(rate, Distribution::Constant{}, seed));
  };
  check_law(1.0 / 300, measure, kColdStart, kSeeds);
}

TEST_CASE("of the two idle timers the function's decides where one environment serves all") {
  const auto measure = [](double rate, std::uint64_t seed) {
    return cold_share(living_unused_for({.function_idle = kLife, .environment_idle = 1000s}),
                      slow_stream(rate, Distribution::Constant{}, seed));
  };
  check_law(1.0 / 300, measure, kColdStart, kSeeds);
}

TEST_CASE(
    "one reserved environment starts cold with probability e^-rT, however long requests take") {
  const auto measure = [](double rate, std::uint64_t seed) {
    lambda::FunctionConfig config =
        living_unused_for({.function_idle = {}, .environment_idle = kLife});
    config.reserved_concurrent_executions = 1;
    config.init_duration = Distribution::Law(Distribution::Lognormal{.p50 = 250ms, .p99 = 800ms});
    config.platform_init_duration =
        Distribution::Law(Distribution::Uniform{.low = 50ms, .high = 150ms});
    return cold_share(config, slow_stream(rate, Distribution::Exponential{60s}, seed));
  };
  check_law(1.0 / 300, measure, kColdStart, kSeeds);
}

}  // namespace
}  // namespace skyreplay::queueing
