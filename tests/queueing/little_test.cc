// Little's law, L = lambda W: the mean number in flight is the arrival rate times the mean time in
// flight. J. D. C. Little, "A proof for the queuing formula: L = lambda W", Operations Research 9
// (1961); that it holds on every single path whose edges are empty, and so exactly: S. Stidham,
// "A last word on L = lambda W", Operations Research 22 (1974).
//
// The two sides come from separate counters. L is the recorder's integral of the number in flight,
// which sums instants of entering and leaving window by window. W is the sum of the parts that
// latencies were split into, which the service and the client write.
#include "queueing/stream.h"

namespace skyreplay::queueing {
namespace {

/// Closes windows of a minute until nothing is in flight any more.
Duration run_dry(LambdaWorld& world, Duration boundary) {
  while (world.clients.in_flight() > 0) {
    boundary += 60s;
    world.advance(boundary - 1ns);
    world.recorder.close_window(testing::at(boundary));
  }
  return boundary;
}

/// Ten reserved environments with cold starts and half a vCPU, and clients that try until they are
/// answered: every part of a latency that there is takes part.
struct Busy {
  explicit Busy(std::uint64_t seed, TimePoint warm_up_end = {})
      : world({config()}, {}, {.max_attempts = 255}, seed, warm_up_end) {}

  static lambda::FunctionConfig config() {
    lambda::FunctionConfig config = testing::plain_function();
    config.memory_size = 884;
    config.reserved_concurrent_executions = 10;
    config.init_duration = Distribution::Law(Distribution::Lognormal{.p50 = 250ms, .p99 = 800ms});
    config.platform_init_duration =
        Distribution::Law(Distribution::Uniform{.low = 50ms, .high = 150ms});
    config.idle = {.function_idle = {}, .environment_idle = 2s};
    return config;
  }

  LambdaWorld world;
};

Stream stream_of(double rate, std::uint64_t seed) {
  return {.rate = rate,
          .service = Distribution::Law(Distribution::Lognormal{.p50 = 300ms, .p99 = 2s}),
          .span = 100min,
          .seed = seed};
}

TEST_CASE(
    "the integral of requests in flight is the sum of the latencies' parts, to the nanosecond") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    Busy busy(seed);
    const Stream stream = stream_of(6, seed);
    play(busy.world, stream);
    const Duration end = run_dry(busy.world, stream.span);
    const metrics::SpanRow total = busy.world.end(end);
    REQUIRE(total.counters.completions() == total.counters.arrivals);
    REQUIRE(total.counters.arrivals > 30'000);
    // Nothing of what a latency can be made of here was left out.
    for (const std::int64_t part :
         {total.parts.init, total.parts.work, total.parts.cpu_stretch, total.parts.retry}) {
      CHECK(part > 0);
    }
    CHECK(busy.world.sink.in_flight_ns == static_cast<std::uint64_t>(total.parts.sum()));
  }
}

TEST_CASE("amid a long run the number in flight is the given rate times the mean latency") {
  // In flight at either edge are requests that one side counts and the other does not: noise.
  const double rate_per_s = 6;
  const auto measure = [&](double rate, std::uint64_t seed) {
    Stream stream = stream_of(rate, seed);
    stream.span = 160min;
    stream.warm_up = 10min;
    Busy busy(seed, testing::at(stream.warm_up));
    play(busy.world, stream);
    const metrics::SpanRow total = busy.world.end(stream.span);
    const double latency_s = static_cast<double>(total.parts.sum()) * 1e-9 /
                             static_cast<double>(total.counters.completions());
    const double in_flight = static_cast<double>(busy.world.sink.in_flight_ns) * 1e-9 /
                             seconds(stream.span - stream.warm_up);
    return in_flight / latency_s;
  };
  check_law(rate_per_s, measure, [](double rate) { return rate; }, 20);
}

}  // namespace
}  // namespace skyreplay::queueing
