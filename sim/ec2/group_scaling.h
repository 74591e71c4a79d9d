#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "ec2/group_metrics.h"
#include "kernel/loop.h"
#include "scaling/scaler.h"

namespace skyreplay::ec2 {

/// The policies of a group, and what they are fed with.
struct GroupScalingConfig {
  std::vector<GroupMetrics::Watched> watched;  ///< by series of the scaler
  scaling::ScalerConfig scaler;
  Duration warmup{};  ///< of instance metrics (E50)
  /// How long an instance that is taken out counts as terminating, busy or not (E52, E111).
  Duration terminating_time{};
};

/// What scales a group: from its metrics to its desired capacity.
///
///     period ends -> GroupMetrics -> series -> alarms, policies (Scaler) -> Fleet::set_desired
///
/// **Order** One event is pending, at the earliest of what is due; at its instant periods end
/// before alarms are evaluated. **Cost** O(members) a minute and an evaluation of each alarm, every
/// 10 s where a period is below a minute; nothing on the path of a request.
class GroupScaling final : public kernel::Process, public scaling::Scaled {
 public:
  /// The run begins at the loop's now; `steady`: in the steady state, where alarms are OK. `bounds`
  /// are the group's own, whoever sets them; they outlive this. A predictive policy may raise them
  /// (E80).
  GroupScaling(kernel::Loop& loop, balancing::Fleet& fleet, const GroupScalingConfig& config,
               GroupBounds& bounds, bool steady);

  /// An instance serves from now on, or did before the run.
  void member_in_service(std::uint32_t member);
  /// Once it has drained it waits so long for hooks.
  void member_taken_out(std::uint32_t member, Duration hooks);
  void suspend_notifications(bool suspended) { scaler_.suspend_actions(suspended); }

  void fire(const kernel::Event& event) override;
  scaling::ScalableTarget target(Duration warmup) const override;
  void scale(const scaling::Decision& decision) override;
  void alarm_changed(const std::string& what) override;
  void forecast_made(const std::string& what) override;

 private:
  enum Kind : std::uint16_t { kControl, kWarmedUp };

  void control();
  void schedule_next();
  bool is_cooling_down() const;

  kernel::Loop& loop_;
  balancing::Fleet& fleet_;
  GroupBounds& bounds_;
  Duration warmup_;
  Duration terminating_time_;
  kernel::ProcessId process_;
  GroupMetrics metrics_;
  scaling::Scaler scaler_;

  struct TakenOut {
    TimePoint counts_until;
    TimePoint served_since;
  };
  std::vector<TakenOut> terminating_;  ///< some may be over

  // Of the last simple policy that acted (E73, E74).
  Duration cooldown_{};
  TimePoint acted_{Duration{-1}};  ///< before the run: none has
  TimePoint last_in_service_;      ///< of any instance
};

}  // namespace skyreplay::ec2
