#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "balancing/fleet.h"
#include "core/distribution.h"
#include "pricing/instance_meter.h"
#include "pricing/volume_meter.h"

namespace skyreplay::ec2 {

/// A group of like instances behind a load balancer of its own.
struct AutoScalingGroupConfig {
  balancing::FleetConfig fleet;
  std::string instance_type;
  pricing::Purchase purchase{};
  pricing::Volume volume;   ///< of each instance; none where its size is 0
  Distribution boot_time;   ///< from launch to in service (E24)
  Duration pending_time{};  ///< the part of it before `running`: not billed (E139, E145)
};

/// An EC2 Auto Scaling group that keeps a desired number of instances.
///
/// An instance is billed per second from `running` until it is terminated, at least 60 s (E138);
/// and so is its volume (E140).
class AutoScalingGroup final : public balancing::Fleet {
 public:
  AutoScalingGroup(kernel::Loop& loop, metrics::Recorder& recorder,
                   const AutoScalingGroupConfig& config, std::uint64_t seed,
                   const balancing::FleetBilling& billing);

 protected:
  Launch launch(std::uint32_t ordinal) override;
  void bill_from(std::uint32_t member, TimePoint at) override;
  void bill_until(std::uint32_t member, TimePoint at) override;
  void read_members(TimePoint until, pricing::Meters& meters) override;
  std::vector<std::string> notes() const override;

 private:
  Distribution boot_time_;
  Duration pending_time_;
  RandomStream boot_draws_;
  std::string entity_;
  pricing::InstanceMeter instances_;
  std::optional<pricing::VolumeMeter> volumes_;
  struct Billed {
    pricing::RunningId instance{};
    pricing::RunningId volume{};
  };
  std::vector<Billed> billed_;  ///< by member
};

}  // namespace skyreplay::ec2
