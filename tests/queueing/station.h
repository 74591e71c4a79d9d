#pragma once

#include <algorithm>
#include <cmath>
#include <functional>
#include <vector>

#include "balancing/target_group.h"
#include "compute/servers.h"
#include "core/random.h"
#include "kernel/loop.h"
#include "queueing/law.h"

/// Closed forms of queueing theory against stations on their own, driven request by request.
namespace skyreplay::queueing {

/// A service time in seconds, from a request's own draws.
using Service = std::function<double(RandomEngine&)>;

inline double exponential(RandomEngine& random, double mean_s) {
  return -mean_s * std::log1p(-random.uniform());
}
inline Service exponential(double mean_s) {
  return [=](RandomEngine& random) { return exponential(random, mean_s); };
}
inline Service constant(double value_s) {
  return [=](RandomEngine&) { return value_s; };
}
/// A tenth of the requests takes 5 times the mean, the others 5/9 of it: E[S^2] = 50/9 mean^2,
/// a coefficient of variation of 2.13.
inline Service hyperexponential(double mean_s) {
  return [=](RandomEngine& random) {
    const double factor = random.uniform() < 0.1 ? 5.0 : 5.0 / 9.0;
    return exponential(random, factor * mean_s);
  };
}

/// Poisson arrivals of `rate` a second.
struct Poisson {
  double rate = 1;
  Service work = constant(0);
  Service wait = constant(0);
  std::uint32_t requests = 50'000;
  std::uint32_t warm_up = 2'000;  ///< the first ones, which are not looked at
  std::uint64_t seed = 1;
};

/// One or more equal stations behind a balancer, and what requests met there.
class Stations final : public kernel::Process {
 public:
  explicit Stations(const compute::ServerConfig& config, std::uint32_t count = 1,
                    balancing::Algorithm algorithm = balancing::Algorithm::kRoundRobin)
      : servers(loop, loop.add(*this), 0), group_({.algorithm = algorithm}), count_(count) {
    for (std::uint32_t i = 0; i < count; ++i) {
      const std::uint32_t server = servers.add(config);
      group_.add(server);
      group_.put_in(server);
    }
  }

  struct Request {
    TimePoint arrival;
    Duration work{};
    Duration wait{};
    Duration sojourn{-1};  ///< -1 s: refused, or not yet done
  };

  /// Drives the stations until the last request has left; those after the warm-up are kept.
  void play(const Poisson& stream) {
    const RandomStream gaps(stream.seed, "queueing", "gap");
    const RandomStream services(stream.seed, "queueing", "service");
    const RandomStream targets(stream.seed, "queueing", "target");
    double now_s = 0;
    requests.resize(stream.requests);
    for (std::uint32_t row = 0; row < stream.requests; ++row) {
      RandomEngine gap = gaps.at(row);
      now_s += exponential(gap, 1 / stream.rate);
      RandomEngine draws = services.at(row);
      const Duration work = rounded(stream.work(draws));
      arrive(row, TimePoint{rounded(now_s)}, work, rounded(stream.wait(draws)), targets);
    }
    while (outstanding_ > 0) loop.advance(loop.next_time());
    requests.erase(requests.begin(), requests.begin() + stream.warm_up);
  }

  /// Of the requests that were served, in seconds.
  double mean_sojourn() const {
    double sum = 0;
    std::uint64_t served = 0;
    for (const Request& request : requests) {
      if (request.sojourn < Duration::zero()) continue;
      sum += static_cast<double>(request.sojourn.count());
      ++served;
    }
    return sum * 1e-9 / static_cast<double>(served);
  }
  /// The 95th percentile by nearest rank: exact, no histogram. REQUIRES nobody was refused.
  double p95_sojourn() {
    const auto rank = static_cast<std::ptrdiff_t>(std::ceil(0.95 * double(requests.size()))) - 1;
    std::nth_element(requests.begin(), requests.begin() + rank, requests.end(),
                     [](const Request& a, const Request& b) { return a.sojourn < b.sojourn; });
    return static_cast<double>(requests[static_cast<std::size_t>(rank)].sojourn.count()) * 1e-9;
  }

  void fire(const kernel::Event& event) override {
    integrate();
    servers.fire(event, *this);
  }
  void job_started(std::uint32_t, std::uint32_t, Duration) {}
  void job_worked(std::uint32_t, std::uint32_t, kernel::SlabId job) { servers.resume(job, *this); }
  bool job_done_at_once(std::uint32_t, std::uint32_t) { return false; }
  void job_done(std::uint32_t server, std::uint32_t tag) {
    group_.finished(server);
    --outstanding_;
    requests[tag].sojourn = loop.now() - requests[tag].arrival;
  }
  void job_dropped(std::uint32_t, std::uint32_t) {}

  kernel::Loop loop;
  compute::Servers servers;
  std::vector<Request> requests;
  std::uint64_t refused = 0;
  /// The integral of the stations' own counts of requests, in requests x ns.
  Duration area{};

 private:
  static Duration rounded(double seconds) {
    return Duration{static_cast<std::int64_t>(seconds * 1e9 + 0.5)};
  }
  void arrive(std::uint32_t row, TimePoint at, Duration work, Duration wait,
              const RandomStream& targets) {
    loop.advance(at);
    integrate();
    requests[row] = {.arrival = at, .work = work, .wait = wait};
    const auto draw = [&] { return targets.at(row)(); };
    const std::uint32_t server = group_.pick({}, draw);
    if (servers.admit(server, row, work, wait).entry == compute::Entry::kRefused) {
      group_.finished(server);
      ++refused;
    } else {
      ++outstanding_;
    }
  }
  void integrate() {
    for (std::uint32_t i = 0; i < count_; ++i) {
      area += (loop.now() - integrated_) * servers.outstanding(i);
    }
    integrated_ = loop.now();
  }

  balancing::TargetGroup group_;
  std::uint32_t count_;
  std::uint32_t outstanding_ = 0;
  TimePoint integrated_;
};

}  // namespace skyreplay::queueing
