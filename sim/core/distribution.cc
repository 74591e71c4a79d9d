#include "core/distribution.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/math/special_functions/erf.hpp>
#include <boost/math/special_functions/gamma.hpp>
#include <boost/random/exponential_distribution.hpp>
#include <boost/random/gamma_distribution.hpp>
#include <boost/random/lognormal_distribution.hpp>
#include <boost/random/weibull_distribution.hpp>
#include <cmath>
#include <limits>

#include "core/error.h"

namespace skyreplay {
namespace {

/// The standard normal's 99th percentile: what turns a p99 into a sigma.
constexpr double kZ99 = 2.3263478740408408;
constexpr double kNsPerSecond = 1e9;
constexpr double kMaxNs = 9.2e18;  // just below 2^63, about 292 years

double ns(Duration duration) { return static_cast<double>(duration.count()); }

Duration rounded(double value_ns) {
  if (!(value_ns > 0)) return Duration{0};
  if (value_ns >= kMaxNs) return Duration{static_cast<std::int64_t>(kMaxNs)};
  return Duration{std::llround(value_ns)};
}

void require(bool holds, const char* message) {
  if (!holds) throw InputError(message);
}

double weibull_cv(double shape) {
  const double log_ratio = std::lgamma(1 + 2 / shape) - 2 * std::lgamma(1 + 1 / shape);
  return std::sqrt(std::expm1(log_ratio));
}

/// The shape whose coefficient of variation is `cv`; cv falls as the shape grows.
double weibull_shape(double cv) {
  double low = std::log(0.05);
  double high = std::log(2000.0);
  for (int i = 0; i < 100; ++i) {
    const double middle = (low + high) / 2;
    (weibull_cv(std::exp(middle)) > cv ? low : high) = middle;
  }
  return std::exp((low + high) / 2);
}

void check_mean_and_cv(Duration mean, double cv, const char* law) {
  if (mean <= Duration{0}) throw InputError(fmt::format("{}: mean must be above 0s", law));
  // Outside this range the shape's equation has no solution that doubles can tell apart.
  if (!(cv >= 0.001 && cv <= 100)) {
    throw InputError(fmt::format("{}: cv must be between 0.001 and 100, not {}", law, cv));
  }
}

void check_knots(const std::vector<std::pair<double, Duration>>& knots) {
  require(knots.size() >= 2, "percentiles: at least the knots 0 and 100 are needed");
  require(knots.front().first == 0, "percentiles: the first knot must be 0");
  require(knots.back().first == 100, "percentiles: the last knot must be 100");
  require(knots.front().second >= Duration{0}, "percentiles: a duration must not be negative");
  for (std::size_t i = 1; i < knots.size(); ++i) {
    if (!(knots[i].first > knots[i - 1].first)) {
      throw InputError(fmt::format("percentiles: knot {} must lie above knot {}", knots[i].first,
                                   knots[i - 1].first));
    }
    if (knots[i].second < knots[i - 1].second) {
      throw InputError(
          fmt::format("percentiles: the duration at {} must not be below the one at {}",
                      knots[i].first, knots[i - 1].first));
    }
  }
}

/// The two numbers a law is drawn from; a REQUIRES that does not hold is thrown here.
struct Prepare {
  double& a;
  double& b;

  void operator()(const Distribution::Constant& law) const {
    require(law.value >= Duration{0}, "a duration must not be negative");
    a = ns(law.value);
  }
  void operator()(const Distribution::Uniform& law) const {
    require(law.low >= Duration{0}, "uniform: the lower bound must not be negative");
    require(law.low <= law.high, "uniform: the lower bound must not be above the upper one");
    a = ns(law.low);
    b = ns(law.high);
  }
  void operator()(const Distribution::Exponential& law) const {
    require(law.mean > Duration{0}, "exponential: mean must be above 0s");
    a = ns(law.mean);
  }
  void operator()(const Distribution::Lognormal& law) const {
    require(law.p50 > Duration{0}, "lognormal: p50 must be above 0s");
    require(law.p99 >= law.p50, "lognormal: p99 must not be below p50");
    a = std::log(ns(law.p50));
    b = std::log(ns(law.p99) / ns(law.p50)) / kZ99;
  }
  void operator()(const Distribution::Weibull& law) const {
    check_mean_and_cv(law.mean, law.cv, "weibull");
    a = weibull_shape(law.cv);
    b = ns(law.mean) / std::tgamma(1 + 1 / a);
  }
  void operator()(const Distribution::Gamma& law) const {
    check_mean_and_cv(law.mean, law.cv, "gamma");
    a = 1 / (law.cv * law.cv);
    b = ns(law.mean) / a;
  }
  void operator()(const Distribution::Percentiles& law) const { check_knots(law.knots); }
};

double interpolate(const std::vector<std::pair<double, Duration>>& knots, double percent) {
  std::size_t i = 1;
  while (i + 1 < knots.size() && percent > knots[i].first) ++i;
  const auto& [left, low] = knots[i - 1];
  const auto& [right, high] = knots[i];
  return ns(low) + (ns(high) - ns(low)) * ((percent - left) / (right - left));
}

/// One draw in nanoseconds, not yet rounded.
struct Draw {
  RandomEngine& random;
  double a;
  double b;

