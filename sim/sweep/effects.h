#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace skyreplay::sweep {

/// A parameter as the analysis sees it: numbers from its least to its largest value, or names.
struct Factor {
  std::string path;
  bool is_numeric = false;
  std::vector<std::string> levels;  ///< of names, in order of appearance
  double low = 0;                   ///< of numbers
  double high = 0;
  std::string unit;

  /// What a value counts as: between -1 and 1 from low to high; or the index of its level.
  double code(const std::string& value) const;
};

/// Factors of columns of values, by path.
std::vector<Factor> factors_of(const std::vector<std::string>& paths,
                               const std::vector<std::vector<std::string>>& rows);

/// What changing one thing changes.
struct Effect {
  std::string name;   ///< "memory_size 128 to 1769", "instance_type c7i.large", "a x b"
  double change = 0;  ///< of the response, in its unit
  double low = 0;     ///< 95 % interval
  double high = 0;
};

/// A response as a linear function of the factors and their products.
struct LinearModel {
  std::string none;  ///< why there is no model; empty where there is one
  bool has_interactions = false;
  double r2 = 0;  ///< share of the variance that it explains
  double mean = 0;
  std::vector<Effect> effects;  ///< by size, largest first
};

/// Fits by least squares (Eigen, QR with pivoting). A number's effect is the response's change from
/// its least to its largest value, a name's the response's distance from the mean over names, a
/// product's half of how much the one's effect differs between the other's ends; all with the other
/// factors in their middle. Intervals are Student's t on the residuals: they say how far a straight
/// line is from the cells, not how lucky the seed was.
///
/// Products are left out where the cells are too few to tell them apart, and so are factors with
/// one value. `rows` are values by factor.
LinearModel fit(const std::vector<Factor>& factors,
                const std::vector<std::vector<std::string>>& rows,
                const std::vector<double>& response);

/// A number of a value such as "512", "250ms", "1.5GiB": what stands before the unit, times of
/// durations in seconds; nothing for names.
std::optional<double> number_of(const std::string& value);

}  // namespace skyreplay::sweep
