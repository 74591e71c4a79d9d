// A vCPU without a limit of workers is M/G/1 under processor sharing (E149, E155): a request of
// size x takes x / (1 - load) on average, and so the mean does not depend on the law of sizes.
//
// L. Kleinrock, "Time-shared systems: a theoretical treatment", Journal of the ACM 14 (1967);
// M. Sakata, S. Noguchi, J. Oizumi, "An analysis of the M/G/1 queue under round-robin scheduling",
// Operations Research 19 (1971).
#include "queueing/station.h"

namespace skyreplay::queueing {
namespace {

constexpr std::uint64_t kSeeds = 20;
constexpr double kLoad = 0.7;

TEST_CASE("E149, E155: a request of size x takes x / (1 - load), in each of ten classes of size") {
  // The classes are tenths of the exponential's draws; what is measured is time over size in each.
  constexpr std::size_t kClasses = 10;
  const auto measure = [](double s, std::uint64_t seed) {
    Stations station({});
    station.play({.rate = 1, .work = exponential(s), .requests = 100'000, .seed = seed});
    std::vector<double> time(kClasses), size(kClasses);
    for (const Stations::Request& request : station.requests) {
      const auto work = static_cast<double>(request.work.count());
      const double below = -std::expm1(-work * 1e-9 / s);  // the share of draws that are smaller
      const auto tenth = std::min(kClasses - 1, static_cast<std::size_t>(below * kClasses));
      time[tenth] += static_cast<double>(request.sojourn.count());
      size[tenth] += work;
    }
    for (std::size_t i = 0; i < kClasses; ++i) time[i] /= size[i];
    return time;
  };
  const auto law = [](double s) { return std::vector<double>(kClasses, 1 / (1 - s)); };
  check_laws(kLoad, measure, law, kSeeds);
}

/// One vCPU shared by requests of one a second.
void check_mean(const std::function<Service(double)>& service) {
  const auto measure = [&](double s, std::uint64_t seed) {
    Stations station({});
    station.play({.rate = 1, .work = service(s), .requests = 100'000, .seed = seed});
    return station.mean_sojourn();
  };
  check_law(kLoad, measure, [](double s) { return s / (1 - s); }, kSeeds);
}

TEST_CASE("E155: sharing one vCPU, constant work takes s / (1 - load) on average") {
  check_mean([](double s) { return constant(s); });
}

TEST_CASE("E155: sharing one vCPU, exponential work takes the same s / (1 - load)") {
  check_mean([](double s) { return exponential(s); });
}

TEST_CASE("E155: sharing one vCPU, hyper-exponential work takes the same s / (1 - load)") {
  check_mean([](double s) { return hyperexponential(s); });
}

TEST_CASE("E149, E155: sharing three vCPUs, exponential work takes as long as in M/M/3") {
  // Departures of either have the rate min(n, 3) / s, so the number present is the same.
  const auto law = [](double s) {
    double b = 1;
    for (int k = 1; k <= 3; ++k) b = s * b / (k + s * b);
    const double waits = 3 * b / (3 - s * (1 - b));
    return waits / (3 / s - 1) + s;
  };
  const auto measure = [](double s, std::uint64_t seed) {
    Stations station({.cpu_units = 3072});
    station.play({.rate = 1, .work = exponential(s), .requests = 100'000, .seed = seed});
    return station.mean_sojourn();
  };
  check_law(3 * 0.8, measure, law, kSeeds);
}

}  // namespace
}  // namespace skyreplay::queueing
