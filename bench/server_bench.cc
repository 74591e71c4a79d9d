// What a request costs at a fleet: 50 servers of 2 vCPUs behind one target group, Poisson arrivals
// at load 0.7, exponential work of 10 ms. `event_alone` is the same stream with one event a request
// and nothing else: what the others cost beyond it is the servers' and the balancer's.
#include <benchmark/benchmark.h>

#include <cmath>
#include <vector>

#include "balancing/target_group.h"
#include "compute/servers.h"
#include "core/random.h"

namespace {

using skyreplay::Duration;
using skyreplay::RandomEngine;
using skyreplay::RandomStream;
using skyreplay::TimePoint;
using skyreplay::balancing::Algorithm;
using skyreplay::balancing::TargetGroup;
using skyreplay::compute::ServerConfig;
using skyreplay::compute::Servers;
using skyreplay::kernel::Event;
using skyreplay::kernel::Loop;
using skyreplay::kernel::Process;
using skyreplay::kernel::SlabId;

constexpr std::uint32_t kServers = 50;
constexpr double kWorkNs = 10e6;
constexpr double kGapNs = kWorkNs / (0.7 * 2 * kServers);

/// Unit exponentials drawn beforehand, so that drawing is not measured.
class Draws {
 public:
  Duration next(double mean_ns) {
    return Duration{static_cast<std::int64_t>(mean_ns * values()[next_++ & (kSize - 1)])};
  }

 private:
  static constexpr std::size_t kSize = 1 << 20;
  static const std::vector<double>& values() {
    static const std::vector<double> drawn = [] {
      std::vector<double> made(kSize);
      RandomEngine random = RandomStream(1, "bench", "unit").at(0);
      for (double& value : made) value = -std::log1p(-random.uniform());
      return made;
    }();
    return drawn;
  }
  std::size_t next_ = 0;
};

class Fleet final : public Process {
 public:
  Fleet(const ServerConfig& config, Algorithm algorithm)
      : servers_(loop_, loop_.add(*this), 0), group_({.algorithm = algorithm}) {
    for (std::uint32_t i = 0; i < kServers; ++i) {
      const std::uint32_t server = servers_.add(config);
      group_.add(server);
      group_.put_in(server);
    }
  }

  void request(Duration gap, Duration work, Duration wait) {
    loop_.advance(loop_.now() + gap);
    const std::uint32_t target = group_.pick({}, draws_);
    if (servers_.admit(target, 0, work, wait).entry == skyreplay::compute::Entry::kRefused) {
      group_.finished(target);
    }
  }
  void fire(const Event& event) override { servers_.fire(event, *this); }

  void job_started(std::uint32_t, std::uint32_t, Duration waited) { waited_ += waited; }
  void job_worked(std::uint32_t, std::uint32_t, SlabId job) { servers_.resume(job, *this); }
  bool job_done_at_once(std::uint32_t, std::uint32_t) { return false; }
  void job_done(std::uint32_t server, std::uint32_t) { group_.finished(server); }
  void job_dropped(std::uint32_t, std::uint32_t) {}

  double events() const { return static_cast<double>(loop_.events()); }

 private:
  Loop loop_;
  Servers servers_;
  TargetGroup group_;
  RandomEngine draws_ = RandomStream(1, "bench", "target").at(0);
  Duration waited_{};
};

class EventAlone final : public Process {
 public:
  EventAlone() { loop_.add(*this); }
  void request(Duration gap, Duration work) {
    loop_.advance(loop_.now() + gap);
    loop_.schedule(loop_.now() + work, 0, 0, 0);
  }
  void fire(const Event&) override {}

 private:
  Loop loop_;
};

void event_alone(benchmark::State& state) {
  EventAlone fleet;
  Draws draws;
  for (auto _ : state) {
    const Duration gap = draws.next(kGapNs);
    fleet.request(gap, draws.next(kWorkNs));
  }
}

void run(benchmark::State& state, const ServerConfig& config, Algorithm algorithm,
         double wait_ns = 0) {
  Fleet fleet(config, algorithm);
  Draws draws;
  for (auto _ : state) {
    const Duration gap = draws.next(kGapNs);
    const Duration work = draws.next(kWorkNs);
    fleet.request(gap, work, wait_ns == 0 ? Duration{} : draws.next(wait_ns));
  }
  state.counters["events"] = fleet.events() / static_cast<double>(state.iterations());
}

const ServerConfig kPool{.cpu_units = 2048, .workers = 2};
const ServerConfig kShared{.cpu_units = 2048};

BENCHMARK(event_alone);
BENCHMARK_CAPTURE(run, worker_pool_round_robin, kPool, Algorithm::kRoundRobin);
BENCHMARK_CAPTURE(run, worker_pool_least_outstanding, kPool, Algorithm::kLeastOutstandingRequests);
BENCHMARK_CAPTURE(run, worker_pool_weighted_random, kPool, Algorithm::kWeightedRandom);
BENCHMARK_CAPTURE(run, sharing_round_robin, kShared, Algorithm::kRoundRobin);
BENCHMARK_CAPTURE(run, sharing_least_outstanding, kShared, Algorithm::kLeastOutstandingRequests);
BENCHMARK_CAPTURE(run, sharing_with_wait, kShared, Algorithm::kRoundRobin, 10e6);
BENCHMARK_CAPTURE(run, sharing_16_workers_with_wait,
                  (ServerConfig{.cpu_units = 2048, .workers = 16}), Algorithm::kRoundRobin, 10e6);

}  // namespace

BENCHMARK_MAIN();
