#include "sweep/effects.h"

// The order of additions decides the last bits: it is the same whatever the processor offers.
#define EIGEN_DONT_VECTORIZE
#include <fmt/format.h>

#include <Eigen/Dense>
#include <algorithm>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>

#include "core/time.h"
#include "scenario/values.h"
#include "sweep/results.h"

namespace skyreplay::sweep {
namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;
using Rows = std::vector<std::vector<std::string>>;

/// Splits a value into its number and its unit.
std::optional<std::pair<double, std::string>> split(const std::string& value) {
  Duration duration{};
  if (parse_duration(value, duration)) {
    return std::pair{static_cast<double>(duration.count()) * 1e-9, std::string("s")};
  }
  const std::size_t end = value.find_last_of("0123456789.") + 1;
  double number = 0;
  if (!scenario::parse_number(value.substr(0, end), number)) return std::nullopt;
  return std::pair{number, value.substr(end)};
}

/// One column of the model: a factor, or for names one of its levels.
struct Column {
  std::size_t factor = 0;
  std::size_t level = 0;
  std::string name;
  std::string of;  ///< the factor's short name
};

/// Effect coding: a level against the last one, so that a coefficient is a distance from the mean.
double coded(const Factor& factor, const Column& column, const std::string& value) {
  const double code = factor.code(value);
  if (factor.is_numeric) return code;
  if (code == static_cast<double>(column.level)) return 1;
  return code == static_cast<double>(factor.levels.size() - 1) ? -1 : 0;
}

std::vector<Column> columns_of(const std::vector<Factor>& factors) {
  std::vector<std::string> paths;
  for (const Factor& factor : factors) paths.push_back(factor.path);
  const std::vector<std::string> names = short_names(paths);
  std::vector<Column> columns;
  for (std::size_t f = 0; f < factors.size(); ++f) {
    const Factor& factor = factors[f];
    if (factor.is_numeric) {
      columns.push_back({f, 0,
                         fmt::format("{} {:g}{} to {:g}{}", names[f], factor.low, factor.unit,
                                     factor.high, factor.unit),
                         names[f]});
      continue;
    }
    for (std::size_t l = 0; l + 1 < factor.levels.size(); ++l) {
      columns.push_back({f, l, fmt::format("{} {}", names[f], factor.levels[l]), names[f]});
    }
  }
  return columns;
}

/// Pairs of columns of different factors.
std::vector<std::pair<std::size_t, std::size_t>> products_of(const std::vector<Column>& columns) {
  std::vector<std::pair<std::size_t, std::size_t>> pairs;
  for (std::size_t a = 0; a < columns.size(); ++a) {
    for (std::size_t b = a + 1; b < columns.size(); ++b) {
      if (columns[a].factor != columns[b].factor) pairs.emplace_back(a, b);
    }
  }
  return pairs;
}

/// A least-squares problem and what came of it.
class Fit {
 public:
  Fit(const std::vector<Factor>& factors, const Rows& rows, const std::vector<double>& response,
      bool with_products)
      : factors_(factors), columns_(columns_of(factors)) {
    if (with_products) products_ = products_of(columns_);
    n_ = static_cast<Eigen::Index>(rows.size());
    p_ = static_cast<Eigen::Index>(1 + columns_.size() + products_.size());
    if (n_ <= p_) return;
    fill(rows);
    y_ = Eigen::Map<const VectorXd>(response.data(), n_);
    const Eigen::ColPivHouseholderQR<MatrixXd> qr(x_);
    if (qr.rank() < p_) return;
    b_ = qr.solve(y_);
    covariance_ = (x_.transpose() * x_).inverse();
    is_solved_ = true;
  }

  bool is_solved() const { return is_solved_; }

  LinearModel model() const {
    LinearModel model;
    model.has_interactions = !products_.empty();
    const double mean = y_.mean();
    const double rest = (y_ - x_ * b_).squaredNorm();
    const double all = (y_.array() - mean).matrix().squaredNorm();
    model.mean = mean;
    model.r2 = all > 0 ? std::max(0.0, 1 - rest / all) : 1;
    const double variance = rest / static_cast<double>(n_ - p_);
    const boost::math::students_t law(static_cast<double>(n_ - p_));
    const double t = boost::math::quantile(law, 0.975);
    for (Eigen::Index i = 1; i < p_; ++i) {
      const auto k = static_cast<std::size_t>(i - 1);
      const double scale = k < columns_.size() && factors_[columns_[k].factor].is_numeric ? 2 : 1;
      const double half = scale * t * std::sqrt(variance * covariance_(i, i));
      const double change = scale * b_(i);
      model.effects.push_back({name_of(k), change, change - half, change + half});
    }
    add_last_levels(model);
    std::ranges::stable_sort(model.effects, [](const Effect& a, const Effect& b) {
      return std::abs(a.change) > std::abs(b.change);
    });
    return model;
  }

