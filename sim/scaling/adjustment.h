#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "metrics/alarm.h"
#include "scaling/scalable_target.h"

namespace skyreplay::scaling {

/// What a step's or a simple policy's number means (E68).
enum class AdjustmentType : std::uint8_t {
  kChangeInCapacity,
  kExactCapacity,
  kPercentChangeInCapacity
};

/// One step: its bounds count from the alarm's threshold; none is no bound (E66).
struct StepAdjustment {
  std::optional<double> lower{};
  std::optional<double> upper{};
  std::int32_t scaling_adjustment = 0;
};

/// How a policy turns a number into a capacity.
struct Adjustment {
  AdjustmentType type = AdjustmentType::kChangeInCapacity;
  std::uint32_t min_adjustment_magnitude = 0;  ///< of kPercentChangeInCapacity
};

/// By how much `scaling_adjustment` changes a capacity of `current`: in percent, rounded toward
/// zero, but one where it would be none, and at least the minimum (E69). REQUIRES not
/// kExactCapacity.
std::int64_t change_of(const Adjustment& adjustment, std::int32_t scaling_adjustment,
                       std::uint32_t current);

/// ceil(capacity x metric / target): additions are rounded up, removals down (E60). What a double
/// adds above a whole number, less than 10^-9, is no reason for one more.
std::int64_t proportional(std::uint32_t capacity, double metric, double target_value);

/// The capacity wanted of `target`, neither bounded nor compared to the desired one. What is
/// warming counts as added already; what is terminating is there when more are to go (E52, E70).
std::int64_t wanted(const Adjustment& adjustment, std::int32_t scaling_adjustment,
                    const ScalableTarget& target);

/// The step for a metric `value`, none where no step's bounds hold it: above the threshold a lower
/// bound is in the step and an upper one is not, below it the other way round (E66).
const StepAdjustment* step_for(std::span<const StepAdjustment> steps, double value,
                               double threshold, metrics::Comparison comparison);

/// "" or what AWS refuses of a list of steps: gaps, overlaps, more than 20 (E66, E72).
std::string steps_mistake(std::span<const StepAdjustment> steps);

}  // namespace skyreplay::scaling
