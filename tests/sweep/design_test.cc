#include "sweep/design.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "core/error.h"
#include "support/temp_folder.h"

namespace skyreplay::sweep {
namespace {

Axis listed(const std::string& path, std::vector<std::string> values) {
  return {.path = path, .position = {}, .is_whole = false, .values = std::move(values), .law = {}};
}
Axis ranged(const std::string& path) {
  return {.path = path,
          .position = {},
          .is_whole = false,
          .values = {},
          .law = NumberLaw{.law = NumberRange{.from = 0, .to = 1}, .unit = ""}};
}

proto::Sweep::Design design(proto::Sweep::Design::Kind kind, std::uint32_t cells = 0,
                            std::uint64_t seed = 1) {
  proto::Sweep::Design made;
  made.set_kind(kind);
  if (cells > 0) made.set_cells(cells);
  made.set_seed(seed);
  return made;
}

using Design = proto::Sweep::Design;

TEST_CASE("a grid is every combination, the last parameter fastest") {
  const std::vector<Point> points = design_points(
      design(Design::GRID), "v", {listed("a", {"1", "2"}), listed("b", {"x", "y", "z"})});
  CHECK(points ==
        std::vector<Point>{{"1", "x"}, {"1", "y"}, {"1", "z"}, {"2", "x"}, {"2", "y"}, {"2", "z"}});
}

TEST_CASE("without parameters a variant is one cell") {
  CHECK(design_points(design(Design::SOBOL, 8), "v", {}).size() == 1);
}

TEST_CASE("a Latin hypercube meets each of as many strata as there are cells once") {
  const std::vector<Point> points =
      design_points(design(Design::LATIN_HYPERCUBE, 50), "v", {ranged("a"), ranged("b")});
  REQUIRE(points.size() == 50);
  for (const std::size_t axis : {0U, 1U}) {
    std::set<int> strata;
    for (const Point& point : points) {
      strata.insert(static_cast<int>(std::floor(std::stod(point[axis]) * 50)));
    }
    CHECK(strata.size() == 50);
  }
}

TEST_CASE("a Sobol design of a power of two has equally many points in each equal interval") {
  const std::vector<Point> points =
      design_points(design(Design::SOBOL, 64), "v", {ranged("a"), ranged("b"), ranged("c")});
  for (const std::size_t axis : {0U, 1U, 2U}) {
    std::vector<int> counts(16);
    for (const Point& point : points) {
      ++counts[static_cast<std::size_t>(std::stod(point[axis]) * 16)];
    }
    CHECK(std::ranges::all_of(counts, [](int n) { return n == 4; }));
  }
}

TEST_CASE("what a parameter draws depends on no other parameter, but on the seed") {
  for (const auto kind : {Design::RANDOM, Design::LATIN_HYPERCUBE}) {
    const auto alone = design_points(design(kind, 20), "v", {ranged("b")});
    const auto beside = design_points(design(kind, 20), "v", {ranged("a"), ranged("b")});
    for (std::size_t i = 0; i < 20; ++i) CHECK(alone[i][0] == beside[i][1]);
    CHECK(design_points(design(kind, 20, 2), "v", {ranged("b")}) != alone);
    CHECK(design_points(design(kind, 20), "w", {ranged("b")}) != alone);
  }
}

TEST_CASE("indices lay out a base point, its partner, and the point with each of its coordinates") {
  Design with = design(Design::SOBOL, 4);
  with.set_indices(true);
  const std::vector<Point> points = design_points(with, "v", {ranged("a"), ranged("b")});
  REQUIRE(points.size() == 16);
  for (std::size_t base = 0; base < 16; base += 4) {
    CHECK(points[base + 2] == Point{points[base + 1][0], points[base][1]});
    CHECK(points[base + 3] == Point{points[base][0], points[base + 1][1]});
  }
}

TEST_CASE("a design that its parameters do not allow is refused") {
  const auto refused = [](const Design& of, const std::vector<Axis>& axes) {
    return testing::message_of<InputError>([&] { check_design(of, axes); });
  };
  CHECK(refused(design(Design::GRID), {ranged("a.b")}) ==
        "a grid needs values: a.b has a law; give a list, or a range with step or count");
  CHECK(refused(design(Design::GRID, 5), {}) == "a grid has as many cells as its values make");
  Design with = design(Design::RANDOM, 5);
  with.set_indices(true);
  CHECK(refused(with, {}) == "indices are of a sobol design");
  with.set_kind(Design::SOBOL);
  CHECK(refused(with, {ranged("a")}) == "indices need two parameters to tell apart");
  std::vector<std::string> many(1000);
  for (std::size_t i = 0; i < many.size(); ++i) many[i] = std::to_string(i);
  CHECK(refused(design(Design::GRID), {listed("a", many), listed("b", many)}) ==
        "a grid of more than 100,000 cells");
}

}  // namespace
}  // namespace skyreplay::sweep
