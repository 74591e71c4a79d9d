#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "balancing/health_checks.h"
#include "core/random.h"
#include "ecs/circuit_breaker.h"
#include "ecs/container_check.h"
#include "ecs/launch_rate.h"
#include "ecs/restart_throttle.h"
#include "ecs/traffic_shift.h"
#include "kernel/loop.h"

namespace skyreplay::ecs {

/// How long a task that nothing checks has to run until it is healthy (C40).
inline constexpr Duration kRunsUntilHealthy = std::chrono::seconds{40};

class FargateService;

/// A deployment that is to come.
struct Deployment {
  TimePoint at;
  std::uint32_t revision = 0;  ///< its task definition, and its number
};

struct SchedulerConfig {
  std::uint32_t minimum_healthy_percent = 100;
  std::uint32_t maximum_percent = 200;
  Duration health_check_grace{};  ///< C42
  CircuitBreakerConfig circuit_breaker{};
  std::optional<TrafficShift> traffic_shift{};  ///< none: deployments are rolling
  Duration first_restart_delay = std::chrono::minutes{1};
  std::uint32_t launch_burst = 80;                  ///< C50
  std::uint32_t launches_a_minute = 500;            ///< C48
  std::optional<ContainerCheck> container_check{};  ///< none: the target's health says it all
  Duration runs_until_healthy{};                    ///< of a task that no balancer checks (C40)
  bool rebalances_zones = false;                    ///< C52
  std::vector<Deployment> deployments{};            ///< ascending
};

/// The service scheduler of ECS for one service: how many tasks of which task definition there are,
/// by rolling deployments (C37 to C45), or such that shift traffic (C58).
///
///     completed -> in progress -> completed
///                     |  ^ rollback
///                     v  |
///                   failed
///
/// **What it counts** Tasks that count are those not on their way out. A task is *healthy* while
/// its target is, and its container where that is checked (C40), and *unhealthy* where either is
/// and it ran for longer than the grace period (C42). A task of another revision than the
/// deployment's is *old*.
///
/// **Order** Again and again, until nothing moves: old tasks that were lost are replaced where too
/// few are healthy; what is missing is launched as far as maximum_percent has room (C39); of the
/// deployment's own those above desired go as in any scale-in; unhealthy ones go for each healthy
/// one there is in their place, or one at a time where there is no room to launch first (C41); old
/// ones, and those whose instance drains (C56), go: any that are not healthy where enough others
/// are, then healthy ones above the minimum.
///
/// **Shifting traffic** A deployment has as many tasks as desired beside the old ones, in another
/// target group. When they are healthy it gets traffic, step by step; when it has had all of it for
/// the bake time, the old ones go. One that fails, or is overtaken by another, gives the traffic
/// back; a rollback is rolling.
///
/// In a steady state, without a deployment, tasks are evened out over the zones, one at a time: one
/// is launched where they are the fewest, and once it is healthy one goes where they are the most
/// (C52).
///
/// **Cost** O(tasks) each time something happens to a task that may move some, and for each one
/// that moves; a new task that is healthy moves none without a deployment.
///
/// Not modeled here: how long ECS takes to notice; deployments by CodeDeploy.
class ServiceScheduler final : public kernel::Process {
 public:
  /// `service` outlives this; `entity` is its name path.
  ServiceScheduler(kernel::Loop& loop, FargateService& service, const SchedulerConfig& config,
                   std::uint64_t seed, const std::string& entity);

  /// C59: while it is, policies take nothing away.
  bool is_deploying() const { return state_ == State::kInProgress; }
  /// Of whatever is launched now.
  std::uint32_t launching() const { return launching_; }
  std::uint32_t revision_of(std::uint32_t member) const { return tasks_[member].revision; }

  /// Whether its target group is the second of two.
  bool is_of_second_side(std::uint32_t member) const { return is_second_[tasks_[member].revision]; }

  void schedule();

  // What happens to tasks.
  /// Its instance drains: it is replaced, and stopped, as far as there is room. REQUIRES in
  /// service.
  void leaves(std::uint32_t member);
  bool is_leaving(std::uint32_t member) const { return tasks_[member].leaves; }
  /// Of a daemon, whose instance drains: it is none of those that it schedules any more.
  void stays(std::uint32_t member) { tasks_[member].stays = true; }
  void created(std::uint32_t member);
  void gone(std::uint32_t member);
  void abandoned(std::uint32_t member);
  void in_service(std::uint32_t member);
  void health_changed(std::uint32_t member);

  void fire(const kernel::Event& event) override;

