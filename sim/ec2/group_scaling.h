#pragma once

#include <cstdint>
#include <vector>

#include "balancing/fleet_scaling.h"

namespace skyreplay::ec2 {

/// The policies of a group, and what they are fed with.
struct GroupScalingConfig : balancing::FleetScalingConfig {
  /// How long an instance that is taken out counts as terminating, busy or not (E52, E111).
  Duration terminating_time{};
};

/// What scales a group: warmups, cooldowns of simple policies, and instances that are on their way
/// out. A predictive policy may raise the group's bounds (E80).
class GroupScaling final : public balancing::FleetScaling {
 public:
  GroupScaling(kernel::Loop& loop, balancing::Fleet& fleet, const GroupScalingConfig& config,
               scaling::CapacityBounds& bounds, bool steady);

  /// An instance serves from now on, or did before the run.
  void member_in_service(std::uint32_t member);
  /// Once it has drained it waits so long for hooks.
  void member_taken_out(std::uint32_t member, Duration hooks);

  scaling::ScalableTarget target(Duration warmup) const override;
  void scale(const scaling::Decision& decision) override;

 private:
  bool is_cooling_down() const;

  Duration terminating_time_;

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
