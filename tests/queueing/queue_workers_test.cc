// Workers of several servers that take messages from one queue as Erlang's station: M/M/c, c being
// all workers of all servers, first come first served (E155).
#include <cmath>

#include "queueing/law.h"
#include "support/queue_world.h"

namespace skyreplay::queueing {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t kSeeds = 20;
constexpr std::uint64_t kMessages = 120'000;
constexpr Duration kWarmUp = 3600s;

double exponential(RandomEngine& random, double mean_s) {
  return -mean_s * std::log1p(-random.uniform());
}

/// The mean wait at three servers of two workers, where a message comes a second and each waits an
/// exponential time for something; of those that came after the warm-up.
double mean_wait(double service_s, std::uint64_t seed) {
  balancing::QueueWorkersConfig config;
  config.queue.visibility_timeout = 12h;
  testing::QueueWorld world(3, 2, config, seed, TimePoint{kWarmUp});
  const RandomStream gaps(seed, "queueing", "gap");
  const RandomStream services(seed, "queueing", "service");
  double now_s = 0;
  for (std::uint64_t row = 0; row < kMessages; ++row) {
    RandomEngine gap = gaps.at(row);
    RandomEngine service = services.at(row);
    now_s += exponential(gap, 1);
    world.message(Duration{std::llround(now_s * 1e9)},
                  Duration{std::llround(exponential(service, service_s) * 1e9)});
  }
  const metrics::SpanRow all =
      world.end(Duration{std::llround(now_s * 1e9)} + std::chrono::hours{1});
  return static_cast<double>(all.parts.queue) * 1e-9 /
         static_cast<double>(all.counters.completions());
}

/// Erlang C: with so many servers and a message a second the wait is C / (c / s - 1).
double erlang_wait(double service_s) {
  constexpr int kServers = 6;
  double b = 1;
  for (int k = 1; k <= kServers; ++k) b = service_s * b / (k + service_s * b);
  const double waits = kServers * b / (kServers - service_s * (1 - b));
  return waits / (kServers / service_s - 1);
}

TEST_CASE("E155: workers that take messages from one queue are M/M/c over all servers") {
  check_law(6 * 0.8, mean_wait, erlang_wait, kSeeds);
}

}  // namespace
}  // namespace skyreplay::queueing
