#include "core/distribution.h"

#include <doctest/doctest.h>

#include <cmath>

#include "core/error.h"

namespace skyreplay {
namespace {

using namespace std::chrono_literals;

constexpr int kSeeds = 20;
constexpr int kDraws = 40'000;
/// Student's t with 19 degrees of freedom, two-sided 99.9 %.
constexpr double kT19 = 3.883;

/// The mean over 20 seeds of a statistic, and the half width of its 99.9 % interval.
struct Estimate {
  double mean = 0;
  double half_width = 0;

  bool holds(double value) const { return std::abs(value - mean) <= half_width; }
};

/// `statistic` maps one draw in seconds to the number whose mean is estimated.
template <typename Statistic>
Estimate estimate(const Distribution& law, Statistic statistic) {
  double sum = 0, squares = 0;
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    const RandomStream stream(seed, "law", "test");
    double total = 0;
    for (std::uint64_t i = 0; i < kDraws; ++i) {
      RandomEngine random = stream.at(i);
      total += statistic(std::chrono::duration<double>(law.sample(random)).count());
    }
    sum += total / kDraws;
    squares += total / kDraws * (total / kDraws);
  }
  const double mean = sum / kSeeds;
  const double variance = (squares - sum * mean) / (kSeeds - 1);
  return {mean, kT19 * std::sqrt(variance / kSeeds)};
}

struct Case {
  Case(const char* of, Distribution::Law parameters) : name(of), law(std::move(parameters)) {}

