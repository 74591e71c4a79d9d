#pragma once

#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <vector>

#include "core/check.h"

namespace skyreplay::testing {

/// A two-sided confidence interval of a mean.
struct Interval {
  double mean = 0;
  double half_width = 0;
  bool contains(double value) const { return std::abs(value - mean) <= half_width; }
};

/// Student's two-sided 99.9 % interval from independent samples (one a seed), which need be normal
/// only as far as averages over long runs are. REQUIRES at least 20 samples.
///
/// **Method** Student (W. S. Gosset), "The probable error of a mean", Biometrika 6 (1908).
inline Interval interval_999(const std::vector<double>& samples) {
  SKY_CHECK(samples.size() >= 20);
  const auto n = static_cast<double>(samples.size());
  double sum = 0;
  for (const double sample : samples) sum += sample;
  const double mean = sum / n;
  double squares = 0;
  for (const double sample : samples) squares += (sample - mean) * (sample - mean);
  const boost::math::students_t law(n - 1);
  const double t = boost::math::quantile(law, 0.9995);
  return {mean, t * std::sqrt(squares / (n - 1) / n)};
}

}  // namespace skyreplay::testing
