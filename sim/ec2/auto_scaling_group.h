#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "balancing/fleet.h"
#include "core/distribution.h"
#include "ec2/group_scaling.h"
#include "ec2/health_replacement.h"
#include "ec2/lifecycle_hooks.h"
#include "ec2/spot_interruptions.h"
#include "pricing/billed_time.h"
#include "pricing/instance_meter.h"
#include "pricing/steady_meter.h"
#include "pricing/volume_meter.h"
#include "scaling/scheduled_actions.h"

namespace skyreplay::ec2 {

/// Which of a group's processes are suspended (E22).
struct Suspended {
  bool launch = false;
  bool terminate = false;
  bool alarm_notification = false;
  bool scheduled_actions = false;
  bool health_check = false;
  bool replace_unhealthy = false;
  bool az_rebalance = false;
};

/// A group of like instances behind a load balancer of its own.
struct AutoScalingGroupConfig {
  balancing::FleetConfig fleet;
  std::string instance_type;
  pricing::Purchase purchase{};
  pricing::Volume volume;     ///< of each instance; none where its size is 0
  Distribution boot_time;     ///< from launch to in service (E24)
  Duration pending_time{};    ///< the part of it before `running`: not billed (E139, E145)
  Distribution decision_lag;  ///< from when an instance is wanted to its launch (E31)
  std::vector<LifecycleHook> launching{};
  std::vector<LifecycleHook> terminating{};
  bool detailed_monitoring = false;  ///< E97
  scaling::CapacityBounds bounds{};
  std::optional<GroupScalingConfig> scaling{};  ///< none where no metric of it is watched
  std::vector<scaling::ScheduledAction> scheduled_actions{};
  /// health_check_type ELB; none of EC2, whose checks no instance fails while it runs (E12).
  std::optional<HealthReplacementConfig> elb_health{};
  Suspended suspended{};
  std::optional<SpotConfig> spot{};  ///< of Spot Instances, as `purchase` says
  bool capacity_rebalance = false;   ///< E40
  bool steady = true;                ///< the run begins in the steady state
};

/// What a group may become while it runs.
struct GroupChange {
  scaling::CapacityChange capacity;
  Suspended suspended;
  std::string cause;
};

/// An EC2 Auto Scaling group, whose number policies, the clock and timed changes move.
///
/// **Bounds** Whoever sets min_size or max_size sets it from then on, and the desired capacity
/// follows where it is outside (E1, E2). Where the two would cross, the one that is not set gives
/// way.
///
/// An instance is billed per second from `running` until it is terminated, at least 60 s (E138);
/// and so are its volume (E140), its detailed monitoring (E102) and its address (E141). Alarms are
/// billed over the trace's span. A Spot Instance that EC2 interrupts in its first hour is free
/// (E41).
class AutoScalingGroup : public balancing::Fleet {
 public:
  AutoScalingGroup(kernel::Loop& loop, metrics::Recorder& recorder,
                   const AutoScalingGroupConfig& config, std::uint64_t seed,
                   const balancing::FleetBilling& billing);

  void change(const GroupChange& change);
  /// What is launched from now on takes so many times as long until it is in service; pending is as
  /// it was. `cause` is for activities.csv.
  void set_boot_factor(double factor, const std::string& cause);
  /// Between which desired capacity lies now.
  const scaling::CapacityBounds& bounds() const { return bounds_; }
  /// So large a share of the Spot Instances in service gets the interruption notice (E39).
  /// REQUIRES a group of Spot Instances.
  void interrupt_spot(double share) { interruptions_->interrupt(share); }

  // What operators do by hand, in group_operations.cc. Of several instances those that were
  // launched first are taken; hooks and policies know nothing of it (E10).

  /// So many of the instances in service drain and stand by (E6), and the desired capacity falls by
  /// as many or stays. None where it would fall below the minimum.
  void enter_standby(std::uint32_t count, bool decrements);
  /// So many of those that stand by serve again, and the desired capacity rises by as many. None
  /// where it would rise above the maximum.
  void exit_standby(std::uint32_t count);
  /// So many of those in service drain and leave the group, billed on (E6); else as enter_standby.
  void detach_instances(std::uint32_t count, bool decrements);

  // What SpotInterruptions tell of an instance that is there.
  /// EC2 recommends to replace it (E40).
  void rebalance(std::uint32_t member);
  /// It is EC2's again.
  void reclaim(std::uint32_t member);
  /// No zone has capacity, until it is offered again.
  void withhold_capacity() { close_zones(); }
  void offer_capacity() { open_zones(); }

 protected:
  Launch launch(std::uint32_t ordinal) override;
  std::string abandonment(std::uint32_t ordinal) const override;
  Duration termination_wait(std::uint32_t ordinal) const override;
  std::uint32_t most_while_rebalancing() const override;
  void bill_from(std::uint32_t member, TimePoint at) override;
  void bill_until(std::uint32_t member, TimePoint at) override;
  void read_members(TimePoint until, pricing::Meters& meters) override;
  std::uint64_t member_seconds(TimePoint until) const override {
    return ran_ ? ran_->at(until) : instances_.seconds(until);
  }
  std::vector<std::string> notes() const override;
  void member_in_service(std::uint32_t member) override;
  void member_taken_out(std::uint32_t member) override;
  void member_health_changed(std::uint32_t member) override;
  void members_changed() override;
  void launches_failed(std::size_t failed, const std::vector<std::string>& zones) override;

 private:
  void suspend(const Suspended& suspended);
  struct Leaving;
  void leave_service(std::uint32_t count, bool decrements, const Leaving& leaving);
  std::vector<std::uint32_t> first_launched(std::uint32_t count, bool of_standby) const;
  void refuse(const char* what, std::size_t count);
  void act(const scaling::ScheduledAction& action);
  std::uint32_t bounded(const scaling::CapacityChange& change);

  Distribution boot_time_;
  Duration pending_time_;
  double boot_factor_ = 1;
  RandomStream boot_draws_;
  Distribution decision_lag_;
  RandomStream lag_draws_;
  LifecycleHooks launching_;
  LifecycleHooks terminating_;
  std::string entity_;
  TimePoint run_start_;
  pricing::InstanceMeter instances_;
  std::optional<pricing::VolumeMeter> volumes_;
  std::optional<std::uint32_t> monitoring_item_;
  pricing::SteadyMeter steady_;
  struct Billed {
    pricing::RunningId instance{};
    pricing::RunningId volume{};
    pricing::RunningId ran{};
  };
  std::vector<Billed> billed_;  ///< by member
  scaling::CapacityBounds bounds_;
  std::unique_ptr<GroupScaling> scaling_;
  scaling::ScheduledActions scheduled_actions_;
  /// Of Spot Instances: what is due by the second also where the instance itself is free.
  std::optional<pricing::BilledTime> ran_;
  std::optional<std::uint32_t> interrupted_;  ///< the member that EC2 takes right now
  bool capacity_rebalance_;
  std::unique_ptr<SpotInterruptions> interruptions_;
  std::unique_ptr<HealthReplacement> health_;
};

}  // namespace skyreplay::ec2
