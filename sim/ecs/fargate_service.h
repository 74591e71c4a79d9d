#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "balancing/fleet.h"
#include "core/distribution.h"
#include "ecs/fargate_launches.h"
#include "ecs/service_scaling.h"
#include "ecs/service_scheduler.h"
#include "ecs/spot_tasks.h"
#include "ecs/task_containers.h"
#include "ecs/task_revision.h"
#include "pricing/fargate_meter.h"
#include "pricing/steady_meter.h"
#include "scaling/scheduled_actions.h"

namespace skyreplay::ecs {

/// A number of like tasks behind a load balancer of their own.
struct FargateServiceConfig {
  balancing::FleetConfig fleet;
  pricing::FargateTask task;            ///< of its size is the first revision
  std::vector<TaskRevision> revisions;  ///< what it begins with, then one for each deployment
  /// None: a task is one container, which has all of it. REQUIRES revisions of one size.
  std::optional<TaskContainersConfig> containers{};
  SchedulerConfig scheduler{};
  FargateLaunches* launches =
      nullptr;  ///< the account's (C49); outlives the service. None: no limit
  pricing::FargatePurchase purchase{};
  std::vector<bool> is_spot = {false};  ///< by kind in fleet.mix
  Distribution time_to_interruption;    ///< of a task on FARGATE_SPOT
  Duration stop_timeout{};
  Distribution stop_time{};  ///< of the application, from SIGTERM on
  /// A task that goes is sent SIGTERM at once: it has nothing to drain from.
  bool is_signaled_at_once = false;
  scaling::CapacityBounds bounds{};  ///< of what policies and scheduled actions set
  std::optional<balancing::FleetScalingConfig> scaling{};  ///< none where no metric is watched
  std::vector<scaling::ScheduledAction> scheduled_actions{};
  std::uint32_t short_metrics = 0;                      ///< reported every 20 s (C94)
  const pricing::Tariff* short_metric_price = nullptr;  ///< of each; outlives the service
  bool steady = true;                                   ///< the run begins in the steady state
};

/// What a service may become while it runs.
struct ServiceChange {
  scaling::CapacityChange capacity;
  std::string cause;
};

/// An ECS service of Linux tasks on Fargate, whose number policies, the clock and timed changes
/// move, and whose tasks the service scheduler replaces.
///
/// A task runs, and is registered with its target group, once its container has started; until the
/// application in it has too, it fails every health check (C35).
///
/// **Bounds** Whoever sets min_capacity or max_capacity sets it from then on, and the desired count
/// follows where it is outside (C110). A desired count that a change sets may lie outside (C104).
///
/// A task that has drained is sent SIGTERM, and has stopped when its application has ended, or its
/// stop timeout has (C24, C55). One on FARGATE_SPOT that is interrupted is sent it at once, gets no
/// more requests, and has its stop timeout to answer those it has; another is launched on
/// FARGATE_SPOT at once (C74). With a queue in the place of a load balancer every task that goes is
/// sent it at once, and finishes the messages it has.
///
/// A task is billed from the start of the image's pull until it has stopped, rounded up to whole
/// seconds, at least 60 s (C119, C120).
///
/// Where its tasks have several containers, one serves the requests with what the others leave it
/// (TaskContainers).
class FargateService : public balancing::Fleet {
 public:
  FargateService(kernel::Loop& loop, metrics::Recorder& recorder,
                 const FargateServiceConfig& config, std::uint64_t seed,
                 const balancing::FleetBilling& billing);

  void change(const ServiceChange& change);
  std::vector<std::string> notes() const override;
  /// Of the tasks in service on FARGATE_SPOT. REQUIRES that the service may have some.
  void interrupt_spot(double share) { spot_tasks_->interrupt(share); }

  // What ServiceScheduler asks and tells.
  const std::string& name() const { return name_; }
  using Fleet::launch_members;
  using Fleet::launch_where_lagging;
  using Fleet::reconcile;
  using Fleet::shift_traffic;
  using Fleet::take_out;
  using Fleet::zones_are_even;
  /// Of the tasks that `which(member)` is true of, who goes first; kNoTarget where there is none.
  virtual std::uint32_t first_to_go(const std::function<bool(std::uint32_t)>& which) {
    return next_to_go(which);
  }
  /// So many tasks more are to be launched, and cannot be now: of the revision launched last.
  virtual void tasks_wait(std::uint32_t) {}

