#include "reference/model/forecast.h"

#include <algorithm>
#include <cmath>

namespace skyreplay::reference {
namespace {

using Row = std::vector<long double>;

/// What an hour is explained by, as E81 lists it.
Row explained_by(std::size_t hour, std::size_t hours) {
  const long double turn = 2 * std::acos(-1.0L);
  Row row{1};
  if (hours >= 48) row.push_back((static_cast<long double>(hour) - (hours - 1)) / 168);
  for (int k = 1; k <= 6; ++k) {
    row.push_back(std::cos(turn * k * hour / 24));
    row.push_back(std::sin(turn * k * hour / 24));
  }
  for (int k = 1; k <= 6 && hours >= 168; ++k) {
    row.push_back(std::cos(turn * k * hour / 168));
    row.push_back(std::sin(turn * k * hour / 168));
  }
  return row;
}

/// Gauss's elimination; the last column is the right side.
Row solved(std::vector<Row> system) {
  const std::size_t n = system.size();
  for (std::size_t i = 0; i < n; ++i) {
    std::size_t best = i;
    for (std::size_t k = i; k < n; ++k) {
      if (std::abs(system[k][i]) > std::abs(system[best][i])) best = k;
    }
    std::swap(system[i], system[best]);
    for (std::size_t k = 0; k < n; ++k) {
      if (k == i) continue;
      const long double factor = system[k][i] / system[i][i];
      for (std::size_t c = i; c <= n; ++c) system[k][c] -= factor * system[i][c];
    }
  }
  Row weights;
  for (std::size_t i = 0; i < n; ++i) weights.push_back(system[i][n] / system[i][i]);
  return weights;
}

}  // namespace

std::vector<double> forecast(const std::vector<double>& hours) {
  const std::size_t n = explained_by(0, hours.size()).size();
  std::vector<Row> system;
  while (system.size() < n) system.emplace_back(n + 1);
  for (std::size_t hour = 0; hour < hours.size(); ++hour) {
    const Row row = explained_by(hour, hours.size());
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t k = 0; k < n; ++k) system[i][k] += row[i] * row[k];
      system[i][n] += row[i] * std::log1p(static_cast<long double>(hours[hour]));
    }
  }
  for (std::size_t i = 1; i < n; ++i) system[i][i] += hours.size() / 20.0L;
  const Row weights = solved(system);
  const double most = 2 * *std::max_element(hours.begin(), hours.end());
  std::vector<double> ahead;
  for (std::size_t hour = hours.size(); hour < hours.size() + 48; ++hour) {
    const Row row = explained_by(hour, hours.size());
    long double sum = 0;
    for (std::size_t i = 0; i < n; ++i) sum += weights[i] * row[i];
    const double load = std::clamp(static_cast<double>(std::expm1(sum)), 0.0, most);
    ahead.push_back(std::round(load * 1000) / 1000);
  }
  return ahead;
}

}  // namespace skyreplay::reference
