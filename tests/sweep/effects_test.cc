#include "sweep/effects.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

namespace skyreplay::sweep {
namespace {

using Rows = std::vector<std::vector<std::string>>;

const Effect& effect(const LinearModel& model, const std::string& name) {
  const auto found = std::ranges::find(model.effects, name, &Effect::name);
  REQUIRE_MESSAGE(found != model.effects.end(), name);
  return *found;
}

TEST_CASE("a plane with a product is found again, from least to largest value") {
  // y = 10 + 3 a + 5 b + 2 a b with a, b coded -1, 0, 1 on 1..3 and 10..30.
  Rows rows;
  std::vector<double> y;
  for (const int a : {-1, 0, 1}) {
    for (const int b : {-1, 0, 1}) {
      rows.push_back({std::to_string(2 + a), std::to_string(20 + 10 * b)});
      y.push_back(10 + 3 * a + 5 * b + 2 * a * b);
    }
  }
  const LinearModel model = fit(factors_of({"s.a", "s.b"}, rows), rows, y);
  CHECK(model.none.empty());
  CHECK(model.has_interactions);
  CHECK(model.r2 == doctest::Approx(1));
  CHECK(effect(model, "a 1 to 3").change == doctest::Approx(6));
  CHECK(effect(model, "b 10 to 30").change == doctest::Approx(10));
  CHECK(effect(model, "a 1 to 3 x b 10 to 30").change == doctest::Approx(2));
  CHECK(model.effects.front().name == "b 10 to 30");
}

TEST_CASE("names are each as far from the mean as they are, the last one too") {
  const Rows rows = {{"m7i.large"}, {"m7i.large"}, {"c7i.large"},
                     {"c7i.large"}, {"r7i.large"}, {"r7i.large"}};
  const LinearModel model = fit(factors_of({"type"}, rows), rows, {1, 1, 2, 2, 6, 6});
  CHECK(effect(model, "type m7i.large").change == doctest::Approx(-2));
  CHECK(effect(model, "type c7i.large").change == doctest::Approx(-1));
  CHECK(effect(model, "type r7i.large").change == doctest::Approx(3));
}

TEST_CASE("an interval holds what noise could have made of it") {
  // y = x with residuals +1, -1, -1, +1: the slope is exact, and not certain.
  const Rows rows = {{"0"}, {"1"}, {"2"}, {"3"}};
  const LinearModel model = fit(factors_of({"x"}, rows), rows, {1, 0, 1, 4});
  const Effect& slope = effect(model, "x 0 to 3");
  CHECK(slope.change == doctest::Approx(3));
  // Residual variance 4 / 2 = 2; sum of squares of x about its mean 5; t(2) = 4.303.
  CHECK(slope.high == doctest::Approx(3 + 3 * 4.303 * std::sqrt(2.0 / 5)).epsilon(0.001));
  CHECK(model.r2 == doctest::Approx(1 - 4.0 / 9));
}

TEST_CASE("products are left out where the cells are too few, and then the model") {
  const Rows rows = {{"1", "1"}, {"1", "2"}, {"2", "1"}, {"2", "2"}};
  CHECK_FALSE(fit(factors_of({"a", "b"}, rows), rows, {1, 2, 3, 4}).has_interactions);
  const Rows together = {{"1", "1"}, {"2", "2"}, {"3", "3"}, {"4", "4"}};
  CHECK(fit(factors_of({"a", "b"}, together), together, {1, 2, 3, 4}).none ==
        "too few cells, or parameters that move together, to tell the effects apart");
  const Rows still = {{"1"}, {"1"}, {"1"}};
  CHECK(fit(factors_of({"a"}, still), still, {1, 2, 3}).none == "no parameter takes two values");
}

TEST_CASE("values count as numbers where all of them are, of one unit") {
  CHECK(number_of("512") == 512.0);
  CHECK(number_of("250ms") == 0.25);
  CHECK(number_of("1.5GiB") == 1.5);
  CHECK_FALSE(number_of("m7i.large"));
  const std::vector<Factor> factors =
      factors_of({"a", "b"}, {{"500ms", "128"}, {"2s", "from_trace"}});
  CHECK(factors[0].is_numeric);
  CHECK(factors[0].high == 2);
  CHECK_FALSE(factors[1].is_numeric);
}

}  // namespace
}  // namespace skyreplay::sweep
