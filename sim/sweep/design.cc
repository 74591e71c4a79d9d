#include "sweep/design.h"

#include <fmt/format.h>

#include <boost/random/sobol.hpp>
#include <numeric>

#include "core/error.h"
#include "core/random.h"
#include "core/text.h"

namespace skyreplay::sweep {
namespace {

using proto::Sweep;

constexpr std::uint64_t kMaxCells = 100'000;
constexpr std::uint32_t kDefaultCells = 64;

std::uint32_t cells_of(const Sweep::Design& design) {
  return design.has_cells() ? design.cells() : kDefaultCells;
}

std::vector<Point> grid(const std::vector<Axis>& axes) {
  std::vector<Point> points = {{}};
  for (const Axis& axis : axes) {
    std::vector<Point> longer;
    for (const Point& point : points) {
      for (const std::string& value : axis.values) {
        longer.push_back(point);
        longer.back().push_back(value);
      }
    }
    points = std::move(longer);
  }
  return points;
}

/// Coordinates in [0, 1), by point and axis.
using Coordinates = std::vector<std::vector<double>>;

/// A stream of its own for each axis of a variant.
class Streams {
 public:
  Streams(const Sweep::Design& design, const std::string& variant)
      : seed_(design.seed()), variant_(variant) {}
  RandomStream of(const std::string& axis, std::string_view purpose) const {
    return {seed_, fmt::format("sweep.{}/{}", variant_, axis), purpose};
  }

 private:
  std::uint64_t seed_;
  const std::string& variant_;
};

Coordinates random_coordinates(std::size_t n, const Streams& streams,
                               const std::vector<Axis>& axes) {
  Coordinates all(n, std::vector<double>(axes.size()));
  for (std::size_t a = 0; a < axes.size(); ++a) {
    const RandomStream stream = streams.of(axes[a].path, "random");
    for (std::size_t i = 0; i < n; ++i) all[i][a] = stream.at(i).uniform();
  }
  return all;
}

Coordinates latin_hypercube(std::size_t n, const Streams& streams, const std::vector<Axis>& axes) {
  Coordinates all(n, std::vector<double>(axes.size()));
  for (std::size_t a = 0; a < axes.size(); ++a) {
    std::vector<std::size_t> stratum(n);
    std::iota(stratum.begin(), stratum.end(), std::size_t{0});
    const RandomStream order = streams.of(axes[a].path, "strata");
    for (std::size_t i = n; i > 1; --i) {
      const auto j = static_cast<std::size_t>(order.at(i).uniform() * static_cast<double>(i));
      std::swap(stratum[i - 1], stratum[j]);
    }
    const RandomStream within = streams.of(axes[a].path, "within");
    for (std::size_t i = 0; i < n; ++i) {
      all[i][a] =
          (static_cast<double>(stratum[i]) + within.at(i).uniform()) / static_cast<double>(n);
    }
  }
  return all;
}

/// `dimensions` is the axes' number, or twice that for partners.
Coordinates sobol(std::size_t n, std::size_t dimensions, const Streams& streams,
                  const std::vector<Axis>& axes) {
  Coordinates all(n, std::vector<double>(dimensions));
  if (dimensions == 0) return all;
  std::vector<std::uint64_t> shifts(dimensions);
  for (std::size_t d = 0; d < dimensions; ++d) {
    shifts[d] = streams.of(axes[d % axes.size()].path, "shift").at(d / axes.size())();
  }
  // Boost's sequence leaves out its first point, the origin, without which no power of two of
  // points is balanced.
  boost::random::sobol sequence(dimensions);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t d = 0; d < dimensions; ++d) {
      const std::uint64_t bits = i == 0 ? 0 : sequence();
      all[i][d] = static_cast<double>((bits ^ shifts[d]) >> 11) * 0x1.0p-53;
    }
  }
  return all;
}

Point point_at(const std::vector<double>& coordinates, const std::vector<Axis>& axes) {
  Point point;
  for (std::size_t a = 0; a < axes.size(); ++a) point.push_back(axes[a].at(coordinates[a]));
  return point;
}

/// A, B, and A with each coordinate of B's in turn.
void add_radial(const std::vector<double>& pair, const std::vector<Axis>& axes,
                std::vector<Point>& points) {
  const auto middle = pair.begin() + static_cast<std::ptrdiff_t>(axes.size());
  const std::vector<double> a(pair.begin(), middle);
  const std::vector<double> b(middle, pair.end());
  points.push_back(point_at(a, axes));
  points.push_back(point_at(b, axes));
  for (std::size_t i = 0; i < axes.size(); ++i) {
    std::vector<double> mixed = a;
    mixed[i] = b[i];
    points.push_back(point_at(mixed, axes));
  }
}

void check_grid(const Sweep::Design& design, const std::vector<Axis>& axes) {
  if (design.has_cells()) throw InputError("a grid has as many cells as its values make");
  std::uint64_t cells = 1;
  for (const Axis& axis : axes) {
    if (axis.values.empty()) {
      throw InputError(fmt::format(
          "a grid needs values: {} has a law; give a list, or a range with step or count",
          axis.path));
    }
    cells *= axis.values.size();
    if (cells <= kMaxCells) continue;
    throw InputError(fmt::format("a grid of more than {} cells", grouped(kMaxCells)));
  }
}

}  // namespace

void check_design(const Sweep::Design& design, const std::vector<Axis>& axes) {
  if (design.indices() && design.kind() != Sweep::Design::SOBOL) {
    throw InputError("indices are of a sobol design");
  }
  if (design.kind() == Sweep::Design::GRID) return check_grid(design, axes);
  if (!design.indices()) return;
  if (axes.size() < 2) throw InputError("indices need two parameters to tell apart");
  if (std::uint64_t{cells_of(design)} * (axes.size() + 2) > kMaxCells) {
    throw InputError(fmt::format("indices of {} base points make more than {} cells",
                                 grouped(cells_of(design)), grouped(kMaxCells)));
  }
}

std::vector<Point> design_points(const Sweep::Design& design, const std::string& variant,
                                 const std::vector<Axis>& axes) {
  if (axes.empty()) return {{}};
  const Streams streams(design, variant);
  const std::size_t n = cells_of(design);
  Coordinates coordinates;
  switch (design.kind()) {
    case Sweep::Design::RANDOM:
      coordinates = random_coordinates(n, streams, axes);
      break;
    case Sweep::Design::LATIN_HYPERCUBE:
      coordinates = latin_hypercube(n, streams, axes);
      break;
    case Sweep::Design::SOBOL:
      coordinates = sobol(n, axes.size() * (design.indices() ? 2 : 1), streams, axes);
      break;
    default:
      return grid(axes);
  }
  std::vector<Point> points;
  for (const std::vector<double>& at : coordinates) {
    design.indices() ? add_radial(at, axes, points) : points.push_back(point_at(at, axes));
  }
  return points;
}

}  // namespace skyreplay::sweep
