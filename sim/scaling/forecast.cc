#include "scaling/forecast.h"

// Results must not depend on the machine's vector instructions.
#define EIGEN_DONT_VECTORIZE
#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <numbers>

#include "core/check.h"

namespace skyreplay::scaling {
namespace {

constexpr std::size_t kDay = 24;
constexpr std::size_t kWeek = 7 * kDay;
constexpr std::size_t kHarmonics = 6;   // of the day, and as many of the week
constexpr double kHoldBack = 1.0 / 20;  // ridge, in hours of history
constexpr double kMostGrowth = 2.0;     // times the largest hour seen
constexpr double kGrain = 1000.0;

/// What an hour is explained by.
class Regressors {
 public:
  explicit Regressors(std::size_t history)
      : history_(history), has_week_(history >= kWeek), has_trend_(history >= 2 * kDay) {}

  Eigen::Index size() const {
    const std::size_t waves = kHarmonics * (has_week_ ? 2 : 1);
    return static_cast<Eigen::Index>(1 + (has_trend_ ? 1 : 0) + 2 * waves);
  }

  /// Of the hour, counted from the first of the history.
  Eigen::VectorXd at(std::size_t hour) const {
    Eigen::VectorXd row(size());
    Eigen::Index next = 0;
    row[next++] = 1.0;
    if (has_trend_) {
      row[next++] = (static_cast<double>(hour) - static_cast<double>(history_ - 1)) / kWeek;
    }
    const auto wave = [&](std::size_t turns, std::size_t period) {
      // The angle within one turn, exactly; it would lose bits after many.
      const double angle = 2 * std::numbers::pi * static_cast<double>(turns * hour % period) /
                           static_cast<double>(period);
      row[next++] = std::cos(angle);
      row[next++] = std::sin(angle);
    };
    for (std::size_t k = 1; k <= kHarmonics; ++k) wave(k, kDay);
    // The seventh of a week is the first of the day.
    for (std::size_t k = 1; has_week_ && k <= kHarmonics; ++k) wave(k, kWeek);
    return row;
  }

 private:
  std::size_t history_;
  bool has_week_;
  bool has_trend_;
};

Eigen::VectorXd fit(std::span<const double> load, const Regressors& regressors) {
  const Eigen::Index size = regressors.size();
  Eigen::MatrixXd normal = Eigen::MatrixXd::Zero(size, size);
  Eigen::VectorXd right = Eigen::VectorXd::Zero(size);
  for (std::size_t hour = 0; hour < load.size(); ++hour) {
    const Eigen::VectorXd row = regressors.at(hour);
    normal += row * row.transpose();
    right += row * std::log1p(load[hour]);
  }
  for (Eigen::Index i = 1; i < size; ++i) {
    normal(i, i) += kHoldBack * static_cast<double>(load.size());
  }
  return normal.ldlt().solve(right);
}

}  // namespace

std::vector<double> forecast(std::span<const double> hourly_load) {
  SKY_CHECK(hourly_load.size() >= kLeastHistoryHours && hourly_load.size() <= kMostHistoryHours);
  const Regressors regressors(hourly_load.size());
  const Eigen::VectorXd weights = fit(hourly_load, regressors);
  const double most = kMostGrowth * *std::max_element(hourly_load.begin(), hourly_load.end());
  std::vector<double> ahead;
  ahead.reserve(kForecastHours);
  for (std::size_t i = 0; i < kForecastHours; ++i) {
    const double load = std::expm1(weights.dot(regressors.at(hourly_load.size() + i)));
    ahead.push_back(std::round(std::clamp(load, 0.0, most) * kGrain) / kGrain);
  }
  return ahead;
}

}  // namespace skyreplay::scaling
