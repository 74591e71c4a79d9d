#include "scaling/policy.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace skyreplay::scaling {
namespace {

/// E67.
double aggregated(std::span<const double> values, metrics::Statistic type) {
  if (type == metrics::Statistic::kMinimum) return *std::min_element(values.begin(), values.end());
  if (type == metrics::Statistic::kMaximum) return *std::max_element(values.begin(), values.end());
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

/// Unbounded; `alarm` has values.
std::optional<std::int64_t> want(const TargetTracking& policy, const metrics::Alarm& alarm,
                                 bool is_low, const ScalableTarget& target) {
  const std::int64_t desired = target.desired;
  const double metric = alarm.values().front();  // E60, E61, E65
  if (!is_low) {
    const std::uint32_t base = base_of_additions(target);
    if (policy.cooldowns && base == 0) return std::max<std::int64_t>(desired, 1);  // C103
    return std::max(desired, proportional(base, metric, policy.target_value));
  }
  const std::uint32_t there = target.current + target.terminating;  // E52
  return std::min(desired, proportional(there, metric, policy.target_value));
}

std::optional<std::int64_t> want(const StepScaling& policy, const metrics::Alarm& alarm, bool,
                                 const ScalableTarget& target) {
  const double value = aggregated(alarm.values(), policy.metric_aggregation_type);
  const StepAdjustment* step =
      step_for(policy.steps, value, alarm.config().threshold, alarm.config().comparison);
  if (step == nullptr) return std::nullopt;
  return wanted(policy.adjustment, step->scaling_adjustment, target);
}

std::optional<std::int64_t> want(const SimpleScaling& policy, const metrics::Alarm&, bool,
                                 const ScalableTarget& target) {
  if (target.is_cooling_down) return std::nullopt;
  // It waits for what it launched, so that all of the desired capacity is there.
  ScalableTarget whole = target;
  whole.current = target.desired;
  whole.terminating = 0;
  return wanted(policy.adjustment, policy.scaling_adjustment, whole);
}

/// It knows no alarm.
std::optional<std::int64_t> want(const PredictiveScaling&, const metrics::Alarm&, bool,
                                 const ScalableTarget&) {
  return std::nullopt;
}

}  // namespace

std::optional<Duration> cooldown_of(const Policy& policy, bool has_grown) {
  if (const auto* simple = std::get_if<SimpleScaling>(&policy.kind)) return simple->cooldown;
  if (const auto* step = std::get_if<StepScaling>(&policy.kind)) return step->cooldown;
  const auto* tracking = std::get_if<TargetTracking>(&policy.kind);
  if (tracking == nullptr || !tracking->cooldowns) return std::nullopt;
  return has_grown ? tracking->cooldowns->scale_out : tracking->cooldowns->scale_in;
}

std::optional<std::uint32_t> wanted(const Policy& policy, const metrics::Alarm& alarm, bool is_low,
                                    const ScalableTarget& target) {
  const bool is_simple = std::holds_alternative<SimpleScaling>(policy.kind);
  if (alarm.values().empty() && !is_simple) return std::nullopt;
  const std::optional<std::int64_t> unbounded =
      std::visit([&](const auto& kind) { return want(kind, alarm, is_low, target); }, policy.kind);
  if (!unbounded) return std::nullopt;
  if (target.desired < target.minimum) {  // C104
    return *unbounded > target.desired ? target.minimum : target.desired;
  }
  if (target.desired > target.maximum) {
    return *unbounded < target.desired ? target.maximum : target.desired;
  }
  return static_cast<std::uint32_t>(
      std::clamp<std::int64_t>(*unbounded, target.minimum, target.maximum));
}

}  // namespace skyreplay::scaling