 private:
  enum Kind : std::uint16_t {
    kDeploy,
    kLook,
    kContainerHealthy,
    kContainerUnhealthy,
    kShift,
    kBaked
  };
  enum class State : std::uint8_t { kCompleted, kInProgress, kFailed };

  struct Task {
    std::uint32_t revision = 0;
    bool was_healthy = false;
    bool is_unhealthy = false;  ///< its target or its container is, grace or not
    balancing::Health container = balancing::Health::kHealthy;
    bool leaves = false;  ///< an instance that drains
    bool stays = false;   ///< on one, to its end
  };
  struct Counts {
    std::uint32_t total = 0;
    std::uint32_t healthy = 0;
    std::uint32_t coming = 0;      ///< neither healthy nor unhealthy
    std::uint32_t fresh_good = 0;  ///< of the deployment, not unhealthy, and not leaving
    std::uint32_t fresh_healthy = 0;
    std::uint32_t good = 0;  ///< of any
    std::uint32_t old = 0;
    std::vector<std::uint32_t> unhealthy{};  ///< by ordinal
    std::vector<std::uint32_t> leaving{};    ///< and not unhealthy; by ordinal
  };

  std::uint32_t minimum_healthy() const;
  std::uint32_t maximum() const;
  bool is_healthy(std::uint32_t member) const;
  bool is_unhealthy(std::uint32_t member) const;
  bool is_old(std::uint32_t member) const { return tasks_[member].revision != current_; }
  Counts count() const;
  /// Whether a deployment is in progress that shifts traffic, and old tasks stay.
  bool is_shifting() const {
    return state_ == State::kInProgress && config_.traffic_shift && !is_rollback_ && !is_baked_;
  }
  /// Whether it goes once enough others are healthy.
  bool is_to_go(std::uint32_t member) const {
    return tasks_[member].leaves ||
           (state_ == State::kInProgress && is_old(member) && !is_shifting());
  }
  /// Whether it goes whoever else is healthy: old, when the deployment has baked.
  bool goes_at_once(std::uint32_t member) const {
    return is_baked_ && state_ == State::kInProgress && is_old(member);
  }
  std::uint32_t first_to_go(const std::function<bool(std::uint32_t)>& which);
  bool may_launch() const { return !throttle_.holds(loop_.now()); }

  bool launch(std::uint32_t tasks, std::uint32_t revision);
  void launched(std::uint32_t tasks);
  bool replace_lost();
  bool replace_leaving();
  bool launch_missing();
  bool take_out_surplus();
  bool keep_old();
  bool stop_unhealthy();
  bool stop_those_to_go();
  void even_out();
  bool end_evening_out();
  void stop(std::uint32_t member, const std::string& why);
  void settle();

  void begin(std::uint32_t revision, bool is_rollback);
  void shift();
  void give_all_to(std::uint32_t revision);
  void task_failed(std::uint32_t member);
  void container_changed(std::uint32_t member, std::uint32_t ordinal, balancing::Health to);
  void look_at(TimePoint at);
  void tell(const std::string& what);

  kernel::Loop& loop_;
  FargateService& service_;
  SchedulerConfig config_;
  RandomStream draws_;
  kernel::ProcessId process_;
  CircuitBreaker breaker_;
  RestartThrottle throttle_;
  LaunchRate rate_;
  State state_ = State::kCompleted;
  std::uint32_t current_ = 0;         ///< the deployment: its revision
  std::uint32_t last_completed_ = 0;  ///< what a rollback goes back to
  std::uint32_t launching_ = 0;
  bool is_rollback_ = false;
  bool is_baked_ = false;               ///< old tasks may go
  std::uint32_t shifted_ = 0;           ///< parts of the traffic, to the deployment
  std::uint32_t begun_ = 0;             ///< deployments, with rollbacks
  std::vector<bool> is_second_{false};  ///< by revision
  std::uint32_t unplaced_ = 0;          ///< tasks that could not be launched, in the round in hand
  std::uint32_t leaving_ = 0;
  bool is_stopping_ = false;  ///< whoever goes now does so for the deployment
  bool was_stuck_ = false;    ///< it was told of
  std::uint32_t tasks_unhealthy_ = 0;
  std::uint64_t stopped_first_ = 0;         ///< unhealthy tasks that had to go before another came
  std::vector<Task> tasks_;                 ///< by member
  std::vector<std::uint32_t> lost_;         ///< revisions of old tasks that went by themselves
  std::optional<std::uint32_t> evens_out_;  ///< the task that was launched for that
  std::vector<TimePoint> looks_;            ///< when it looks again, each one once
};

}  // namespace skyreplay::ecs
