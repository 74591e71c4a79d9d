#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "kernel/loop.h"
#include "pricing/steady_meter.h"
#include "scaling/running_cooldowns.h"
#include "scaling/scaler.h"
#include "scaling/scheduled_actions.h"

namespace skyreplay::lambda {

class Functions;

/// What the metrics are called that provisioned concurrency can be scaled by (L39).
scaling::MetricNames provisioned_metrics();

/// The policies and scheduled actions of one function's provisioned concurrency.
struct ProvisionedScalingConfig : scaling::WatchingConfig {
  scaling::CapacityBounds bounds{};
  std::vector<scaling::ScheduledAction> scheduled_actions{};
  bool steady = true;                                      ///< the run begins in the steady state
  pricing::SteadyMeter alarms{{TimePoint{}, kEndOfTime}};  ///< what its alarms cost (E102)
};

/// What scales a function's provisioned concurrency: Application Auto Scaling (L39).
///
///     minute ends -> how much was in use -> series -> alarms, policies (Scaler) -> provision()
///     clock -> bounds -> provision()
///
/// **Metric** A minute in which nothing provisioned served has no datapoint, so that the alarms of
/// an idle function have none, and take nothing away.
///
/// **Current** is what is ready, not what is configured and still prepared: only of that the metric
/// tells. What it waits for are its cooldowns (C101).
///
/// **Order** One event is pending, at the earliest of what is due; at its instant the minute ends
/// before alarms are evaluated. **Cost** of a minute O(1) and an evaluation of each alarm.
class ProvisionedScaling final : public kernel::Process, public scaling::Scaled {
 public:
  /// The run begins at the loop's now. REQUIRES the unit has provisioned concurrency.
  ProvisionedScaling(kernel::Loop& loop, Functions& functions, std::uint32_t unit,
                     const ProvisionedScalingConfig& config);

  /// Somebody sets a bound, and what is configured follows where it is outside (C110).
  void set_bounds(const scaling::CapacityChange& set);
  void read_meters(TimePoint until, pricing::Meters& meters) const { alarms_.read(until, meters); }

  void fire(const kernel::Event& event) override;
  scaling::ScalableTarget target(Duration warmup) const override;
  void scale(const scaling::Decision& decision) override;
  std::string trigger(const std::string& alarm, const std::string& policy) const override;
  void alarm_changed(const std::string& what) override;
  void forecast_made(const std::string& what) override;

 private:
  void end_minute();
  void schedule_next();
  void act(const scaling::ScheduledAction& action);

  kernel::Loop& loop_;
  Functions& functions_;
  std::uint32_t unit_;
  std::vector<scaling::Watched> watched_;
  scaling::CapacityBounds bounds_;
  pricing::SteadyMeter alarms_;
  kernel::ProcessId process_;
  TimePoint start_;
  TimePoint minute_ends_ = kEndOfTime;  ///< the next one; none where nothing is watched
  scaling::Scaler scaler_;
  scaling::RunningCooldowns cooldowns_;
  std::optional<scaling::ScheduledActions> scheduled_actions_;  ///< after the first minute's event
};

}  // namespace skyreplay::lambda
