// Which tasks a service starts and stops: rolling deployments, and whoever is unhealthy (C37 to
// C46).
#include <algorithm>

#include "reference/model/fleet_service.h"

namespace skyreplay::reference {

Fleet FleetService::revision(std::size_t number) const {
  Fleet task = fleet();
  for (std::size_t i = 0; i < task.containers.size(); ++i) {
    const bool counts = i != task.serving && !world_.broken(Mutation::kSidecarsHaveNoImage);
    if (counts) task.pull_time += task.containers[i].pull_time;
  }
  if (number == 0) return task;
  const Deployment& own = task.deployments[number - 1];
  task.cpu = own.cpu.value_or(task.cpu);
  task.memory = own.memory.value_or(task.memory);
  if (own.memory_reservation) task.memory_reservation = own.memory_reservation;
  if (own.workers) task.workers = own.workers;
  if (own.backlog) task.backlog = own.backlog;
  if (own.memory_base) task.memory_base = own.memory_base;
  if (own.memory_per_request) task.memory_per_request = own.memory_per_request;
  if (own.pull_time) task.pull_time += *own.pull_time - fleet().pull_time;
  task.container_start = own.container_start.value_or(task.container_start);
  task.application_start = own.application_start.value_or(task.application_start);
  task.speed /= own.work_factor;
  return task;
}

bool FleetService::is_healthy(const Member& member) const {
  const bool runs = member.state == Member::State::kInService;
  if (world_.broken(Mutation::kRunningIsHealthy)) return runs;
  return runs && member.health == Health::kHealthy && member.container == Health::kHealthy;
}

bool FleetService::is_unhealthy(const Member& member) const {
  if (member.state != Member::State::kInService) return false;
  if (member.health != Health::kUnhealthy && member.container != Health::kUnhealthy) return false;
  if (world_.broken(Mutation::kUnhealthyStay)) return false;
  const bool none = world_.broken(Mutation::kNoGraceOfTasks);
  return none || *member.serves_since + std::chrono::seconds{fleet().grace} <= world_.now();
}

std::uint32_t FleetService::least_healthy() const {
  const std::uint32_t up = world_.broken(Mutation::kMinimumHealthyRoundedDown) ? 0 : 99;
  return (desired_ * fleet().minimum_healthy + up) / 100;
}

std::uint32_t FleetService::most() const {
  if (is_shifting()) return 2 * desired_;
  const std::uint32_t up = world_.broken(Mutation::kMaximumRoundedUp) ? 99 : 0;
  return (desired_ * fleet().maximum + up) / 100;
}

std::size_t FleetService::tokens() {
  if (world_.broken(Mutation::kServicesLaunchAtAnyRate)) return SIZE_MAX;
  const Wide since = (world_.now() - filled_).count();
  filled_ = world_.now();
  tokens_ =
      std::min(Wide{fleet().launch_burst} * kToken, tokens_ + since * fleet().launches_a_minute);
  return static_cast<std::size_t>(tokens_ / kToken);
}

void FleetService::take_tokens(std::size_t launched) {
  tokens_ -= Wide{launched} * kToken;
  if (tokens() > 0) return;
  const auto missing = static_cast<std::int64_t>(kToken - tokens_);
  look_later(world_.now() +
             Time{(missing + fleet().launches_a_minute - 1) / fleet().launches_a_minute});
}

FargateLaunches& FleetService::account(std::size_t provider) const {
  const bool spot = !fleet().providers.empty() && fleet().providers[provider].spot;
  return spot ? world_.fargate_spot : world_.fargate;
}

bool FleetService::launch_tasks(std::size_t wanted, std::size_t revision) {
  const std::size_t count = std::min(wanted, tokens());
  if (count == 0) return false;
  launching_ = revision;
  std::vector<std::uint32_t> failed(fleet().zones);
  std::size_t launched = 0, failures = 0;
  Planned waiting;
  while (launched + failures < count) {
    const std::size_t provider = provider_of_launch(waiting);
    if (!on_cluster() && !account(provider).may(launcher_)) break;
    const std::optional<std::uint32_t> zone =
        on_cluster() ? place_task(provider) : zone_of_launch(failed, provider);
    if (zone && !on_cluster()) account(provider).take();
    if (zone) launch(*zone, provider);
    if (!zone) ++waiting[provider];
    ++(zone ? launched : failures);
  }
  if (failures > 0 && !on_cluster()) note("launch_failed");
  if (failures > 0) unplaced_ += wanted - launched;
  take_tokens(launched);
  return launched > 0;
}

void FleetService::schedule_tasks() {
  bool moves = true;
  while (moves) {
    unplaced_ = 0;
    moves = end_evening_tasks_out();
    moves = keep_old_tasks() || moves;
    moves = replace_lost_tasks() || moves;
    moves = replace_leaving_tasks() || moves;
    moves = launch_missing_tasks() || moves;
    moves = take_out_surplus_tasks() || moves;
    moves = stop_unhealthy_task() || moves;
    moves = stop_tasks_to_go() || moves;
  }
  if (on_cluster()) fail_to_place(unplaced_);
  end_deployment();
  even_tasks_out();
}

void FleetService::even_tasks_out() {
  const bool may = may_rebalance() && !evens_out_ && deploying_ == Deploying::kCompleted &&
                   world_.now() >= no_launch_until_;
  if (!may || world_.broken(Mutation::kTasksStayUneven)) return;
  const auto healthy = tasks_that([this](const Member& m) { return is_healthy(m); }).size();
  if (healthy != desired_ || alive() != desired_ || alive() >= most()) return;
  if (on_cluster()) {
    if (tokens() == 0 || !even_out_on_cluster()) return;
    take_tokens(1);
    evens_out_ = members_.size() - 1;
    return;
  }
  for (std::size_t p = 0; p < std::max<std::size_t>(1, fleet().providers.size()); ++p) {
    const std::vector<std::uint32_t> zones = by_zone(p);
    std::optional<std::uint32_t> fullest, emptiest;
    for (std::uint32_t zone = 0; zone < zones.size(); ++zone) {
      const auto gives = tasks_that([&](const Member& m) {
        return m.provider == p && m.zone == zone && m.state == Member::State::kInService;
      });
      if (!gives.empty() && (!fullest || zones[zone] > zones[*fullest])) fullest = zone;
      if (has_capacity(zone) && (!emptiest || zones[zone] < zones[*emptiest])) emptiest = zone;
    }
    if (!fullest || !emptiest || zones[*fullest] < zones[*emptiest] + 2) continue;
    if (tokens() == 0 || !account(p).may(launcher_)) return;
    launching_ = current_;
    account(p).take();
    launch(*emptiest, p);
    take_tokens(1);
    evens_out_ = members_.size() - 1;
    return;
  }
}

bool FleetService::end_evening_tasks_out() {
  if (!evens_out_) return false;
  const bool early = world_.broken(Mutation::kFullestStopsFirst);
  if (!is_healthy(members_[*evens_out_]) && !early) return false;
  const std::size_t provider = members_[*evens_out_].provider;
  evens_out_.reset();
  if (alive() <= desired_) return false;
  const auto goes =
      next_to_go([&](const Member& m) { return m.provider == provider && is_healthy(m); });
  if (goes) take_out(*goes);
  return true;
}

bool FleetService::is_shifting() const {
  return deploying_ == Deploying::kInProgress && fleet().shift && !back_ && !baked_;
}

bool FleetService::keep_old_tasks() {
  if (!is_shifting()) return false;
  const auto overtaken =
      next_to_go([this](const Member& m) { return is_old(m) && m.revision != last_completed_; });
  if (overtaken) {
    stop_quietly(*overtaken);
    return true;
  }
  const auto is_kept = [this](const Member& m) {
    const bool leaves = m.leaves && !world_.broken(Mutation::kLeavingAreKept);
    return m.revision == last_completed_ && !is_unhealthy(m) && !leaves;
  };
  const std::size_t kept = tasks_that(is_kept).size();
  if (kept > desired_) {
    stop_quietly(*next_to_go(is_kept));
    return true;
  }
  if (kept == desired_ || alive() >= most() || world_.now() < no_launch_until_) return false;
  return launch_tasks(std::min<std::size_t>(desired_ - kept, most() - alive()), last_completed_);
}

void FleetService::shift() {
  const TrafficShift& by = *fleet().shift;
  const bool linear = by.strategy == TrafficShift::Strategy::kLinear;
  const std::uint32_t rest = linear ? by.parts : 10'000;
  shifted_ = std::min(10'000U, shifted_ == 0 ? by.parts : shifted_ + rest);
  if (world_.broken(Mutation::kAllIsShiftedAtOnce)) shifted_ = 10'000;
  of_second_ = second_[current_] ? shifted_ : 10'000 - shifted_;
  note("deploy");
  const bool all = shifted_ == 10'000;
  Time wait = std::chrono::minutes{all ? by.bake_minutes : by.pause_minutes};
  if (all && world_.broken(Mutation::kOldTasksDoNotBake)) wait = {};
  world_.calendar.plan(world_.now() + wait, [this, all, number = begun_] {
    if (begun_ != number) return;
    if (!all) shift();
    baked_ |= all;
    reconcile();
  });
}

void FleetService::give_all_to(std::size_t revision) {
  if (fleet().shift) of_second_ = second_[revision] ? 10'000 : 0;
}

bool FleetService::replace_lost_tasks() {
  if (is_shifting()) lost_tasks_.clear();
  if (lost_tasks_.empty()) return false;
  const auto healthy = tasks_that([this](const Member& m) { return is_healthy(m); }).size();
  const bool ignored = world_.broken(Mutation::kLostBecomeNew);
  if (deploying_ == Deploying::kCompleted || healthy >= least_healthy() || ignored) {
    lost_tasks_.clear();
    return false;
  }
  if (world_.now() < no_launch_until_ || alive() >= most()) return false;
  if (!launch_tasks(1, lost_tasks_.front())) return false;
  lost_tasks_.erase(lost_tasks_.begin());
  return true;
}

bool FleetService::replace_leaving_tasks() {
  if (deploying_ != Deploying::kFailed || world_.now() < no_launch_until_) return false;
  const auto leaving = tasks_that([this](const Member& m) { return m.leaves && !is_unhealthy(m); });
  const auto good = tasks_that([this](const Member& m) { return !m.leaves && !is_unhealthy(m); });
  if (leaving.empty() || good.size() >= desired_ || alive() >= most()) return false;
  return launch_tasks(1, members_[leaving.front()].revision);
}

bool FleetService::launch_missing_tasks() {
  if (deploying_ == Deploying::kFailed || world_.now() < no_launch_until_) return false;
  const auto good = tasks_that([this](const Member& m) {
                      return !is_old(m) && !is_unhealthy(m) && !m.leaves;
                    }).size();
  if (good >= desired_ || alive() >= most()) return false;
  return launch_tasks(std::min<std::size_t>(desired_ - good, most() - alive()), current_);
}

void FleetService::stop_quietly(std::size_t index) {
  stopping_ = true;
  take_out(index);
  stopping_ = false;
}

bool FleetService::take_out_surplus_tasks() {
  bool moves = false;
  for (;;) {
    const bool failed = deploying_ == Deploying::kFailed;
    const auto is_good = [&](const Member& m) { return !is_unhealthy(m) && !m.leaves; };
    const auto good =
        tasks_that([&](const Member& m) { return (failed || !is_old(m)) && is_good(m); });
    if (good.size() <= desired_ + (evens_out_ ? 1 : 0)) return moves;
    auto goes = next_to_go([&](const Member& m) { return !is_old(m) && is_good(m); });
    if (!goes) goes = next_to_go(is_good);
    stop_quietly(*goes);
    moves = true;
  }
}

bool FleetService::stop_unhealthy_task() {
  const auto unhealthy = tasks_that([this](const Member& m) { return is_unhealthy(m); });
  if (unhealthy.empty()) return false;
  const auto healthy = tasks_that([this](const Member& m) { return is_healthy(m); }).size();
  const auto good = tasks_that([this](const Member& m) {
                      return !is_old(m) && !is_unhealthy(m) && !m.leaves;
                    }).size();
  const bool coming = healthy + unhealthy.size() < alive();
  std::size_t goes = unhealthy.front();
  const bool at_once = world_.broken(Mutation::kUnhealthyGoAtOnce);
  if (healthy + unhealthy.size() <= desired_ && !at_once) {
    const bool no_room = good < desired_ && alive() >= most();
    if (!no_room || coming || deploying_ == Deploying::kFailed) return false;
    __extension__ using Wider = unsigned __int128;
    Bits draw = world_.bits(world_.entity(service_), "unhealthy_task", stopped_first_++);
    goes = unhealthy[static_cast<std::size_t>((Wider{draw()} * unhealthy.size()) >> 64)];
  }
  take_out(goes);
  task_failed(goes);
  return true;
}

bool FleetService::is_to_go(const Member& member) const {
  return member.leaves ||
         (deploying_ == Deploying::kInProgress && is_old(member) && !is_shifting());
}

bool FleetService::stop_tasks_to_go() {
  bool moves = false;
  for (;;) {
    const auto healthy = tasks_that([this](const Member& m) { return is_healthy(m); }).size();
    std::optional<std::size_t> goes;
    if (healthy >= least_healthy()) {
      goes = next_to_go([this](const Member& m) { return is_to_go(m) && !is_healthy(m); });
    }
    if (!goes && healthy > least_healthy()) {
      goes = next_to_go([this](const Member& m) { return is_to_go(m); });
    }
    if (!goes && baked_ && deploying_ == Deploying::kInProgress) {
      goes = next_to_go([this](const Member& m) { return is_old(m); });
    }
    if (!goes) break;
    stop_quietly(*goes);
    moves = true;
  }
  return moves;
}

void FleetService::end_deployment() {
  if (deploying_ != Deploying::kInProgress) return;
  const auto healthy = tasks_that([this](const Member& m) { return is_healthy(m); });
  const auto unhealthy = tasks_that([this](const Member& m) { return is_unhealthy(m); });
  const auto old = tasks_that([this](const Member& m) { return is_old(m); });
  const auto good =
      tasks_that([this](const Member& m) { return !is_old(m) && !is_unhealthy(m) && !m.leaves; });
  if (old.empty() && alive() == desired_ && healthy.size() == desired_) {
    deploying_ = Deploying::kCompleted;
    last_completed_ = current_;
    ++begun_;
    give_all_to(current_);
    return note("deploy");
  }
  const auto fresh = tasks_that([this](const Member& m) { return !is_old(m) && is_healthy(m); });
  const bool early = world_.broken(Mutation::kShiftsBeforeAllAreHealthy) && !fresh.empty();
  if (is_shifting() && shifted_ == 0 && (fresh.size() >= desired_ || early)) return shift();
  const bool stuck = healthy.size() == alive() && unhealthy.empty() && good.size() < desired_ &&
                     alive() >= most() && healthy.size() <= least_healthy();
  if (!stuck || told_stuck_) return;
  told_stuck_ = true;
  note("deploy");
}

void FleetService::deploy(std::size_t revision, bool back) {
  current_ = revision;
  back_ = back;
  baked_ = false;
  shifted_ = 0;
  ++begun_;
  if (!back) second_[revision] = fleet().shift && !second_[last_completed_];
  if (!world_.broken(Mutation::kFailedKeepsTraffic)) give_all_to(last_completed_);
  deploying_ = Deploying::kInProgress;
  watched_ = !back && fleet().breaker.enabled;
  told_stuck_ = false;
  evens_out_.reset();
  failures_ = 0;
  restart_delay_ = no_launch_until_ = {};
  std::erase(lost_tasks_, revision);
  note("deploy");
}

void FleetService::task_failed(std::size_t index) {
  if (deploying_ != Deploying::kInProgress || is_old(members_[index]) || !watched_) return;
  const CircuitBreaker& breaker = fleet().breaker;
  std::uint32_t threshold = breaker.value;
  if (breaker.threshold != CircuitBreaker::Threshold::kCount) {
    const std::uint32_t up = world_.broken(Mutation::kThresholdRoundedDown) ? 0 : 99;
    threshold = std::max(1U, (desired_ * breaker.value + up) / 100);
    const bool bounded = breaker.threshold == CircuitBreaker::Threshold::kBounded;
    if (bounded) threshold = std::min(200U, std::max(3U, threshold));
  }
  if (++failures_ < threshold) return;
  watched_ = false;
  deploying_ = Deploying::kFailed;
  ++begun_;
  if (!world_.broken(Mutation::kFailedKeepsTraffic)) give_all_to(last_completed_);
  note("deploy");
  const bool back = breaker.rolls_back && !world_.broken(Mutation::kNothingRollsBack);
  if (back && last_completed_ != current_) deploy(last_completed_, true);
}

void FleetService::task_never_ran(std::size_t index) {
  if (world_.now() >= no_launch_until_ && !world_.broken(Mutation::kRestartsAtOnce)) {
    const Time longest = std::chrono::minutes{27};
    restart_delay_ = restart_delay_ == Time{} ? fleet().first_restart_delay
                                              : std::min(longest, 2 * restart_delay_);
    no_launch_until_ = world_.now() + restart_delay_;
    if (restart_delay_ > Time{}) {
      note("deploy");
      look_later(no_launch_until_);
    }
  }
  task_failed(index);
}

void FleetService::task_runs(std::size_t index) {
  if (world_.now() < no_launch_until_) look_later(world_.now());
  restart_delay_ = no_launch_until_ = {};
  if (index < begun_with_) return;
  if ((fleet().unreached || has_queue()) && !fleet().container_check) {
    if (world_.broken(Mutation::kRunningIsHealthy)) return;
    members_[index].container = Health::kInitial;
    return world_.calendar.plan(world_.now() + std::chrono::seconds{40},
                                [this, index] { container_changed(index, Health::kHealthy); });
  }
  if (!fleet().container_check || world_.broken(Mutation::kContainersGoUnasked)) return;
  members_[index].container = Health::kInitial;
  const Fleet::ContainerCheck& check = *fleet().container_check;
  const Time ready = members_[index].ready;
  std::uint32_t failures = 0;  // in a row
  for (Time since = std::chrono::seconds{check.interval};;
       since += std::chrono::seconds{check.interval}) {
    const Time at = world_.now() + since;
    if (at >= ready) {
      return world_.calendar.plan(at,
                                  [this, index] { container_changed(index, Health::kHealthy); });
    }
    const bool counts = since >= std::chrono::seconds{check.start_period};
    if (!counts && !world_.broken(Mutation::kStartPeriodCounts)) continue;
    if (++failures != check.retries) continue;
    world_.calendar.plan(at, [this, index] { container_changed(index, Health::kUnhealthy); });
    if (ready == Time::max()) return;
  }
}

void FleetService::container_changed(std::size_t index, Health to) {
  Member& member = members_[index];
  if (member.state != Member::State::kInService) return;
  const bool was_healthy = member.was_healthy;
  member.container = to;
  note("health");
  member.was_healthy |= is_healthy(member);
  task_health_changed(index, !was_healthy && member.was_healthy);
}

Time FleetService::stopping(std::size_t index) const {
  if (!fleet().fargate || world_.broken(Mutation::kStoppingTakesNoTime)) return {};
  Time takes = sample(fleet().stop_time, world_.bits(world_.entity(service_), "stop_time", index));
  if (!world_.broken(Mutation::kStopsWhenItLikes)) {
    takes = std::min<Time>(takes, std::chrono::seconds{fleet().stop_timeout});
  }
  const std::optional<Time> signaled = members_[index].signaled;
  return signaled ? std::max(Time{}, *signaled + takes - world_.now()) : takes;
}

void FleetService::task_health_changed(std::size_t index, bool first) {
  const Member& member = members_[index];
  const bool resets = fleet().breaker.resets && !world_.broken(Mutation::kFailuresAddUp);
  if (first && resets && !is_old(member)) failures_ = 0;
  Time at = world_.now();
  if (member.health == Health::kUnhealthy || member.container == Health::kUnhealthy) {
    at = std::max(at, *member.serves_since + std::chrono::seconds{fleet().grace});
  }
  look_later(at);
}

void FleetService::look_later(Time at) {
  if (!looks_.insert(at).second) return;
  world_.calendar.plan(at, [this, at] {
    looks_.erase(at);
    reconcile();
  });
}

}  // namespace skyreplay::reference