  double operator()(const Distribution::Constant&) const { return a; }
  double operator()(const Distribution::Uniform&) const { return a + (b - a) * random.uniform(); }
  double operator()(const Distribution::Exponential&) const {
    return boost::random::exponential_distribution<double>(1 / a)(random);
  }
  double operator()(const Distribution::Lognormal&) const {
    return boost::random::lognormal_distribution<double>(a, b)(random);
  }
  double operator()(const Distribution::Weibull&) const {
    return boost::random::weibull_distribution<double>(a, b)(random);
  }
  double operator()(const Distribution::Gamma&) const {
    return boost::random::gamma_distribution<double>(a, b)(random);
  }
  double operator()(const Distribution::Percentiles& law) const {
    return interpolate(law.knots, random.uniform() * 100);
  }
};

struct Mean {
  double a;
  double b;

  double operator()(const Distribution::Constant&) const { return a; }
  double operator()(const Distribution::Uniform&) const { return (a + b) / 2; }
  double operator()(const Distribution::Exponential&) const { return a; }
  double operator()(const Distribution::Lognormal&) const { return std::exp(a + b * b / 2); }
  double operator()(const Distribution::Weibull& law) const { return ns(law.mean); }
  double operator()(const Distribution::Gamma& law) const { return ns(law.mean); }
  double operator()(const Distribution::Percentiles& law) const {
    double sum = 0;
    for (std::size_t i = 1; i < law.knots.size(); ++i) {
      const double width = law.knots[i].first - law.knots[i - 1].first;
      sum += width * (ns(law.knots[i].second) + ns(law.knots[i - 1].second)) / 2;
    }
    return sum / 100;
  }
};

struct Quantile {
  double p;
  double a;
  double b;

  double operator()(const Distribution::Constant&) const { return a; }
  double operator()(const Distribution::Uniform&) const { return a + (b - a) * p; }
  double operator()(const Distribution::Exponential&) const { return -a * std::log1p(-p); }
  double operator()(const Distribution::Lognormal&) const {
    if (p <= 0) return b > 0 ? 0 : std::exp(a);
    if (p >= 1) return b > 0 ? std::numeric_limits<double>::infinity() : std::exp(a);
    return std::exp(a - b * std::sqrt(2.0) * boost::math::erfc_inv(2 * p));
  }
  double operator()(const Distribution::Weibull&) const {
    return b * std::pow(-std::log1p(-p), 1 / a);
  }
  double operator()(const Distribution::Gamma&) const {
    if (p >= 1) return std::numeric_limits<double>::infinity();
    return b * boost::math::gamma_p_inv(a, p);
  }
  double operator()(const Distribution::Percentiles& law) const {
    return interpolate(law.knots, p * 100);
  }
};

struct Spell {
  std::string operator()(const Distribution::Constant& law) const {
    return format_duration(law.value);
  }
  std::string operator()(const Distribution::Uniform& law) const {
    return fmt::format("{{uniform: [{}, {}]}}", format_duration(law.low),
                       format_duration(law.high));
  }
  std::string operator()(const Distribution::Exponential& law) const {
    return fmt::format("{{exponential: {{mean: {}}}}}", format_duration(law.mean));
  }
  std::string operator()(const Distribution::Lognormal& law) const {
    return fmt::format("{{lognormal: {{p50: {}, p99: {}}}}}", format_duration(law.p50),
                       format_duration(law.p99));
  }
  std::string operator()(const Distribution::Weibull& law) const {
    return fmt::format("{{weibull: {{mean: {}, cv: {}}}}}", format_duration(law.mean), law.cv);
  }
  std::string operator()(const Distribution::Gamma& law) const {
    return fmt::format("{{gamma: {{mean: {}, cv: {}}}}}", format_duration(law.mean), law.cv);
  }
  std::string operator()(const Distribution::Percentiles& law) const {
    std::string knots;
    for (const auto& [percent, value] : law.knots) {
      if (!knots.empty()) knots += ", ";
      knots += fmt::format("{}: {}", percent, format_duration(value));
    }
    return fmt::format("{{percentiles: {{{}}}}}", knots);
  }
};

}  // namespace

Distribution::Distribution(Law law) : law_(std::move(law)) { std::visit(Prepare{a_, b_}, law_); }

Duration Distribution::sample(RandomEngine& random) const {
  return rounded(std::visit(Draw{random, a_, b_}, law_));
}

double Distribution::mean_s() const { return std::visit(Mean{a_, b_}, law_) / kNsPerSecond; }

double Distribution::quantile_s(double p) const {
  return std::visit(Quantile{std::clamp(p, 0.0, 1.0), a_, b_}, law_) / kNsPerSecond;
}

std::string to_string(const Distribution& distribution) {
  return std::visit(Spell{}, distribution.law());
}

}  // namespace skyreplay
