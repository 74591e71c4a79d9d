#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "scenario/scenario.h"

namespace skyreplay::sweep {

/// The field that tune turns.
class Knob {
 public:
  /// `over` is the path of a whole-number field, or empty for the count of the scenario's one EC2
  /// or ECS service. Throws InputError for a field that does not exist, holds no whole number or
  /// does not follow; naming what there is.
  Knob(const scenario::Scenario& scenario, const std::string& over);

  const std::string& path() const { return path_; }
  /// What the schema allows, 1 at least.
  std::uint64_t min() const { return min_; }
  std::uint64_t max() const { return max_; }

  /// The settings that give the field this value: of an Auto Scaling group's desired_capacity also
  /// what makes room for it in min_size and max_size.
  std::vector<std::string> settings(std::uint64_t value) const;

 private:
  std::string path_;
  std::uint64_t min_ = 1;
  std::uint64_t max_ = 0;
  std::string group_;  ///< path of the Auto Scaling group, if it is the field's
  std::uint64_t min_size_ = 0;
  std::uint64_t max_size_ = 0;
};

}  // namespace skyreplay::sweep
