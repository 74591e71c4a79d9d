#pragma once

#include <cstdint>
#include <vector>

#include "balancing/fleet.h"
#include "core/distribution.h"
#include "pricing/fargate_meter.h"

namespace skyreplay::ecs {

/// How long a task takes from its creation until it is registered with its target group, one phase
/// after the other (C35).
struct TaskStart {
  Distribution infrastructure_time;  ///< until its image is pulled: not billed (C30, C119)
  Duration pull_time{};              ///< every task pulls the whole image (C28)
  Distribution container_start;
  Distribution application_start;
};

/// A number of like tasks behind a load balancer of their own.
struct FargateServiceConfig {
  balancing::FleetConfig fleet;
  pricing::FargateTask task;
  TaskStart start;
};

/// An ECS service with a desired count of Linux tasks on Fargate.
///
/// A task is billed from the start of the image's pull until it has stopped, rounded up to whole
/// seconds, at least 60 s (C119, C120).
class FargateService final : public balancing::Fleet {
 public:
  FargateService(kernel::Loop& loop, metrics::Recorder& recorder,
                 const FargateServiceConfig& config, std::uint64_t seed,
                 const balancing::FleetBilling& billing);

 protected:
  Launch launch(std::uint32_t ordinal) override;
  void bill_from(std::uint32_t member, TimePoint at) override;
  void bill_until(std::uint32_t member, TimePoint at) override;
  void read_members(TimePoint until, pricing::Meters& meters) override;

 private:
  TaskStart start_;
  RandomStream infrastructure_draws_;
  RandomStream container_draws_;
  RandomStream application_draws_;
  pricing::FargateMeter tasks_;
  std::vector<pricing::RunningId> billed_;  ///< by member
};

}  // namespace skyreplay::ecs
