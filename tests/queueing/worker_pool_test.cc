// A server's workers and its backlog as the classical stations (E155), first come first served.
//
// A. K. Erlang, "Løsning af nogle Problemer..." (1917): M/M/c, and "Sandsynlighedsregning og
// Telefonsamtaler", Nyt Tidsskrift for Matematik B 20 (1909): M/D/1. F. Pollaczek, "Über eine
// Aufgabe der Wahrscheinlichkeitstheorie", Mathematische Zeitschrift 32 (1930); A. Khinchine
// (1932): M/G/1. D. G. Kendall, Annals of Mathematical Statistics 24 (1953): G/M/1.
#include "queueing/station.h"

namespace skyreplay::queueing {
namespace {

constexpr std::uint64_t kSeeds = 20;
/// One request a second and station; the inputs are mean service times, so loads.
constexpr double kLoad = 0.7;

/// The tail P(sojourn > t) falls in t: where is it 5 %?
double where_5_percent_exceed(const std::function<double(double)>& tail) {
  double low = 0, high = 15;
  for (int i = 0; i < 100; ++i) {
    const double middle = (low + high) / 2;
    (tail(middle) > 0.05 ? low : high) = middle;
  }
  return low;
}

/// Mean and p95 of the sojourn at one station.
std::vector<double> mean_and_p95(const compute::ServerConfig& config, Poisson stream,
                                 std::uint64_t seed) {
  stream.seed = seed;
  Stations station(config);
  station.play(stream);
  return {station.mean_sojourn(), station.p95_sojourn()};
}

double mean_of(const compute::ServerConfig& config, const Poisson& stream, std::uint64_t seed) {
  return mean_and_p95(config, stream, seed)[0];
}

const compute::ServerConfig kOneWorker{.workers = 1};

TEST_CASE("E155: one worker and exponential work is M/M/1, mean and p95") {
  // The sojourn is exponential with mean s / (1 - rate s).
  const auto law = [](double s) {
    const double mean = s / (1 - s);
    return std::vector<double>{mean, mean * std::log(20)};
  };
  const auto measure = [](double s, std::uint64_t seed) {
    return mean_and_p95(kOneWorker, {.rate = 1, .work = exponential(s)}, seed);
  };
  check_laws(kLoad, measure, law, kSeeds);
}

TEST_CASE("E155: the same on a quarter of a vCPU that is 1.25 times as fast") {
  const auto law = [](double s) { return s / (1 - s); };
  const auto measure = [](double s, std::uint64_t seed) {
    return mean_of({.cpu_units = 256, .speed = 1.25, .workers = 1},
                   {.rate = 1, .work = exponential(s * 0.3125)}, seed);
  };
  check_law(kLoad, measure, law, kSeeds);
}

/// Erlang C: the probability to wait at c servers offered the load a.
double erlang_c(int c, double a) {
  double b = 1;
  for (int k = 1; k <= c; ++k) b = a * b / (k + a * b);
  return c * b / (c - a * (1 - b));
}

/// M/M/c with rate 1: the wait is 0, or with probability C exponential with rate r = c / s - 1, and
/// the service comes on top of it.
std::vector<double> mmc(int c, double s) {
  const double waits = erlang_c(c, s);
  const double m = 1 / s;
  const double r = c * m - 1;
  const auto tail = [=](double t) {
    return (1 - waits) * std::exp(-m * t) +
           waits * (r * std::exp(-m * t) - m * std::exp(-r * t)) / (r - m);
  };
  return {waits / r + s, where_5_percent_exceed(tail)};
}

TEST_CASE("Erlang's formula itself: C(1, a) = a, and C(2, 1) = 1/3") {
  CHECK(erlang_c(1, 0.7) == doctest::Approx(0.7));
  CHECK(erlang_c(2, 1) == doctest::Approx(1.0 / 3));
}

TEST_CASE("E155: three workers on three vCPUs are M/M/3, mean and p95") {
  const auto measure = [](double s, std::uint64_t seed) {
    return mean_and_p95({.cpu_units = 3072, .workers = 3},
                        {.rate = 1, .work = exponential(s), .requests = 100'000}, seed);
  };
  check_laws(3 * 0.8, measure, [](double s) { return mmc(3, s); }, kSeeds);
}

TEST_CASE("E155: three workers that only wait are M/M/3 too, whatever the vCPU") {
  const auto measure = [](double s, std::uint64_t seed) {
    return mean_of({.workers = 3}, {.rate = 1, .wait = exponential(s), .requests = 100'000}, seed);
  };
  check_law(3 * 0.8, measure, [](double s) { return mmc(3, s)[0]; }, kSeeds);
}

/// M/D/1 with rate 1: P(wait <= t) = (1 - d) x the sum over k <= t / d of e^x (-x)^k / k!, x being
/// t - k d.
double md1_tail(double d, double sojourn) {
  const double t = sojourn - d;
  if (t < 0) return 1;
  double sum = 0;
  double factorial = 1;
  for (int k = 0; k * d <= t; ++k) {
    if (k > 0) factorial *= k;
    sum += std::exp(t - k * d) * std::pow(k * d - t, k) / factorial;
  }
  return 1 - (1 - d) * sum;
}

TEST_CASE("E155: one worker and constant work is M/D/1, mean and p95") {
  const auto law = [](double d) {
    return std::vector<double>{d + d * d / (2 * (1 - d)),
                               where_5_percent_exceed([&](double t) { return md1_tail(d, t); })};
  };
  const auto measure = [](double d, std::uint64_t seed) {
    return mean_and_p95(kOneWorker, {.rate = 1, .work = constant(d)}, seed);
  };
  check_laws(kLoad, measure, law, kSeeds);
}

/// Pollaczek and Khinchine with rate 1 and E[S^2] = `square` s^2.
Law mg1(double square) {
  return [=](double s) { return s + square * s * s / (2 * (1 - s)); };
}

TEST_CASE("E155: one worker and uniform work is M/G/1") {
  const auto measure = [](double s, std::uint64_t seed) {
    const Service uniform = [=](RandomEngine& random) { return 2 * s * random.uniform(); };
    return mean_of(kOneWorker, {.rate = 1, .work = uniform}, seed);
  };
  check_law(kLoad, measure, mg1(4.0 / 3), kSeeds);
}

TEST_CASE("E155: one worker and hyper-exponential work is M/G/1") {
  const auto measure = [](double s, std::uint64_t seed) {
    return mean_of(kOneWorker, {.rate = 1, .work = hyperexponential(s), .requests = 200'000}, seed);
  };
  check_law(0.5, measure, mg1(50.0 / 9), kSeeds);
}

TEST_CASE("E148, E155: three workers and a backlog of two refuse as M/M/3/5") {
  // p(n) is proportional to a^n / n! up to 3, then to a^n / (3! 3^(n-3)).
  const auto law = [](double a) {
    double p = 1, sum = 1;
    for (int n = 1; n <= 5; ++n) sum += p *= a / std::min(n, 3);
    return p / sum;
  };
  const auto measure = [](double s, std::uint64_t seed) {
    Stations station({.cpu_units = 3072, .workers = 3, .backlog = 2});
    station.play({.rate = 1, .work = exponential(s), .warm_up = 0, .seed = seed});
    return static_cast<double>(station.refused) / static_cast<double>(station.requests.size());
  };
  check_law(3, measure, law, kSeeds);
}

/// Three stations of one worker each, three requests a second.
Measure three_stations(balancing::Algorithm algorithm) {
  return [=](double s, std::uint64_t seed) {
    Stations stations(kOneWorker, 3, algorithm);
    stations.play(
        {.rate = 3, .work = exponential(s), .requests = 100'000, .warm_up = 6'000, .seed = seed});
    return stations.mean_sojourn();
  };
}

TEST_CASE("E152, E155: round robin makes each of three servers E3/M/1") {
  // A server's gaps are sums of three exponentials of rate 3; x solves x = E[e^(-(1 - x) gap / s)].
  const auto law = [](double s) {
    double x = 0.5;
    for (int i = 0; i < 1000; ++i) x = std::pow(3 / (3 + (1 - x) / s), 3);
    return s / (1 - x);
  };
  check_law(kLoad, three_stations(balancing::Algorithm::kRoundRobin), law, kSeeds);
}

TEST_CASE("E103, E155: weighted random makes each of three servers M/M/1") {
  const auto law = [](double s) { return s / (1 - s); };
  check_law(kLoad, three_stations(balancing::Algorithm::kWeightedRandom), law, kSeeds);
}

TEST_CASE("E152: least outstanding requests beats round robin, and one queue for all beats it") {
  const auto mean = [](balancing::Algorithm algorithm) {
    return three_stations(algorithm)(0.8, 1);
  };
  const double one_queue =
      mean_of({.cpu_units = 3072, .workers = 3},
              {.rate = 3, .work = exponential(0.8), .requests = 100'000, .warm_up = 6'000}, 1);
  const double least = mean(balancing::Algorithm::kLeastOutstandingRequests);
  const double turns = mean(balancing::Algorithm::kRoundRobin);
  const double chance = mean(balancing::Algorithm::kWeightedRandom);
  CHECK(one_queue < 0.95 * least);
  CHECK(least < 0.8 * turns);
  CHECK(turns < 0.9 * chance);
}

}  // namespace
}  // namespace skyreplay::queueing
