#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "core/distribution.h"
#include "core/random.h"
#include "queueing/law.h"
#include "support/lambda_world.h"

/// Closed forms of queueing theory against the models as a run wires them: the loop, the clients,
/// the functions and the recorder, with windows that close as in a replay. Only the arrivals come
/// from here instead of from a trace.
namespace skyreplay::queueing {

using namespace std::chrono_literals;
using testing::LambdaWorld;

inline double seconds(Duration duration) { return std::chrono::duration<double>(duration).count(); }

/// Poisson arrivals of `rate` a second, each with a service time of its own.
struct Stream {
  double rate = 1;
  Distribution service;
  Duration span{};              ///< REQUIRES whole windows, as is the warm-up
  Duration warm_up{};           ///< part of the span that is not looked at
  std::uint32_t functions = 1;  ///< each arrival goes to one of as many at random
  Duration window = 60s;
  std::uint64_t seed = 1;
  /// Called as a window after the warm-up closes, before what happens at that instant.
  std::function<void(LambdaWorld&)> at_window_end{};
};

inline Duration window_end(LambdaWorld& world, const Stream& stream, Duration boundary) {
  world.advance(boundary - 1ns);
  world.recorder.close_window(testing::at(boundary));
  if (boundary <= stream.warm_up) {
    world.sink.in_flight_ns = 0;
  } else if (stream.at_window_end) {
    stream.at_window_end(world);
  }
  return boundary + stream.window;
}

/// Drives a world through the stream's span; then requests may still be in flight. Its windows'
/// sums are of the time after the warm-up, and so are its counters if it was told of the warm-up.
inline void play(LambdaWorld& world, const Stream& stream) {
  const RandomStream gaps(stream.seed, "queueing", "gap");
  const RandomStream services(stream.seed, "queueing", "service");
  const RandomStream choices(stream.seed, "queueing", "function");
  const Distribution gap(
      Distribution::Exponential{Duration{static_cast<std::int64_t>(1e9 / stream.rate)}});
  Duration boundary = stream.window;
  Duration now{};
  for (std::uint64_t row = 0; now < stream.span; ++row) {
    RandomEngine gap_draw = gaps.at(row);
    now += gap.sample(gap_draw);
    while (boundary <= std::min(now, stream.span)) boundary = window_end(world, stream, boundary);
    if (now >= stream.span) return;
    RandomEngine service_draw = services.at(row);
    RandomEngine choice = choices.at(row);
    world.request(now, stream.service.sample(service_draw), 0ns,
                  static_cast<std::uint32_t>(choice() % stream.functions));
  }
}

}  // namespace skyreplay::queueing
