#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "balancing/fleet_metrics.h"
#include "kernel/loop.h"
#include "pricing/steady_meter.h"
#include "scaling/scaler.h"

namespace skyreplay::balancing {

/// The policies of a fleet, and what they are fed with.
struct FleetScalingConfig : scaling::WatchingConfig {
  Duration warmup{};  ///< of members' metrics (E50)
};

/// What scales a fleet: from its metrics to its desired number. What the target looks like to a
/// policy, and what a decision does, is the platform's.
///
///     period ends -> FleetMetrics -> series -> alarms, policies (Scaler) -> scale()
///
/// **Order** One event is pending, at the earliest of what is due; at its instant periods end
/// before alarms are evaluated. **Cost** O(members) a minute and an evaluation of each alarm, every
/// 10 s where a period is below a minute; nothing on the path of a request.
class FleetScaling : public kernel::Process, public scaling::Scaled {
 public:
  /// The run begins at the loop's now; `steady`: in the steady state, where alarms are OK. `bounds`
  /// are the fleet's own, whoever sets them; they outlive this.
  FleetScaling(kernel::Loop& loop, Fleet& fleet, const FleetScalingConfig& config,
               scaling::CapacityBounds& bounds, bool steady);

  /// A member serves from now on, or did before the run.
  void member_in_service(std::uint32_t member);
  void suspend_notifications(bool suspended) { scaler_.suspend_actions(suspended); }

  void fire(const kernel::Event& event) override;
  void alarm_changed(const std::string& what) override { fleet_.note("alarm", what); }
  void forecast_made(const std::string& what) override { fleet_.note("forecast", what); }

 protected:
  kernel::Loop& loop_;
  Fleet& fleet_;
  scaling::CapacityBounds& bounds_;

 private:
  enum Kind : std::uint16_t { kControl, kWarmedUp };

  void control();
  void schedule_next();

  Duration warmup_;
  kernel::ProcessId process_;
  FleetMetrics metrics_;
  scaling::Scaler scaler_;
};

/// Adds a fleet's alarms and custom metrics to what it is billed for (E102).
void bill_alarms(const FleetScalingConfig& config, const FleetBilling& billing,
                 pricing::SteadyMeter& meter);

}  // namespace skyreplay::balancing
