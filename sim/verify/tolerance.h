#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace skyreplay::verify {

/// The number that a cell of timeline.csv is; nothing where it is none.
std::optional<double> number_in(std::string_view cell);

/// How far each column of timeline.csv may be from the baseline's: by default not at all.
class Tolerances {
 public:
  /// Each "COLUMN=5%" or "COLUMN=0.01", of which the larger allowance counts where both are given;
  /// "*" is every column without one of its own. Throws InputError.
  explicit Tolerances(const std::vector<std::string>& texts);

  /// Whether `value` is near enough to `baseline`; both are cells of the column. Cells that are no
  /// numbers must be equal.
  bool allows(const std::string& column, std::string_view baseline, std::string_view value) const;
  /// Throws InputError for a column named that is not among these.
  void check_columns(const std::vector<std::string>& columns) const;
  /// "exactly", or as it was given.
  std::string text() const;

 private:
  struct Allowance {
    double share = 0;
    double absolute = 0;
  };
  std::map<std::string, Allowance, std::less<>> allowances_;
  std::vector<std::string> texts_;
};

}  // namespace skyreplay::verify
