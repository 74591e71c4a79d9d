#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "ecs/fargate_service.h"
#include "ecs/service_scheduler.h"

// Deployments that begin, shift traffic and fail, and what the scheduler is told of tasks.

namespace skyreplay::ecs {

using balancing::Fleet;
using balancing::Health;

// --- Deployments

void ServiceScheduler::begin(std::uint32_t revision, bool is_rollback) {
  current_ = revision;
  is_rollback_ = is_rollback;
  is_baked_ = false;
  shifted_ = 0;
  ++begun_;
  if (!is_rollback) is_second_[revision] = config_.traffic_shift && !is_second_[last_completed_];
  give_all_to(last_completed_);
  state_ = State::kInProgress;
  was_stuck_ = false;
  evens_out_.reset();
  breaker_.begin(!is_rollback);
  throttle_.reset();  // C46
  std::erase(lost_, revision);
  tell(fmt::format("(deployment {}) {}: {} tasks desired, {} healthy at least, {} at most",
                   current_, is_rollback ? "is rolled back to" : "has begun", service_.desired(),
                   minimum_healthy(), maximum()));
}

/// C58.
void ServiceScheduler::shift() {
  const TrafficShift& by = *config_.traffic_shift;
  shifted_ = by.next(shifted_);
  constexpr std::uint32_t kAll = balancing::TargetGroup::kAll;
  service_.shift_traffic(is_second_[current_] ? shifted_ : kAll - shifted_);
  tell(fmt::format("(deployment {}) has {} % of the traffic", current_, shifted_ / 100.0));
  const bool is_all = shifted_ == kAll;
  loop_.schedule(loop_.now() + (is_all ? by.bake : by.pause), process_, is_all ? kBaked : kShift,
                 begun_);
}

void ServiceScheduler::give_all_to(std::uint32_t revision) {
  if (!config_.traffic_shift) return;
  service_.shift_traffic(is_second_[revision] ? balancing::TargetGroup::kAll : 0);
}

/// C43, C45.
void ServiceScheduler::task_failed(std::uint32_t member) {
  if (state_ != State::kInProgress || is_old(member)) return;
  if (!breaker_.failed(service_.desired())) return;
  tell(
      fmt::format("(deployment {}) deployment failed: {} tasks failed to start or were unhealthy, "
                  "of {} desired",
                  current_, breaker_.failures(), service_.desired()));
  state_ = State::kFailed;
  ++begun_;
  give_all_to(last_completed_);
  if (breaker_.rolls_back() && last_completed_ != current_) begin(last_completed_, true);
}

// --- What happens to tasks

void ServiceScheduler::created(std::uint32_t member) {
  if (tasks_.size() <= member) tasks_.resize(member + std::size_t{1});
  tasks_[member] = {.revision = launching_};
}

void ServiceScheduler::leaves(std::uint32_t member) {
  if (!std::exchange(tasks_[member].leaves, true)) ++leaving_;
}

void ServiceScheduler::gone(std::uint32_t member) {
  if (evens_out_ == member) evens_out_.reset();
  leaving_ -= std::exchange(tasks_[member].leaves, false) ? 1 : 0;
  tasks_unhealthy_ -= std::exchange(tasks_[member].is_unhealthy, false) ? 1 : 0;
  const bool is_to_be_replaced = !is_stopping_ && !tasks_[member].stays;
  if (is_to_be_replaced && state_ != State::kCompleted && is_old(member)) {
    lost_.push_back(tasks_[member].revision);
  }
}

/// C46.
void ServiceScheduler::abandoned(std::uint32_t member) {
  if (throttle_.failed(loop_.now())) {
    tell(fmt::format("is unable to consistently start tasks successfully: launches nothing for {}",
                     format_duration(throttle_.delay())));
    look_at(throttle_.until());
  }
  task_failed(member);
}

void ServiceScheduler::in_service(std::uint32_t member) {
  if (throttle_.holds(loop_.now())) look_at(loop_.now());
  throttle_.reset();
  const Fleet::MemberState task = *service_.member(member);
  const bool is_checked = config_.container_check.has_value();
  const bool has_to_run = config_.runs_until_healthy > Duration{};
  if (!(is_checked || has_to_run) || task.serves_since < loop_.now()) return;
  tasks_[member].container = Health::kInitial;
  if (!is_checked) {  // C40
    loop_.schedule(loop_.now() + config_.runs_until_healthy, process_, kContainerHealthy, member,
                   task.ordinal);
    return;
  }
  const ContainerCheck& check = *config_.container_check;
  const auto plan = [&](TimePoint at, Kind kind) {
    if (at != kEndOfTime) loop_.schedule(at, process_, kind, member, task.ordinal);
  };
  plan(check.unhealthy_at(loop_.now(), task.ready), kContainerUnhealthy);
  plan(check.healthy_at(loop_.now(), task.ready), kContainerHealthy);
}

/// C26.
void ServiceScheduler::container_changed(std::uint32_t member, std::uint32_t ordinal, Health to) {
  const auto task = service_.member(member);
  if (!task || task->ordinal != ordinal || task->is_draining) return;  // gone meanwhile
  tasks_[member].container = to;
  const std::string what =
      config_.container_check
          ? fmt::format("the container is {}", to == Health::kHealthy ? "HEALTHY" : "UNHEALTHY")
          : fmt::format("has run for {}", format_duration(config_.runs_until_healthy));
  service_.note("health", fmt::format("task {}: {}", ordinal, what));
  health_changed(member);
}

void ServiceScheduler::health_changed(std::uint32_t member) {
  const Fleet::MemberState task = *service_.member(member);
  if (is_healthy(member)) {
    const bool is_first = !std::exchange(tasks_[member].was_healthy, true);
    if (is_first && !is_old(member)) breaker_.healthy();
  }
  const bool is_unhealthy =
      task.health == Health::kUnhealthy || tasks_[member].container == Health::kUnhealthy;
  const bool was_unhealthy = std::exchange(tasks_[member].is_unhealthy, is_unhealthy);
  tasks_unhealthy_ += is_unhealthy ? 1 : 0;
  tasks_unhealthy_ -= was_unhealthy ? 1 : 0;
  const bool evens_out =
      config_.rebalances_zones && (evens_out_.has_value() || !service_.zones_are_even());
  const bool moves_none = state_ == State::kCompleted && tasks_unhealthy_ == 0 && !was_unhealthy &&
                          leaving_ == 0 && unplaced_ == 0 && !evens_out;
  if (moves_none) return;
  const TimePoint in_earnest = task.serves_since + config_.health_check_grace;
  look_at(is_unhealthy ? std::max(loop_.now(), in_earnest) : loop_.now());
}

void ServiceScheduler::look_at(TimePoint at) {
  if (std::find(looks_.begin(), looks_.end(), at) != looks_.end()) return;
  looks_.push_back(at);
  loop_.schedule(at, process_, kLook, 0);
}

void ServiceScheduler::fire(const kernel::Event& event) {
  if (event.kind == kContainerHealthy) {
    return container_changed(event.payload, event.tag, Health::kHealthy);
  }
  if (event.kind == kContainerUnhealthy) {
    return container_changed(event.payload, event.tag, Health::kUnhealthy);
  }
  const bool shifts = event.kind == kShift || event.kind == kBaked;
  if (shifts && event.payload != begun_) return;  // it has ended otherwise
  if (event.kind == kDeploy) {
    begin(event.payload, false);
  } else if (event.kind == kShift) {
    shift();
  } else if (event.kind == kBaked) {
    is_baked_ = true;
  } else {
    std::erase(looks_, loop_.now());
  }
  service_.reconcile();
}

void ServiceScheduler::tell(const std::string& what) {
  service_.note("deploy", fmt::format("(service {}) {}", service_.name(), what));
}

}  // namespace skyreplay::ecs