  const char* name;
  Distribution law;
};

std::vector<Case> random_laws() {
  return {
      {"uniform", Distribution::Uniform{10ms, 50ms}},
      {"exponential", Distribution::Exponential{30ms}},
      {"lognormal", Distribution::Lognormal{20ms, 400ms}},
      {"weibull with a heavy tail", Distribution::Weibull{100ms, 2.0}},
      {"weibull with a light tail", Distribution::Weibull{100ms, 0.4}},
      {"gamma with a heavy tail", Distribution::Gamma{100ms, 2.0}},
      {"gamma with a light tail", Distribution::Gamma{100ms, 0.4}},
      {"percentiles", Distribution::Percentiles{{{0, 1ms}, {50, 10ms}, {99, 60ms}, {100, 500ms}}}},
  };
}

std::string message_of(const Distribution::Law& law) {
  try {
    const Distribution distribution(law);
  } catch (const InputError& error) {
    return error.what();
  }
  return "";
}

TEST_CASE("the mean of 20 seeds lies within 99.9 % of mean_s, and not within that of 1.03 mean_s") {
  for (const Case& c : random_laws()) {
    CAPTURE(c.name);
    const Estimate mean = estimate(c.law, [](double seconds) { return seconds; });
    CHECK(mean.holds(c.law.mean_s()));
    CHECK_FALSE(mean.holds(1.03 * c.law.mean_s()));
  }
}

TEST_CASE("the share below quantile_s(p) is p within 99.9 %, and not below 1.03 quantile_s(p)") {
  for (const Case& c : random_laws()) {
    for (const double p : {0.5, 0.9}) {
      CAPTURE(c.name);
      CAPTURE(p);
      const double q = c.law.quantile_s(p);
      CHECK(estimate(c.law, [&](double s) { return s < q ? 1.0 : 0.0; }).holds(p));
      CHECK_FALSE(estimate(c.law, [&](double s) { return s < 1.03 * q ? 1.0 : 0.0; }).holds(p));
    }
  }
}

TEST_CASE("closed forms worked by hand") {
  CHECK(Distribution(Distribution::Constant{25s}).mean_s() == 25);
  CHECK(Distribution(Distribution::Constant{25s}).quantile_s(0.9) == 25);
  CHECK(Distribution(Distribution::Uniform{1s, 3s}).quantile_s(0.25) == doctest::Approx(1.5));
  CHECK(Distribution(Distribution::Exponential{2s}).quantile_s(0.5) ==
        doctest::Approx(2 * std::log(2.0)));

  const Distribution lognormal(Distribution::Lognormal{250ms, 800ms});
  CHECK(lognormal.quantile_s(0.5) == doctest::Approx(0.25));
  CHECK(lognormal.quantile_s(0.99) == doctest::Approx(0.8));
  // sigma = ln(3.2) / 2.32635 = 0.5; mean = 0.25 exp(0.125).
  CHECK(lognormal.mean_s() == doctest::Approx(0.25 * std::exp(0.125)).epsilon(1e-3));

  // A weibull or gamma of cv 1 is exponential.
  CHECK(Distribution(Distribution::Weibull{2s, 1.0}).quantile_s(0.9) ==
        doctest::Approx(2 * std::log(10.0)));
  CHECK(Distribution(Distribution::Gamma{2s, 1.0}).quantile_s(0.9) ==
        doctest::Approx(2 * std::log(10.0)));
  // A weibull of shape 2 has cv sqrt(4/pi - 1); its median is scale sqrt(ln 2), mean scale
  // sqrt(pi)/2.
  const double pi = std::acos(-1.0);
  CHECK(Distribution(Distribution::Weibull{1s, std::sqrt(4 / pi - 1)}).quantile_s(0.5) ==
        doctest::Approx(std::sqrt(std::log(2.0)) * 2 / std::sqrt(pi)));

  // 50 % of (0+10)/2 and 50 % of (10+50)/2.
  const Distribution percentiles(Distribution::Percentiles{{{0, 0s}, {50, 10s}, {100, 50s}}});
  CHECK(percentiles.mean_s() == doctest::Approx(17.5));
  CHECK(percentiles.quantile_s(0.75) == doctest::Approx(30));
  CHECK(percentiles.quantile_s(0) == 0);
  CHECK(percentiles.quantile_s(1) == 50);
}

TEST_CASE("a constant draws itself exactly, up to 292 years") {
  for (const Duration value : {Duration{0}, Duration{1}, Duration{25s}}) {
    RandomEngine random = RandomStream(1, "a", "b").at(0);
    CHECK(Distribution(Distribution::Constant{value}).sample(random) == value);
  }
}

TEST_CASE("a draw beyond 292 years is held there instead of overflowing") {
  const Distribution wild(Distribution::Lognormal{100 * 365 * 24h, 290 * 365 * 24h});
  const RandomStream stream(1, "a", "b");
  Duration longest{};
  for (std::uint64_t i = 0; i < 1000; ++i) {
    RandomEngine random = stream.at(i);
    const Duration draw = wild.sample(random);
    CHECK(draw >= Duration{0});
    longest = std::max(longest, draw);
  }
  CHECK(longest == Duration{9'200'000'000'000'000'000});
}

TEST_CASE("a draw does not depend on how many numbers another draw took") {
  const RandomStream stream(7, "fn", "duration");
  for (const Case& c : random_laws()) {
    CAPTURE(c.name);
    RandomEngine alone = stream.at(3);
    const Duration expected = c.law.sample(alone);
    for (std::uint64_t i = 0; i < 3; ++i) {
      RandomEngine other = stream.at(i);
      c.law.sample(other);
    }
    RandomEngine again = stream.at(3);
    CHECK(c.law.sample(again) == expected);
  }
}

TEST_CASE("the same draws come out on every compiler and build type") {
  std::string text;
  const RandomStream stream(1, "pinned", "draw");
  for (const Case& c : random_laws()) {
    RandomEngine random = stream.at(11);
    text += std::to_string(c.law.sample(random).count()) + " ";
  }
  CHECK(text == "20192580 17117900 11003506 6032973 71420458 60089074 139925323 5586661 ");
}

TEST_CASE("an impossible parameter is refused by its name") {
  CHECK(message_of(Distribution::Constant{-1s}) == "a duration must not be negative");
  CHECK(message_of(Distribution::Uniform{2s, 1s}) ==
        "uniform: the lower bound must not be above the upper one");
  CHECK(message_of(Distribution::Exponential{0s}) == "exponential: mean must be above 0s");
  CHECK(message_of(Distribution::Lognormal{0s, 1s}) == "lognormal: p50 must be above 0s");
  CHECK(message_of(Distribution::Lognormal{2s, 1s}) == "lognormal: p99 must not be below p50");
  CHECK(message_of(Distribution::Weibull{0s, 1}) == "weibull: mean must be above 0s");
  CHECK(message_of(Distribution::Gamma{1s, 0}) == "gamma: cv must be between 0.001 and 100, not 0");
  CHECK(message_of(Distribution::Gamma{1s, std::nan("")}) ==
        "gamma: cv must be between 0.001 and 100, not nan");
  CHECK(message_of(Distribution::Percentiles{{{0, 1s}}}) ==
        "percentiles: at least the knots 0 and 100 are needed");
  CHECK(message_of(Distribution::Percentiles{{{1, 1s}, {100, 1s}}}) ==
        "percentiles: the first knot must be 0");
  CHECK(message_of(Distribution::Percentiles{{{0, 1s}, {99, 1s}}}) ==
        "percentiles: the last knot must be 100");
  CHECK(message_of(Distribution::Percentiles{{{0, 1s}, {50, 3s}, {100, 2s}}}) ==
        "percentiles: the duration at 100 must not be below the one at 50");
  CHECK(message_of(Distribution::Percentiles{{{0, 1s}, {50, 3s}, {50, 4s}, {100, 5s}}}) ==
        "percentiles: knot 50 must lie above knot 50");
}

TEST_CASE("a law is spelled as a scenario would spell it") {
  CHECK(to_string(Distribution()) == "0s");
  CHECK(to_string(Distribution(Distribution::Uniform{1s, 90s})) == "{uniform: [1s, 1m30s]}");
  CHECK(to_string(Distribution(Distribution::Exponential{30ms})) == "{exponential: {mean: 30ms}}");
  CHECK(to_string(Distribution(Distribution::Lognormal{250ms, 800ms})) ==
        "{lognormal: {p50: 250ms, p99: 800ms}}");
  CHECK(to_string(Distribution(Distribution::Weibull{1s, 0.5})) ==
        "{weibull: {mean: 1s, cv: 0.5}}");
  CHECK(to_string(Distribution(Distribution::Gamma{1s, 2})) == "{gamma: {mean: 1s, cv: 2}}");
  CHECK(to_string(Distribution(Distribution::Percentiles{{{0, 1s}, {99.5, 2s}, {100, 3s}}})) ==
        "{percentiles: {0: 1s, 99.5: 2s, 100: 3s}}");
}

}  // namespace
}  // namespace skyreplay
