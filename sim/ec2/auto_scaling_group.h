#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "balancing/fleet.h"
#include "core/distribution.h"
#include "ec2/group_scaling.h"
#include "pricing/instance_meter.h"
#include "pricing/volume_meter.h"

namespace skyreplay::ec2 {

/// Which of a group's processes are suspended (E22).
struct Suspended {
  bool launch = false;
  bool terminate = false;
  bool alarm_notification = false;
};

/// A group of like instances behind a load balancer of its own.
struct AutoScalingGroupConfig {
  balancing::FleetConfig fleet;
  std::string instance_type;
  pricing::Purchase purchase{};
  pricing::Volume volume;            ///< of each instance; none where its size is 0
  Distribution boot_time;            ///< from launch to in service (E24)
  Duration pending_time{};           ///< the part of it before `running`: not billed (E139, E145)
  bool detailed_monitoring = false;  ///< E97
  std::optional<GroupScalingConfig> scaling{};  ///< none where nothing watches or scales it
  Suspended suspended{};
  bool steady = true;  ///< the run begins in the steady state
};

/// What a group may become while it runs.
struct GroupChange {
  GroupBounds bounds;
  std::uint32_t desired = 0;
  bool sets_desired = false;  ///< else policies keep theirs, within the bounds
  Suspended suspended;
  std::string cause;
};

/// An EC2 Auto Scaling group, whose number policies may change.
///
/// An instance is billed per second from `running` until it is terminated, at least 60 s (E138);
/// and so are its volume (E140) and its detailed monitoring (E102). Alarms are billed over the
/// trace's span.
class AutoScalingGroup final : public balancing::Fleet {
 public:
  AutoScalingGroup(kernel::Loop& loop, metrics::Recorder& recorder,
                   const AutoScalingGroupConfig& config, std::uint64_t seed,
                   const balancing::FleetBilling& billing);

  void change(const GroupChange& change);

 protected:
  Launch launch(std::uint32_t ordinal) override;
  void bill_from(std::uint32_t member, TimePoint at) override;
  void bill_until(std::uint32_t member, TimePoint at) override;
  void read_members(TimePoint until, pricing::Meters& meters) override;
  std::vector<std::string> notes() const override;
  void member_in_service(std::uint32_t member) override;
  void member_taken_out(std::uint32_t member) override;

 private:
  /// Something billed for each second of the span.
  struct Steady {
    std::uint32_t item;
    std::uint64_t count;
  };

  void bill_cloudwatch(const AutoScalingGroupConfig& config,
                       const balancing::FleetBilling& billing);
  void suspend(const Suspended& suspended);

  Distribution boot_time_;
  Duration pending_time_;
  RandomStream boot_draws_;
  std::string entity_;
  pricing::BilledSpan span_;
  pricing::InstanceMeter instances_;
  std::optional<pricing::VolumeMeter> volumes_;
  std::optional<std::uint32_t> monitoring_item_;
  std::vector<Steady> steady_;
  struct Billed {
    pricing::RunningId instance{};
    pricing::RunningId volume{};
  };
  std::vector<Billed> billed_;  ///< by member
  std::unique_ptr<GroupScaling> scaling_;
};

}  // namespace skyreplay::ec2
