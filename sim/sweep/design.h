#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "skyreplay/sweep.pb.h"
#include "sweep/axis.h"

namespace skyreplay::sweep {

/// A value for each axis, as `--set` takes it.
using Point = std::vector<std::string>;

/// Throws InputError where the axes do not allow the design: a grid of a law, or of too many cells;
/// `cells` of a grid; `indices` of anything but a Sobol design, or of fewer than two axes.
void check_design(const proto::Sweep::Design& design, const std::vector<Axis>& axes);

/// The points of a variant's design, in their order; some may be equal where values are rounded or
/// are few. A design that draws does so by the seed, the variant's name and each axis' path, so
/// that another axis changes none of its draws.
///
/// **Method** Latin hypercube: McKay, Beckman, Conover, Technometrics 21 (1979). Sobol's sequence:
/// Boost.Random's (directions of Joe and Kuo), its digits shifted at random. With `indices` the
/// radial layout of A. Saltelli et al., Computer Physics Communications 181 (2010): after each base
/// point A and its partner B, A with one coordinate of B's, for each axis.
/// REQUIRES check_design().
std::vector<Point> design_points(const proto::Sweep::Design& design, const std::string& variant,
                                 const std::vector<Axis>& axes);

}  // namespace skyreplay::sweep