  // What TaskContainers asks and tells.
  using Fleet::go_on;
  using Fleet::pause;
  using Fleet::set_cpu;
  using Fleet::set_memory;
  void lose_task(std::uint32_t member, const std::string& why) { lose({member}, why); }
  /// What its serving container takes.
  const std::optional<compute::MemoryConfig>& memory_of(std::uint32_t member) const {
    return revision_of(member).memory;
  }

  // What SpotTasks asks and tells.
  bool is_spot(std::uint32_t kind) const { return is_spot_[kind]; }
  /// REQUIRES a task in service.
  void interrupt(std::uint32_t member);

 protected:
  bool may_launch(std::uint32_t kind) override;
  void is_launched(std::uint32_t kind) override;
  Launch launch(std::uint32_t ordinal) override;
  /// The start of the task of that ordinal, which is about to be launched (C35).
  struct Phases {
    Duration infrastructure{};
    Duration pull{};
    Duration container{};
    Duration application{};   ///< Duration::max(): it never can answer
    bool never_runs = false;  ///< it ends with its container's start
  };
  Phases phases(std::uint32_t ordinal) const;
  ServiceScheduler& scheduler() { return scheduler_; }
  const ServiceScheduler& scheduler() const { return scheduler_; }
  const TaskRevision& launching() const { return revisions_[scheduler_.launching()]; }
  const TaskRevision& revision_of(std::uint32_t member) const {
    return revisions_[scheduler_.revision_of(member)];
  }
  std::size_t revisions() const { return revisions_.size(); }
  std::string abandonment(std::uint32_t ordinal) const override;
  Duration termination_wait(std::uint32_t ordinal) const override;
  bool schedule_members() override;
  bool is_of_second_side(std::uint32_t member) const override {
    return scheduler_.is_of_second_side(member);
  }
  void configure_server(std::uint32_t member, compute::ServerConfig& server) const override;
  void member_out_of_memory(std::uint32_t member, const std::string& why) override;
  void member_added(std::uint32_t member) override { scheduler_.created(member); }
  void member_forgotten(std::uint32_t member) override { scheduler_.gone(member); }
  void member_abandoned(std::uint32_t member) override { scheduler_.abandoned(member); }
  void member_health_changed(std::uint32_t member) override { scheduler_.health_changed(member); }
  void member_in_service(std::uint32_t member) override;
  void member_taken_out(std::uint32_t member) override;
  void bill_from(std::uint32_t member, TimePoint at) override;
  void bill_until(std::uint32_t member, TimePoint at) override;
  void read_members(TimePoint until, pricing::Meters& meters) override;

 private:
  void act(const scaling::ScheduledAction& action);
  void follow_bounds(const scaling::CapacityChange& set);

  std::string name_;  ///< as the scenario has it
  std::vector<TaskRevision> revisions_;
  ServiceScheduler scheduler_;
  FargateLaunches* launches_;
  FargateLaunches::Id launcher_ = 0;  ///< of meaning where there are launches_
  RandomStream infrastructure_draws_;
  RandomStream container_draws_;
  RandomStream application_draws_;
  RandomStream failure_draws_;
  RandomStream health_draws_;
  RandomStream stop_draws_;
  pricing::FargateMeter tasks_;
  std::vector<pricing::RunningId> billed_;  ///< by member
  std::vector<bool> is_spot_;               ///< by kind
  Duration stop_timeout_{};
  Distribution stop_time_;
  bool is_signaled_at_once_ = false;
  std::map<std::uint32_t, TimePoint>
      signaled_;                                ///< SIGTERM before it has drained: when, by ordinal
  std::unique_ptr<SpotTasks> spot_tasks_;       ///< none where none may be on FARGATE_SPOT
  std::unique_ptr<TaskContainers> containers_;  ///< none where a task is one container
  pricing::SteadyMeter steady_;
  scaling::CapacityBounds bounds_;
  std::unique_ptr<ServiceScaling> scaling_;
  scaling::ScheduledActions scheduled_actions_;
};

}  // namespace skyreplay::ecs
