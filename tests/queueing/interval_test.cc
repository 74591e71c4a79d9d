// The statistics that this folder's other tests stand on.
#include <doctest/doctest.h>

#include "support/statistics.h"

namespace skyreplay::testing {
namespace {

TEST_CASE("the interval of 20 samples is Student's: 3.883 standard errors to either side") {
  // Ten times -1 and 1 each: mean 0, sample variance 20 / 19, standard error sqrt(1 / 19).
  std::vector<double> samples;
  for (int i = 0; i < 20; ++i) samples.push_back(i % 2 == 0 ? -1 : 1);
  const Interval interval = interval_999(samples);
  CHECK(interval.mean == 0);
  CHECK(interval.half_width == doctest::Approx(3.883 / std::sqrt(19.0)).epsilon(1e-4));
  CHECK(interval.contains(0.89));
  CHECK(interval.contains(-0.89));
  CHECK_FALSE(interval.contains(0.90));
  CHECK_FALSE(interval.contains(-0.90));
}

}  // namespace
}  // namespace skyreplay::testing
