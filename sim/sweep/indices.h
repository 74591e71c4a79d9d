#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace skyreplay::sweep {

/// An estimate between the ends of its 95 % interval; the ends are the estimate where it is exact.
struct Share {
  double value = 0;
  double low = 0;
  double high = 0;
};

/// How much of a response's variance a parameter makes.
struct SobolIndex {
  std::string path;
  Share first;  ///< by itself
  Share total;  ///< with everything that it does together with others
};

/// Of a whole grid, exact for what was replayed: `levels` are the numbers of values, the last
/// parameter fastest, every combination once. Empty where the response never changes.
std::vector<SobolIndex> grid_indices(const std::vector<std::string>& paths,
                                     const std::vector<std::size_t>& levels,
                                     const std::vector<double>& response);

/// Of a design with `indices` (design.h): base point, partner, and the point with each coordinate
/// of its partner, over and over.
///
/// **Method** Estimators of M. J. W. Jansen, Computer Physics Communications 117 (1999); intervals
/// by 1,000 resamples of the base points (percentiles), drawn from counters. Empty where the
/// response never changes, or there are fewer than two base points.
std::vector<SobolIndex> radial_indices(const std::vector<std::string>& paths,
                                       const std::vector<double>& response);

}  // namespace skyreplay::sweep
