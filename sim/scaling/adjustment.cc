#include "scaling/adjustment.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <vector>

namespace skyreplay::scaling {
namespace {

constexpr std::size_t kMostSteps = 20;  // E72
constexpr double kInfinity = std::numeric_limits<double>::infinity();

double lower_of(const StepAdjustment& step) { return step.lower.value_or(-kInfinity); }
double upper_of(const StepAdjustment& step) { return step.upper.value_or(kInfinity); }

bool is_above(double delta, metrics::Comparison comparison) {
  if (delta != 0) return delta > 0;
  return comparison == metrics::Comparison::kGreater ||
         comparison == metrics::Comparison::kGreaterOrEqual;
}

std::string bounds_mistake(const StepAdjustment& step) {
  if (!step.lower && !step.upper) return "a step needs a lower or an upper bound";
  if (lower_of(step) >= upper_of(step)) return "a step's lower bound must be below its upper one";
  return "";
}

}  // namespace

// C108 rounds as E69 does.
std::int64_t change_of(const Adjustment& adjustment, std::int32_t scaling_adjustment,
                       std::uint32_t current) {
  if (adjustment.type != AdjustmentType::kPercentChangeInCapacity || scaling_adjustment == 0) {
    return scaling_adjustment;
  }
  const std::int64_t hundredths = std::int64_t{scaling_adjustment} * current;
  std::int64_t magnitude = std::abs(hundredths) / 100;
  if (hundredths != 0) magnitude = std::max<std::int64_t>(magnitude, 1);
  magnitude = std::max<std::int64_t>(magnitude, adjustment.min_adjustment_magnitude);
  return scaling_adjustment > 0 ? magnitude : -magnitude;
}

// C98, C99: services in the same way as groups (E60).
std::int64_t proportional(std::uint32_t capacity, double metric, double target_value) {
  constexpr double kDust = 1e-9;
  constexpr double kMost = 1e9;  // beyond every maximum
  const double exact = static_cast<double>(capacity) * metric / target_value;
  return static_cast<std::int64_t>(std::ceil(std::min(exact, kMost) - kDust));
}

std::int64_t wanted(const Adjustment& adjustment, std::int32_t scaling_adjustment,
                    const ScalableTarget& target) {
  if (adjustment.type == AdjustmentType::kExactCapacity) return scaling_adjustment;
  const std::int64_t desired = target.desired;
  if (scaling_adjustment >= 0) {
    const std::uint32_t base = base_of_additions(target);
    return std::max(desired, base + change_of(adjustment, scaling_adjustment, base));
  }
  const std::uint32_t there = target.current + target.terminating;
  return std::min(desired, there + change_of(adjustment, scaling_adjustment, there));
}

// C107 has the bounds of E66.
const StepAdjustment* step_for(std::span<const StepAdjustment> steps, double value,
                               double threshold, metrics::Comparison comparison) {
  const double delta = value - threshold;
  const bool above = is_above(delta, comparison);
  const auto holds = [&](const StepAdjustment& step) {
    return above ? delta >= lower_of(step) && delta < upper_of(step)
                 : delta > lower_of(step) && delta <= upper_of(step);
  };
  const auto found = std::find_if(steps.begin(), steps.end(), holds);
  return found == steps.end() ? nullptr : &*found;
}

std::string steps_mistake(std::span<const StepAdjustment> steps) {
  if (steps.size() > kMostSteps) return fmt::format("has more than {} steps", kMostSteps);
  std::vector<StepAdjustment> sorted(steps.begin(), steps.end());
  for (const StepAdjustment& step : sorted) {
    if (std::string text = bounds_mistake(step); !text.empty()) return text;
  }
  std::sort(sorted.begin(), sorted.end(),
            [](const auto& a, const auto& b) { return lower_of(a) < lower_of(b); });
  for (std::size_t i = 1; i < sorted.size(); ++i) {
    const double end = upper_of(sorted[i - 1]);
    const double next = lower_of(sorted[i]);
    if (end == next) continue;
    return fmt::format("the steps {} between {:.6g} and {:.6g}",
                       end < next ? "leave a gap" : "overlap", std::min(end, next),
                       std::max(end, next));
  }
  if (sorted.empty()) return "";
  if (sorted.front().lower && *sorted.front().lower < 0) {
    return "a lower bound is negative, so one step must have no lower bound";
  }
  if (sorted.back().upper && *sorted.back().upper > 0) {
    return "an upper bound is positive, so one step must have no upper bound";
  }
  return "";
}

}  // namespace skyreplay::scaling
