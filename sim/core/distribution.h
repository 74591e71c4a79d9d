#pragma once

#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "core/random.h"
#include "core/time.h"

namespace skyreplay {

/// A law of durations, as a scenario or a synthesis spec spells it (docs/scenario.md):
/// `25s` | {uniform: [a, b]} | {exponential: {mean: a}} | {lognormal: {p50: a, p99: b}} |
/// {weibull|gamma: {mean: a, cv: b}} | {percentiles: {0: a, 50: b, 100: c}}.
///
/// **Order** A draw depends on the engine's counter alone. **Method** Boost.Random, because
/// std::*_distribution differ between standard libraries; each draw is rounded to whole nanoseconds
/// at once and never negative.
class Distribution {
 public:
  struct Constant {
    Duration value{};
  };
  struct Uniform {
    Duration low{}, high{};
  };
  struct Exponential {
    Duration mean{};
  };
  /// REQUIRES 0 < p50 <= p99.
  struct Lognormal {
    Duration p50{}, p99{};
  };
  /// REQUIRES mean > 0, cv > 0.
  struct Weibull {
    Duration mean{};
    double cv = 1;
  };
  struct Gamma {
    Duration mean{};
    double cv = 1;
  };
  /// Piecewise linear between (percent, value) knots. REQUIRES first percent 0, last 100, both
  /// columns not descending.
  struct Percentiles {
    std::vector<std::pair<double, Duration>> knots;
  };

  using Law = std::variant<Constant, Uniform, Exponential, Lognormal, Weibull, Gamma, Percentiles>;

  Distribution() : Distribution(Law{Constant{}}) {}
  /// Throws InputError (without a position) naming the parameter that breaks a REQUIRES.
  Distribution(Law law);  // NOLINT(google-explicit-constructor)

  Duration sample(RandomEngine& random) const;
  /// The mean in seconds, exact up to double precision (closed form of each law).
  double mean_s() const;
  /// The value below which a fraction p in [0, 1] of draws lies, in seconds.
  double quantile_s(double p) const;
  const Law& law() const { return law_; }
  bool is_constant() const { return std::holds_alternative<Constant>(law_); }

 private:
  Law law_;
  double a_ = 0;  ///< precomputed: mu, shape or scale of the law
  double b_ = 0;
};

/// The spelling a scenario would use: "{lognormal: {p50: 250ms, p99: 800ms}}".
std::string to_string(const Distribution& distribution);

}  // namespace skyreplay
