// A function that no limit touches is M/G/infinity: an environment for every request. The number in
// flight then has the mean rate x mean duration and the law of Poisson, whatever the durations'
// law.
//
// C. Palm, "Intensitätsschwankungen im Fernsprechverkehr", Ericsson Technics 44 (1943); L. Takács,
// "Introduction to the Theory of Queues", Oxford University Press (1962), chapter 3.
#include <cmath>

#include "queueing/stream.h"

namespace skyreplay::queueing {
namespace {

/// Runs a function without limits; two windows of warm-up and then `windows` of 3 s each.
void play_unlimited(double rate, const Distribution::Law& service, std::uint64_t seed, int windows,
                    const std::function<void(LambdaWorld&)>& at_window_end, double* mean) {
  const Stream stream{.rate = rate,
                      .service = service,
                      .span = 3s * (windows + 20),
                      .warm_up = 60s,
                      .window = 3s,
                      .seed = seed,
                      .at_window_end = at_window_end};
  LambdaWorld world({testing::plain_function()}, {}, {}, seed, testing::at(stream.warm_up));
  play(world, stream);
  REQUIRE(world.functions.take_throttles().empty());
  if (mean != nullptr) {
    *mean =
        static_cast<double>(world.sink.in_flight_ns) * 1e-9 / seconds(stream.span - stream.warm_up);
  }
}

void check_mean(const Distribution::Law& service) {
  const auto measure = [&](double rate, std::uint64_t seed) {
    double mean = 0;
    play_unlimited(rate, service, seed, 700, {}, &mean);
    return mean;
  };
  check_law(20, measure, [&](double rate) { return rate * Distribution(service).mean_s(); }, 24);
}

TEST_CASE("the time mean of requests in flight is rate x mean duration, constant durations") {
  check_mean(Distribution::Constant{500ms});
}

TEST_CASE("the time mean of requests in flight is rate x mean duration, exponential durations") {
  check_mean(Distribution::Exponential{500ms});
}

TEST_CASE("the time mean of requests in flight is rate x mean duration, log-normal durations") {
  check_mean(Distribution::Lognormal{.p50 = 300ms, .p99 = 3s});
}

constexpr int kLooks = 6000;

/// How many requests were in flight at the ends of windows: counts[k] windows with k of them.
/// Windows last three mean durations, so that samples hardly know of each other.
std::vector<double> occupancy(double rate, const Distribution::Law& service, std::uint64_t seed) {
  std::vector<double> counts(64);
  const auto look = [&](LambdaWorld& world) {
    counts.at(world.functions.concurrent_executions()) += 1;
  };
  play_unlimited(rate, service, seed, kLooks, look, nullptr);
  return counts;
}

double variance(const std::vector<double>& counts) {
  double n = 0, sum = 0, squares = 0;
  for (std::size_t k = 0; k < counts.size(); ++k) {
    const auto value = static_cast<double>(k);
    n += counts[k];
    sum += counts[k] * value;
    squares += counts[k] * value * value;
  }
  return (squares - sum * sum / n) / (n - 1);
}

TEST_CASE("the variance of the number in flight is its mean") {
  const auto measure = [](double rate, std::uint64_t seed) {
    return variance(occupancy(rate, Distribution::Exponential{1s}, seed));
  };
  check_law(2, measure, [](double rate) { return rate * 1.0; }, 40);
}

TEST_CASE("nothing is in flight for a share e^-m of the time, m requests being the mean") {
  const auto measure = [](double rate, std::uint64_t seed) {
    return occupancy(rate, Distribution::Constant{1s}, seed)[0] / kLooks;
  };
  check_law(2, measure, [](double rate) { return std::exp(-rate * 1.0); }, 40);
}

double poisson(std::size_t k, double mean) {
  double share = std::exp(-mean);
  for (std::size_t i = 1; i <= k; ++i) share *= mean / static_cast<double>(i);
  return share;
}

TEST_CASE(
    "k requests are in flight for a Poisson share of the time, and not for that of 3 % more") {
  constexpr std::size_t kValues = 5;
  const double mean = 2;
  std::vector<std::vector<double>> shares(kValues);
  for (std::uint64_t seed = 1; seed <= 24; ++seed) {
    const std::vector<double> counts = occupancy(mean, Distribution::Gamma{1s, 0.7}, seed);
    for (std::size_t k = 0; k < kValues; ++k) shares[k].push_back(counts[k] / kLooks);
  }
  std::size_t too_little = 0, too_much = 0;
  for (std::size_t k = 0; k < kValues; ++k) {
    CAPTURE(k);
    const testing::Interval interval = testing::interval_999(shares[k]);
    CHECK(interval.contains(poisson(k, mean)));
    // Not each of them tells: the share of k = 2, the mean, hardly moves with it.
    too_little += !interval.contains(poisson(k, mean * (1 - kOff)));
    too_much += !interval.contains(poisson(k, mean * (1 + kOff)));
  }
  CHECK(too_little > 0);
  CHECK(too_much > 0);
}

}  // namespace
}  // namespace skyreplay::queueing
