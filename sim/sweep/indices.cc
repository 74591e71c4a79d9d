#include "sweep/indices.h"

#include <algorithm>
#include <numeric>

#include "core/random.h"

namespace skyreplay::sweep {
namespace {

constexpr std::size_t kResamples = 1'000;

double mean_of(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

/// Of equally likely values.
double variance_of(const std::vector<double>& values) {
  const double mean = mean_of(values);
  double squares = 0;
  for (const double value : values) squares += (value - mean) * (value - mean);
  return squares / static_cast<double>(values.size());
}

Share exact(double value) { return {value, value, value}; }

/// Sums of a radial design's responses over the base points that were drawn, of one axis.
struct Sums {
  double first = 0;  ///< (f(B) - f(AB))^2
  double total = 0;  ///< (f(A) - f(AB))^2
};

/// Estimates of every axis over base points, each counted as often as `times` says.
struct Estimates {
  std::vector<double> first;
  std::vector<double> total;
};

class Radial {
 public:
  Radial(std::size_t axes, const std::vector<double>& response)
      : axes_(axes), points_(response.size() / (axes + 2)), response_(response) {}

  std::size_t points() const { return points_; }

  /// Nothing where the response does not vary over the points drawn.
  bool estimate(const std::vector<std::size_t>& drawn, Estimates& found) const {
    std::vector<double> all;
    std::vector<Sums> sums(axes_);
    for (const std::size_t point : drawn) {
      const double a = at(point, 0);
      const double b = at(point, 1);
      all.push_back(a);
      all.push_back(b);
      for (std::size_t i = 0; i < axes_; ++i) {
        const double mixed = at(point, 2 + i);
        sums[i].first += (b - mixed) * (b - mixed);
        sums[i].total += (a - mixed) * (a - mixed);
      }
    }
    const double variance = variance_of(all);
    if (!(variance > 0)) return false;
    const double twice = 2 * static_cast<double>(drawn.size()) * variance;
    for (std::size_t i = 0; i < axes_; ++i) {
      found.first.push_back(1 - sums[i].first / twice);
      found.total.push_back(sums[i].total / twice);
    }
    return true;
  }

 private:
  double at(std::size_t point, std::size_t k) const { return response_[point * (axes_ + 2) + k]; }

  std::size_t axes_;
  std::size_t points_;
  const std::vector<double>& response_;
};

/// Between the 2.5th and the 97.5th percentile of what resamples gave.
Share share_of(double value, std::vector<double> resampled) {
  if (resampled.size() < 40) return exact(value);
  std::ranges::sort(resampled);
  const std::size_t tail = resampled.size() / 40;
  return {value, resampled[tail], resampled[resampled.size() - 1 - tail]};
}

}  // namespace

std::vector<SobolIndex> grid_indices(const std::vector<std::string>& paths,
                                     const std::vector<std::size_t>& levels,
                                     const std::vector<double>& response) {
  const double all = variance_of(response);
  if (!(all > 0)) return {};
  std::vector<SobolIndex> indices;
  std::size_t stride = response.size();
  for (std::size_t a = 0; a < paths.size(); ++a) {
    stride /= levels[a];
    // Means over everything else, and over this parameter alone.
    std::vector<double> by_level(levels[a]);
    std::vector<double> by_rest(response.size() / levels[a]);
    for (std::size_t r = 0; r < response.size(); ++r) {
      const std::size_t level = r / stride % levels[a];
      const std::size_t rest = r / (stride * levels[a]) * stride + r % stride;
      by_level[level] += response[r] / static_cast<double>(by_rest.size());
      by_rest[rest] += response[r] / static_cast<double>(levels[a]);
    }
    indices.push_back(
        {paths[a], exact(variance_of(by_level) / all), exact(1 - variance_of(by_rest) / all)});
  }
  return indices;
}

std::vector<SobolIndex> radial_indices(const std::vector<std::string>& paths,
                                       const std::vector<double>& response) {
  const Radial radial(paths.size(), response);
  if (radial.points() < 2) return {};
  std::vector<std::size_t> drawn(radial.points());
  std::iota(drawn.begin(), drawn.end(), std::size_t{0});
  Estimates best;
  if (!radial.estimate(drawn, best)) return {};
  std::vector<std::vector<double>> first(paths.size());
  std::vector<std::vector<double>> total(paths.size());
  const RandomStream dice(1, "sweep.indices", "resample");
  for (std::size_t sample = 0; sample < kResamples; ++sample) {
    RandomEngine random = dice.at(sample);
    for (std::size_t& point : drawn) {
      point = static_cast<std::size_t>(random.uniform() * static_cast<double>(radial.points()));
    }
    Estimates found;
    if (!radial.estimate(drawn, found)) continue;
    for (std::size_t a = 0; a < paths.size(); ++a) {
      first[a].push_back(found.first[a]);
      total[a].push_back(found.total[a]);
    }
  }
  std::vector<SobolIndex> indices;
  for (std::size_t a = 0; a < paths.size(); ++a) {
    indices.push_back(
        {paths[a], share_of(best.first[a], first[a]), share_of(best.total[a], total[a])});
  }
  return indices;
}

}  // namespace skyreplay::sweep
