#include "sweep/paired.h"

#include <doctest/doctest.h>

#include <vector>

namespace skyreplay::sweep {
namespace {

// Mean 20, standard deviation 10, standard error 10 / sqrt(3) = 5.7735; t(0.975; 2) = 4.302653,
// half width 24.8414.
TEST_CASE("the interval is Student's t over the differences") {
  const std::vector<std::int64_t> differences = {10'000, 20'000, 30'000};
  const auto interval = paired_interval(differences);
  REQUIRE(interval.has_value());
  CHECK(interval->mean == 20'000);
  CHECK(interval->low == 20'000 - 24'841);
  CHECK(interval->high == 20'000 + 24'841);
}

TEST_CASE("equal differences leave an interval without width") {
  const std::vector<std::int64_t> differences = {-7, -7, -7, -7};
  const auto interval = paired_interval(differences);
  REQUIRE(interval.has_value());
  CHECK(interval->low == -7);
  CHECK(interval->high == -7);
}

TEST_CASE("one difference has no interval") {
  const std::vector<std::int64_t> one = {3};
  CHECK_FALSE(paired_interval(one).has_value());
}

}  // namespace
}  // namespace skyreplay::sweep
