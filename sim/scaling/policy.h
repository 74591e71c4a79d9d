#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "scaling/adjustment.h"
#include "scaling/predictor.h"

namespace skyreplay::scaling {

/// How long a policy of Application Auto Scaling waits after each of its activities (C101).
struct Cooldowns {
  Duration scale_out{};
  Duration scale_in{};
};

/// Keeps a metric at a value (E56). It has two alarms of its own.
struct TargetTracking {
  double target_value = 0;
  std::uint32_t high_alarm = 0;              ///< index of an alarm of the scaler
  std::optional<std::uint32_t> low_alarm{};  ///< none where scale-in is disabled (E63)
  std::optional<Cooldowns> cooldowns{};      ///< of Application Auto Scaling alone
};

/// Changes the capacity by a step that depends on how far the metric is beyond the threshold.
struct StepScaling {
  Adjustment adjustment{};
  metrics::Statistic metric_aggregation_type = metrics::Statistic::kAverage;  ///< E67
  std::vector<StepAdjustment> steps{};
  std::optional<Duration> cooldown{};  ///< of Application Auto Scaling alone (C109)
};

/// Changes the capacity by one number, and then waits (E73), alone (E76).
struct SimpleScaling {
  Adjustment adjustment{};
  std::int32_t scaling_adjustment = 0;
  Duration cooldown{};
};

struct Policy {
  std::string name;
  Duration warmup{};  ///< how long after it is in service an instance is warming, to this policy
  std::variant<TargetTracking, StepScaling, SimpleScaling, PredictiveScaling> kind;
};

/// What the policy waits for after it has changed the capacity; none where its own kind does not.
std::optional<Duration> cooldown_of(const Policy& policy, bool has_grown);

/// The capacity a policy wants while `alarm` is in ALARM, within the target's bounds (E1); nothing
/// where it wants none: no step is meant, or no datapoint is known. A desired capacity that is
/// outside the bounds moves to the nearer one, by what points there, and no farther (C104).
/// `is_low` says that the alarm is a target tracking policy's low one.
std::optional<std::uint32_t> wanted(const Policy& policy, const metrics::Alarm& alarm, bool is_low,
                                    const ScalableTarget& target);

}  // namespace skyreplay::scaling
