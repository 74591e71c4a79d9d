#include "ecs/service_scheduler.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "ecs/fargate_service.h"

namespace skyreplay::ecs {

using balancing::Fleet;
using balancing::Health;

ServiceScheduler::ServiceScheduler(kernel::Loop& loop, FargateService& service,
                                   const SchedulerConfig& config, std::uint64_t seed,
                                   const std::string& entity)
    : loop_(loop),
      service_(service),
      config_(config),
      draws_(seed, entity, "unhealthy_task"),
      process_(loop.add(*this)),
      breaker_(config.circuit_breaker),
      throttle_(config.first_restart_delay),
      rate_(config.launch_burst, config.launches_a_minute, loop.now(), std::chrono::minutes{1}) {
  is_second_.resize(config_.deployments.size() + 1, false);
  for (const Deployment& deployment : config_.deployments) {
    loop.schedule(std::max(deployment.at, loop.now()), process_, kDeploy, deployment.revision);
  }
}

// --- How many there may be

/// C37.
std::uint32_t ServiceScheduler::minimum_healthy() const {
  const auto parts = std::uint64_t{service_.desired()} * config_.minimum_healthy_percent;
  return static_cast<std::uint32_t>((parts + 99) / 100);
}

/// C37, C38.
std::uint32_t ServiceScheduler::maximum() const {
  if (is_shifting()) return 2 * service_.desired();  // C58
  return static_cast<std::uint32_t>(std::uint64_t{service_.desired()} * config_.maximum_percent /
                                    100);
}

/// C40.
bool ServiceScheduler::is_healthy(std::uint32_t member) const {
  const Fleet::MemberState task = *service_.member(member);
  return task.serves_since != kEndOfTime && task.health == Health::kHealthy &&
         tasks_[member].container == Health::kHealthy;
}

/// C27, C42.
bool ServiceScheduler::is_unhealthy(std::uint32_t member) const {
  const Fleet::MemberState task = *service_.member(member);
  return task.serves_since != kEndOfTime && tasks_[member].is_unhealthy &&
         loop_.now() - task.serves_since >= config_.health_check_grace;
}

ServiceScheduler::Counts ServiceScheduler::count() const {
  Counts counts;
  service_.for_each_member([&](std::uint32_t member, const Fleet::MemberState& task) {
    if (task.is_draining || tasks_[member].stays) return;
    ++counts.total;
    counts.old += is_old(member) ? 1 : 0;
    if (is_unhealthy(member)) return counts.unhealthy.push_back(member);
    ++(is_healthy(member) ? counts.healthy : counts.coming);
    if (tasks_[member].leaves) return counts.leaving.push_back(member);
    ++counts.good;
    counts.fresh_good += is_old(member) ? 0 : 1;
    counts.fresh_healthy += !is_old(member) && is_healthy(member) ? 1 : 0;
  });
  const auto by_ordinal = [this](std::uint32_t a, std::uint32_t b) {
    return service_.member(a)->ordinal < service_.member(b)->ordinal;
  };
  std::sort(counts.unhealthy.begin(), counts.unhealthy.end(), by_ordinal);
  std::sort(counts.leaving.begin(), counts.leaving.end(), by_ordinal);
  return counts;
}

/// Of those that it schedules.
std::uint32_t ServiceScheduler::first_to_go(const std::function<bool(std::uint32_t)>& which) {
  return service_.first_to_go(
      [&](std::uint32_t member) { return !tasks_[member].stays && which(member); });
}

// --- What moves

void ServiceScheduler::schedule() {
  for (bool moves = true; moves;) {
    unplaced_ = 0;
    moves = end_evening_out();
    moves |= keep_old();
    moves |= replace_lost();
    moves |= replace_leaving();
    moves |= launch_missing();
    moves |= take_out_surplus();
    moves |= stop_unhealthy();
    moves |= stop_those_to_go();
  }
  service_.tasks_wait(unplaced_);
  settle();
  even_out();
}

/// Whether one was launched. Those that must not be yet (C48, C49) wait for nothing else.
bool ServiceScheduler::launch(std::uint32_t tasks, std::uint32_t revision) {
  const std::uint32_t may = std::min(tasks, rate_.available(loop_.now()));
  if (may == 0) return false;
  launching_ = revision;
  const auto fit = static_cast<std::uint32_t>(service_.launch_members(may));
  if (fit < may) unplaced_ += tasks - fit;
  launched(fit);
  return fit > 0;
}

/// Comes back when the next may be.
void ServiceScheduler::launched(std::uint32_t tasks) {
  rate_.launch(tasks);
  if (!rate_.may_launch(loop_.now())) look_at(rate_.next());
}

/// C41: of the revision that was lost.
bool ServiceScheduler::replace_lost() {
  if (is_shifting()) lost_.clear();  // keep_old() sees to it
  if (lost_.empty()) return false;
  const Counts counts = count();
  if (state_ == State::kCompleted || counts.healthy >= minimum_healthy()) {
    lost_.clear();
    return false;
  }
  if (!may_launch() || counts.total >= maximum()) return false;
  const bool is_launched = launch(1, lost_.front());
  if (is_launched) lost_.erase(lost_.begin());
  return is_launched;
}

/// C41, C56: of the revision of who leaves, where there is no deployment to replace it.
bool ServiceScheduler::replace_leaving() {
  if (state_ != State::kFailed || !may_launch()) return false;
  const Counts counts = count();
  const bool has_room = counts.good < service_.desired() && counts.total < maximum();
  if (counts.leaving.empty() || !has_room) return false;
  return launch(1, tasks_[counts.leaving.front()].revision);
}

bool ServiceScheduler::launch_missing() {
  if (state_ == State::kFailed || !may_launch()) return false;
  const Counts counts = count();
  const std::uint32_t desired = service_.desired();
  if (counts.fresh_good >= desired || counts.total >= maximum()) return false;
  return launch(std::min(desired - counts.fresh_good, maximum() - counts.total), current_);
}

/// Where the deployment has failed, old tasks are what is desired: its own go first.
bool ServiceScheduler::take_out_surplus() {
  bool moves = false;
  const bool has_failed = state_ == State::kFailed;
  const auto is_good = [this](std::uint32_t member) {
    return !is_unhealthy(member) && !tasks_[member].leaves;
  };
  for (Counts counts = count();; counts = count()) {
    const std::uint32_t good = has_failed ? counts.good : counts.fresh_good;
    if (good <= service_.desired() + (evens_out_ ? 1 : 0)) return moves;
    std::uint32_t goes =
        first_to_go([&](std::uint32_t member) { return !is_old(member) && is_good(member); });
    if (goes == balancing::kNoTarget) goes = first_to_go(is_good);
    is_stopping_ = true;
    service_.take_out(goes, "");
    is_stopping_ = false;
    moves = true;
  }
}

/// C58: as many as desired, of the last that was completed; of others none.
bool ServiceScheduler::keep_old() {
  if (!is_shifting()) return false;
  const auto stop = [this](std::uint32_t member) {
    is_stopping_ = true;
    service_.take_out(member, fmt::format(": stopped by (deployment {})", current_));
    is_stopping_ = false;
    return true;
  };
  const auto is_kept = [this](std::uint32_t member) {
    return tasks_[member].revision == last_completed_ && !is_unhealthy(member) &&
           !tasks_[member].leaves;
  };
  const std::uint32_t overtaken = first_to_go([this](std::uint32_t member) {
    return is_old(member) && tasks_[member].revision != last_completed_;
  });
  if (overtaken != balancing::kNoTarget) return stop(overtaken);
  if (last_completed_ == current_) return false;
  const Counts counts = count();
  const std::uint32_t kept = counts.good - counts.fresh_good;
  if (kept > service_.desired()) return stop(first_to_go(is_kept));
  if (kept == service_.desired() || counts.total >= maximum() || !may_launch()) return false;
  return launch(std::min(service_.desired() - kept, maximum() - counts.total), last_completed_);
}

/// C41.
bool ServiceScheduler::stop_unhealthy() {
  const Counts counts = count();
  const std::uint32_t desired = service_.desired();
  const auto unhealthy = static_cast<std::uint32_t>(counts.unhealthy.size());
  if (unhealthy == 0) return false;
  std::uint32_t which = 0;
  if (counts.healthy + unhealthy <= desired) {
    const bool has_no_room = counts.fresh_good < desired && counts.total >= maximum();
    if (!has_no_room || counts.coming > 0 || state_ == State::kFailed) return false;
    RandomEngine draw = draws_.at(stopped_first_++);
    which = static_cast<std::uint32_t>(balancing::share_of(draw(), unhealthy));
  }
  const std::uint32_t member = counts.unhealthy[which];
  service_.take_out(member, tasks_[member].container == Health::kUnhealthy
                                ? ": Task failed container health checks"
                                : ": Task failed ELB health checks");
  task_failed(member);
  return true;
}

/// C39, C56.
bool ServiceScheduler::stop_those_to_go() {
  bool moves = false;
  while (state_ == State::kInProgress || leaving_ > 0) {
    const Counts counts = count();
    const std::uint32_t minimum = minimum_healthy();
    std::uint32_t goes = balancing::kNoTarget;
    if (counts.healthy >= minimum) {
      goes = first_to_go(
          [this](std::uint32_t member) { return is_to_go(member) && !is_healthy(member); });
    }
    if (goes == balancing::kNoTarget && counts.healthy > minimum) {
      goes = first_to_go([this](std::uint32_t member) { return is_to_go(member); });
    }
    if (goes == balancing::kNoTarget && is_baked_) {
      goes = first_to_go([this](std::uint32_t member) { return goes_at_once(member); });
    }
    if (goes == balancing::kNoTarget) break;
    is_stopping_ = true;
    service_.take_out(goes, tasks_[goes].leaves
                                ? ": stopped as its container instance drains"
                                : fmt::format(": stopped by (deployment {})", current_));
    is_stopping_ = false;
    moves = true;
  }
  return moves;
}

/// Whether the deployment has come to its end, or cannot go on.
void ServiceScheduler::settle() {
  if (state_ != State::kInProgress) return;
  const Counts counts = count();
  const std::uint32_t desired = service_.desired();
  if (counts.old == 0 && counts.total == desired && counts.healthy == desired) {
    state_ = State::kCompleted;
    last_completed_ = current_;
    ++begun_;  // it shifts no more
    give_all_to(current_);
    return tell(
        fmt::format("(deployment {}) deployment completed: has reached a steady state of "
                    "{} tasks",
                    current_, desired));
  }
  if (is_shifting() && shifted_ == 0 && counts.fresh_healthy >= desired) return shift();
  const bool is_stuck = counts.coming == 0 && counts.unhealthy.empty() &&
                        counts.fresh_good < desired && counts.total >= maximum() &&
                        counts.healthy <= minimum_healthy();
  if (!is_stuck || std::exchange(was_stuck_, true)) return;
  tell(fmt::format(
      "(deployment {}) was unable to stop or start tasks during a deployment because of the "
      "service deployment configuration: {} tasks of at most {}, {} healthy of at least {}. "
      "Update the minimumHealthyPercent or maximumPercent value and try again",
      current_, counts.total, maximum(), counts.healthy, minimum_healthy()));
}

/// C52, C53.
void ServiceScheduler::even_out() {
  if (state_ != State::kCompleted || !config_.rebalances_zones || evens_out_) return;
  if (service_.zones_are_even() || !may_launch()) return;
  const Counts counts = count();
  const bool is_steady = counts.healthy == service_.desired() && counts.total == service_.desired();
  if (!is_steady || counts.total >= maximum()) return;
  if (!rate_.may_launch(loop_.now())) return;
  launching_ = current_;
  evens_out_ = service_.launch_where_lagging();
  if (evens_out_) launched(1);
}

bool ServiceScheduler::end_evening_out() {
  if (!evens_out_ || !is_healthy(*evens_out_)) return false;
  const std::uint32_t kind = service_.member(*evens_out_)->kind;
  evens_out_.reset();
  if (count().total <= service_.desired()) return false;
  const std::uint32_t goes = first_to_go([&](std::uint32_t member) {
    return service_.member(member)->kind == kind && is_healthy(member);
  });
  service_.take_out(goes, ": stopped to balance Availability Zones");
  return true;
}

}  // namespace skyreplay::ecs