 private:
  void fill(const Rows& rows) {
    x_ = MatrixXd::Ones(n_, p_);
    for (Eigen::Index r = 0; r < n_; ++r) {
      const std::vector<std::string>& values = rows[static_cast<std::size_t>(r)];
      for (std::size_t c = 0; c < columns_.size(); ++c) {
        const std::size_t factor = columns_[c].factor;
        x_(r, static_cast<Eigen::Index>(1 + c)) =
            coded(factors_[factor], columns_[c], values[factor]);
      }
      for (std::size_t i = 0; i < products_.size(); ++i) {
        const auto [a, b] = products_[i];
        x_(r, static_cast<Eigen::Index>(1 + columns_.size() + i)) =
            x_(r, static_cast<Eigen::Index>(1 + a)) * x_(r, static_cast<Eigen::Index>(1 + b));
      }
    }
  }

  std::string name_of(std::size_t k) const {
    if (k < columns_.size()) return columns_[k].name;
    const auto [a, b] = products_[k - columns_.size()];
    return fmt::format("{} x {}", columns_[a].name, columns_[b].name);
  }

  /// A factor's last name is as far below the mean as all others together are above it.
  void add_last_levels(LinearModel& model) const {
    const boost::math::students_t law(static_cast<double>(n_ - p_));
    const double t = boost::math::quantile(law, 0.975);
    const double variance = (y_ - x_ * b_).squaredNorm() / static_cast<double>(n_ - p_);
    for (std::size_t f = 0; f < factors_.size(); ++f) {
      if (factors_[f].is_numeric) continue;
      VectorXd sum = VectorXd::Zero(p_);
      std::string name;
      for (std::size_t c = 0; c < columns_.size(); ++c) {
        if (columns_[c].factor != f) continue;
        sum(static_cast<Eigen::Index>(1 + c)) = -1;
        name = columns_[c].of;
      }
      const double change = sum.dot(b_);
      const double half = t * std::sqrt(variance * sum.dot(covariance_ * sum));
      model.effects.push_back({fmt::format("{} {}", name, factors_[f].levels.back()), change,
                               change - half, change + half});
    }
  }

  const std::vector<Factor>& factors_;
  std::vector<Column> columns_;
  std::vector<std::pair<std::size_t, std::size_t>> products_;
  Eigen::Index n_ = 0;
  Eigen::Index p_ = 0;
  MatrixXd x_;
  VectorXd y_;
  VectorXd b_;
  MatrixXd covariance_;
  bool is_solved_ = false;
};

}  // namespace

double Factor::code(const std::string& value) const {
  if (is_numeric) return (2 * number_of(value).value_or(low) - low - high) / (high - low);
  return static_cast<double>(std::ranges::find(levels, value) - levels.begin());
}

std::optional<double> number_of(const std::string& value) {
  const auto parts = split(value);
  return parts ? std::optional(parts->first) : std::nullopt;
}

std::vector<Factor> factors_of(const std::vector<std::string>& paths, const Rows& rows) {
  std::vector<Factor> factors;
  for (std::size_t a = 0; a < paths.size(); ++a) {
    Factor factor{.path = paths[a], .is_numeric = true, .levels = {}, .unit = ""};
    for (const std::vector<std::string>& row : rows) {
      const auto parts = split(row[a]);
      if (std::ranges::find(factor.levels, row[a]) == factor.levels.end()) {
        factor.levels.push_back(row[a]);
        if (!parts) factor.is_numeric = false;
        if (!parts) continue;
        const bool is_first = factor.levels.size() == 1;
        if (is_first) factor.unit = parts->second;
        factor.is_numeric = factor.is_numeric && factor.unit == parts->second;
        factor.low = is_first ? parts->first : std::min(factor.low, parts->first);
        factor.high = is_first ? parts->first : std::max(factor.high, parts->first);
      }
    }
    factors.push_back(std::move(factor));
  }
  return factors;
}

LinearModel fit(const std::vector<Factor>& factors, const Rows& rows,
                const std::vector<double>& response) {
  // Factors that never change explain nothing.
  std::vector<Factor> moving;
  Rows values(rows.size());
  for (std::size_t f = 0; f < factors.size(); ++f) {
    if (factors[f].levels.size() < 2) continue;
    moving.push_back(factors[f]);
    for (std::size_t r = 0; r < rows.size(); ++r) values[r].push_back(rows[r][f]);
  }
  LinearModel none;
  if (moving.empty()) {
    none.none = "no parameter takes two values";
    return none;
  }
  for (const bool with_products : {true, false}) {
    const Fit solved(moving, values, response, with_products);
    if (solved.is_solved()) return solved.model();
  }
  none.none = "too few cells, or parameters that move together, to tell the effects apart";
  return none;
}

}  // namespace skyreplay::sweep
