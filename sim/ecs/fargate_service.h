#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "balancing/fleet.h"
#include "core/distribution.h"
#include "ecs/service_scaling.h"
#include "ecs/spot_tasks.h"
#include "pricing/fargate_meter.h"
#include "pricing/steady_meter.h"
#include "scaling/scheduled_actions.h"

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
  pricing::FargatePurchase purchase{};
  std::vector<bool> is_spot = {false};  ///< by kind in fleet.mix
  Distribution time_to_interruption;    ///< of a task on FARGATE_SPOT
  Duration stop_timeout{};
  scaling::CapacityBounds bounds{};  ///< of what policies and scheduled actions set
  std::optional<balancing::FleetScalingConfig> scaling{};  ///< none where no metric is watched
  std::vector<scaling::ScheduledAction> scheduled_actions{};
  bool steady = true;  ///< the run begins in the steady state
};

/// What a service may become while it runs.
struct ServiceChange {
  scaling::CapacityChange capacity;
  std::string cause;
};

/// An ECS service of Linux tasks on Fargate, whose number policies, the clock and timed changes
/// move.
///
/// **Bounds** Whoever sets min_capacity or max_capacity sets it from then on, and the desired count
/// follows where it is outside (C110). A desired count that a change sets may lie outside (C104).
///
/// A task on FARGATE_SPOT that is interrupted gets no more requests, and has its stop timeout to
/// answer those it has; another is launched on FARGATE_SPOT at once (C74).
///
/// A task is billed from the start of the image's pull until it has stopped, rounded up to whole
/// seconds, at least 60 s (C119, C120).
class FargateService : public balancing::Fleet {
 public:
  FargateService(kernel::Loop& loop, metrics::Recorder& recorder,
                 const FargateServiceConfig& config, std::uint64_t seed,
                 const balancing::FleetBilling& billing);

  void change(const ServiceChange& change);
  /// Of the tasks in service on FARGATE_SPOT. REQUIRES that the service may have some.
  void interrupt_spot(double share) { spot_tasks_->interrupt(share); }

  // What SpotTasks asks and tells.
  bool is_spot(std::uint32_t kind) const { return is_spot_[kind]; }
  /// REQUIRES a task in service.
  void interrupt(std::uint32_t member);

 protected:
  Launch launch(std::uint32_t ordinal) override;
  /// The parts of the start of the task of that ordinal that are drawn.
  struct Phases {
    Duration infrastructure{};
    Duration after_pull{};  ///< of the container, then of the application
  };
  Phases phases(std::uint32_t ordinal) const;
  void member_in_service(std::uint32_t member) override;
  void bill_from(std::uint32_t member, TimePoint at) override;
  void bill_until(std::uint32_t member, TimePoint at) override;
  void read_members(TimePoint until, pricing::Meters& meters) override;

 private:
  void act(const scaling::ScheduledAction& action);
  void follow_bounds(const scaling::CapacityChange& set);

  TaskStart start_;
  RandomStream infrastructure_draws_;
  RandomStream container_draws_;
  RandomStream application_draws_;
  pricing::FargateMeter tasks_;
  std::vector<pricing::RunningId> billed_;  ///< by member
  std::vector<bool> is_spot_;               ///< by kind
  Duration stop_timeout_{};
  std::unique_ptr<SpotTasks> spot_tasks_;  ///< none where none may be on FARGATE_SPOT
  pricing::SteadyMeter steady_;
  scaling::CapacityBounds bounds_;
  std::unique_ptr<ServiceScaling> scaling_;
  scaling::ScheduledActions scheduled_actions_;
};

}  // namespace skyreplay::ecs
