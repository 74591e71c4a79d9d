#include "sweep/paired.h"

#include <boost/math/distributions/students_t.hpp>
#include <cmath>

namespace skyreplay::sweep {

std::optional<Interval> paired_interval(std::span<const std::int64_t> differences) {
  const std::size_t n = differences.size();
  if (n < 2) return std::nullopt;
  const auto count = static_cast<double>(n);
  double sum = 0;
  for (const std::int64_t d : differences) sum += static_cast<double>(d);
  const double mean = sum / count;
  double squares = 0;
  for (const std::int64_t d : differences) {
    const double deviation = static_cast<double>(d) - mean;
    squares += deviation * deviation;
  }
  const boost::math::students_t law(count - 1);
  const double half = boost::math::quantile(law, 0.975) * std::sqrt(squares / (count - 1) / count);
  return Interval{std::llround(mean), std::llround(mean - half), std::llround(mean + half)};
}

}  // namespace skyreplay::sweep
