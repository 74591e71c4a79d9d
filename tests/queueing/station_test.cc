// Laws that hold on every path, whatever is drawn: exact, not within an interval.
#include "queueing/station.h"

namespace skyreplay::queueing {
namespace {

const compute::ServerConfig kConfigs[] = {
    {.cpu_units = 2048, .workers = 2},
    {.cpu_units = 256, .speed = 4, .workers = 1},
    {.cpu_units = 2048, .workers = 8},
    {.cpu_units = 2048, .workers = 8, .backlog = 4, .makes_calls = true},
    {.cpu_units = 2048},
};

Poisson busy_stream(std::uint64_t seed) {
  return {.rate = 1,
          .work = exponential(0.8),
          .wait = exponential(0.4),
          .requests = 20'000,
          .warm_up = 0,
          .seed = seed};
}

TEST_CASE("Little's law: a station's requests over time add up to the time requests spent there") {
  for (const compute::ServerConfig& config : kConfigs) {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
      Stations station(config);
      station.play(busy_stream(seed));
      Duration sojourns{};
      for (const Stations::Request& request : station.requests) {
        if (request.sojourn >= Duration::zero()) sojourns += request.sojourn;
      }
      CHECK(station.area == sojourns);
    }
  }
}

TEST_CASE("E150: CPU time used is the work that was served, and never more than there was") {
  for (const compute::ServerConfig& config : kConfigs) {
    Stations station(config);
    station.play(busy_stream(1));
    double work = 0;
    for (const Stations::Request& request : station.requests) {
      if (request.sojourn >= Duration::zero()) work += static_cast<double>(request.work.count());
    }
    const compute::CpuTime busy = station.servers.cpu_busy(0, station.loop.now());
    CHECK(busy <= station.servers.cpu_available(0, station.loop.now()));
    // Each end of work is rounded to the nearest nanosecond, up as often as down.
    const double used = static_cast<double>(busy) / compute::kUnitsPerVcpu * config.speed;
    CHECK(used == doctest::Approx(work).epsilon(1e-10));
  }
}

}  // namespace
}  // namespace skyreplay::queueing
