#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "ec2/auto_scaling_group.h"
#include "ecs/cluster.h"
#include "ecs/managed_scaling.h"
#include "pricing/steady_meter.h"

namespace skyreplay::ecs {

/// The Auto Scaling group of a cluster, or of one of its capacity providers: its instances serve no
/// requests, but register with the cluster once they are in service, and hold the tasks placed
/// there.
///
/// Billed like any group's; on its own bill is what no service reserves of it (C121). An instance
/// that is to go waits until its tasks have been replaced, where the cluster drains (C88).
class ContainerInstances final : public ec2::AutoScalingGroup {
 public:
  /// `billing` is the cluster's: `meters` get what is idle. The cluster, where this is of the
  /// provider of that number, outlives this.
  ContainerInstances(kernel::Loop& loop, metrics::Recorder& recorder,
                     const ec2::AutoScalingGroupConfig& config, std::uint64_t seed,
                     const balancing::FleetBilling& billing, Cluster& cluster,
                     std::uint32_t provider,
                     const std::optional<ManagedScalingConfig>& managed_scaling);

  // What the cluster asks and tells, of instances by their ordinal.
  /// The last task is gone from an instance that drains.
  void end_draining(std::uint32_t ordinal);
  /// From scale-in, where it is there still (C87).
  void hold(std::uint32_t ordinal, bool is_held) { protect(member_of_[ordinal], is_held); }
  /// Whether one is being launched, or has been in service for less than `warmup`.
  bool is_warming(Duration warmup) const;
  void complete(std::uint32_t unit, const metrics::Window& window,
                metrics::WindowRow& row) override;
  /// Brings the meters of the whole up to `until`.
  void read_whole(TimePoint until);

 protected:
  Duration termination_wait(std::uint32_t ordinal) const override;
  void bill_from(std::uint32_t member, TimePoint at) override;
  void bill_until(std::uint32_t member, TimePoint at) override;
  void read_members(TimePoint until, pricing::Meters& meters) override;
  void member_added(std::uint32_t member) override;
  void member_in_service(std::uint32_t member) override;
  void member_taken_out(std::uint32_t member) override;
  void members_lost(const std::vector<std::uint32_t>& members) override;
  void member_gone(std::uint32_t member) override;

 private:
  /// Its number in the cluster.
  std::uint32_t instance(std::uint32_t member) const {
    return instance_of_[this->member(member)->ordinal];
  }

  kernel::Loop& loop_;
  Cluster& cluster_;
  std::uint32_t provider_;
  pricing::SteadyMeter alarms_;
  std::optional<ManagedScaling> managed_scaling_;
  std::vector<std::uint32_t> member_of_;    ///< by ordinal
  std::vector<std::uint32_t> instance_of_;  ///< by ordinal
};

}  // namespace skyreplay::ecs
