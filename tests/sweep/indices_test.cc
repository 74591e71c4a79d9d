#include "sweep/indices.h"

#include <doctest/doctest.h>

#include <cmath>
#include <numbers>

#include "sweep/design.h"

namespace skyreplay::sweep {
namespace {

/// The Ishigami function, the yardstick of sensitivity analysis (Ishigami, Homma 1990): with a = 7
/// and b = 0.1 its indices are known in closed form.
double ishigami(double x, double y, double z) {
  return std::sin(x) + 7 * std::pow(std::sin(y), 2) + 0.1 * std::pow(z, 4) * std::sin(x);
}

std::vector<double> responses(std::uint32_t points) {
  const Axis unit{
      .path = "",
      .position = {},
      .is_whole = false,
      .values = {},
      .law = NumberLaw{.law = NumberRange{.from = -std::numbers::pi, .to = std::numbers::pi},
                       .unit = ""}};
  std::vector<Axis> axes(3, unit);
  for (std::size_t i = 0; i < 3; ++i) axes[i].path = std::string(1, static_cast<char>('x' + i));
  proto::Sweep::Design design;
  design.set_kind(proto::Sweep::Design::SOBOL);
  design.set_cells(points);
  design.set_seed(1);
  design.set_indices(true);
  std::vector<double> found;
  for (const Point& point : design_points(design, "v", axes)) {
    found.push_back(ishigami(std::stod(point[0]), std::stod(point[1]), std::stod(point[2])));
  }
  return found;
}

TEST_CASE("the indices of a function whose indices are known lie within their intervals") {
  const std::vector<SobolIndex> indices = radial_indices({"x", "y", "z"}, responses(1024));
  REQUIRE(indices.size() == 3);
  // V = 49/8 + pi^4/50 + pi^8/1800 + 1/2 = 13.8446; V1 = 0.5 (1 + pi^4/50)^2 = 4.3459; V2 = 49/8;
  // V3 = 0; V13 = pi^8 (1/1800 - 1/5000)... = 3.3737.
  const double first[] = {0.3139, 0.4424, 0.0};
  const double total[] = {0.5576, 0.4424, 0.2437};
  for (std::size_t i = 0; i < 3; ++i) {
    CAPTURE(i);
    CHECK(indices[i].first.low <= first[i]);
    CHECK(indices[i].first.high >= first[i]);
    CHECK(indices[i].total.low <= total[i]);
    CHECK(indices[i].total.high >= total[i]);
    CHECK(std::abs(indices[i].first.value - first[i]) < 0.03);
    CHECK(std::abs(indices[i].total.value - total[i]) < 0.03);
    CHECK(indices[i].first.high - indices[i].first.low < 0.25);
  }
}

TEST_CASE("a whole grid has its indices exactly: y = a + 2 b + a b over {-1, 1}") {
  // Variances: a 1, b 4, a b 1; in all 6.
  const std::vector<double> grid = {-1 - 2 + 1, -1 + 2 - 1, 1 - 2 - 1, 1 + 2 + 1};
  const std::vector<SobolIndex> indices = grid_indices({"a", "b"}, {2, 2}, grid);
  REQUIRE(indices.size() == 2);
  CHECK(indices[0].first.value == doctest::Approx(1.0 / 6));
  CHECK(indices[0].total.value == doctest::Approx(2.0 / 6));
  CHECK(indices[1].first.value == doctest::Approx(4.0 / 6));
  CHECK(indices[1].total.value == doctest::Approx(5.0 / 6));
}

TEST_CASE("what never changes has no indices") {
  CHECK(grid_indices({"a"}, {3}, {1, 1, 1}).empty());
  CHECK(radial_indices({"a", "b"}, std::vector<double>(16, 2.0)).empty());
  CHECK(radial_indices({"a", "b"}, {1, 2, 3, 4}).empty());
}

}  // namespace
}  // namespace skyreplay::sweep
