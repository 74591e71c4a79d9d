// How many members there are, and which come and go.
#include <algorithm>
#include <tuple>
#include <utility>

#include "reference/model/fleet_service.h"

namespace skyreplay::reference {

FleetService::FleetService(World& world, std::size_t service)
    : Station(world, service),
      groups_(std::size_t{fleet().cross_zone ? 1 : fleet().zones} * (fleet().shift ? 2 : 1),
              TargetGroup(world, fleet().algorithm, fleet().slow_start)),
      lost_(fleet().zones),
      refused_(fleet().zones),
      shocks_(fleet().zones) {
  for (std::size_t i = 0; i < fleet().deployments.size(); ++i) {
    const Time at = world.now() + fleet().deployments[i].at;
    world.calendar.plan(at, [this, i] {
      deploy(i + 1, false);
      reconcile();
    });
  }
  if (!fleet().policies.empty() || !fleet().alarms.empty()) {
    scaling_.emplace(world, *this, fleet(), world.entity(service), config().name);
  }
  if (on_cluster()) cluster().let_in(*this);
  plan_scheduled();
  for (std::uint32_t zone = 0; zone < fleet().zones && fleet().spot; ++zone) plan_shock(zone);
  if (fleet().spot) {
    too_dear_ = ever_closed_ = is_dear(0);
    plan_price(0);
  }
  if (fleet().managed) plan_measure();
  set_desired(fleet().daemon ? cluster().instances_for(*this) : fleet().desired);
  for (std::uint32_t i = 0; i < desired_ && world_.scenario.warm_start; ++i) {
    std::vector<std::uint32_t> none(fleet().zones);
    const std::size_t provider = provider_of_launch();
    const auto zone = on_cluster() ? place_task() : zone_of_launch(none, provider);
    if (!zone) break;
    if (on_cluster()) images_[{next_instance_, 0}] = world_.now();
    const std::size_t member = add_member(*zone, provider);
    members_[member].billed_from = world_.now() - Time{1};  // it ran before: no minimum is due
    members_[member].has_passed = members_[member].was_healthy = true;
    begun_with_ = members_.size();
    put_in_service(member, Health::kHealthy);
    members_[member].serves_since = world_.now() - std::chrono::hours{365 * 24};
  }
  reconcile();
}

void FleetService::change(const Change& change) {
  if ((fleet().suspended & (kHealthCheck | kReplaceUnhealthy)) == 0) unnoticed_ = 0;
  if (scaling_) scaling_->suspend((fleet().suspended & kAlarmNotification) != 0);
  if (!fleet().fargate) reconcile();
  std::optional<std::uint32_t> max, desired;
  if (change.field == Change::Field::kMaxSize) max = fleet().max_size;
  const bool is_scaled = scaling_ || !fleet().scheduled.empty();
  if (change.field == Change::Field::kDesired || !is_scaled) desired = fleet().desired;
  if (fleet().fargate) {  // C104: a desired count may lie outside the bounds
    if (desired) scale(*desired);
    if (!max) return;
    desired.reset();
  }
  set_capacity({}, max, desired);
}

void FleetService::set_capacity(std::optional<std::uint32_t> min, std::optional<std::uint32_t> max,
                                std::optional<std::uint32_t> desired) {
  const auto before = std::pair(min_, max_);
  if (min) min_ = *min;
  if (max) max_ = *max;
  if (!max) max_ = std::max(min_, max_);
  if (!min) min_ = std::min(min_, max_);
  const std::uint32_t to = std::clamp(desired.value_or(desired_), min_, max_);
  if (min && world_.broken(Mutation::kBoundsPass)) std::tie(min_, max_) = before;
  if (scaling_) scaling_->set_bounds(min_, max_);
  scale(to);
}

void FleetService::raise_max(std::uint32_t max) {
  if (!fleet().fargate) return set_capacity({}, max, {});
  max_ = max;  // a service's desired count may lie outside
  scaling_->set_bounds(min_, max_);
}

void FleetService::kill(std::uint32_t count) {
  std::vector<std::size_t> killed = in_service();
  killed.resize(std::min<std::size_t>(killed.size(), count));
  lose(killed);
}

void FleetService::zones_change() {
  if (on_cluster()) return;
  for (std::uint32_t zone = 0; zone < fleet().zones; ++zone) {
    const bool lost = world_.is_closed(Fault::Kind::kZoneLoss, service_, zone);
    const bool refused =
        !fleet().fargate && world_.is_closed(Fault::Kind::kRefuseCapacity, service_, zone);
    ever_closed_ |= lost || refused;
    if (refused != refused_[zone]) {
      refused_[zone] = refused;
      note("fault");
      if (!refused) reconcile();
    }
    if (lost == lost_[zone]) continue;
    lost_[zone] = lost;
    note("fault");
    std::vector<std::size_t> there;
    for (std::size_t i = 0; i < members_.size(); ++i) {
      const bool is_there = members_[i].zone == zone && members_[i].state != Member::State::kGone;
      if (lost && is_there) there.push_back(i);
    }
    lose(there);
  }
}

void FleetService::scale(std::uint32_t desired) {
  if (desired == desired_) return;
  note(desired > desired_ ? "scale_out" : "scale_in", desired_, desired);
  set_desired(desired);
  reconcile();
}

std::uint32_t FleetService::targets() const {
  std::size_t count = 0;
  for (const TargetGroup& group : groups_) count += group.size();
  return static_cast<std::uint32_t>(count);
}

std::vector<Group::Instance> FleetService::instances() const {
  std::vector<Instance> there;
  for (std::size_t i = 0; i < members_.size(); ++i) {
    const Member& member = members_[i];
    if (member.state == Member::State::kGone) continue;
    const bool stands_by =
        member.aside == Member::Aside::kStandby && member.state == Member::State::kAside;
    there.push_back({i, member.serves_since, member.state >= Member::State::kDraining,
                     member.aside != Member::Aside::kNo, stands_by});
  }
  return there;
}

std::vector<Time> FleetService::taken_out(Time since) const {
  std::vector<Time> served;
  for (std::size_t i = 0; i < members_.size(); ++i) {
    const Member& member = members_[i];
    if (!member.taken_out || *member.taken_out + hooks(i, false).first <= since) continue;
    served.push_back(*member.serves_since);
  }
  return served;
}

void FleetService::forget(std::size_t member) {
  if (evens_out_ == member) evens_out_.reset();
  const bool by_itself =
      !stopping_ && !members_[member].stays && deploying_ != Deploying::kCompleted;
  if (has_scheduler() && by_itself && is_old(members_[member])) {
    lost_tasks_.push_back(members_[member].revision);
  }
  std::erase_if(replaced_, [member](const auto& pair) {
    return pair.first == member || pair.second == member;
  });
}

std::vector<std::size_t> FleetService::in_service() const {
  std::vector<std::size_t> serving;
  for (std::size_t i = 0; i < members_.size(); ++i) {
    if (members_[i].state == Member::State::kInService) serving.push_back(i);
  }
  return serving;
}

void FleetService::set_desired(std::uint32_t desired) {
  desired_level_.change(world_.now(), static_cast<int>(desired) - static_cast<int>(desired_));
  desired_ = desired;
}

void FleetService::note(const std::string& kind, std::int64_t from, std::int64_t to) {
  world_.journal.activities.push_back({world_.now(), service_, kind, from, to});
}

std::uint32_t FleetService::alive() const {
  return static_cast<std::uint32_t>(
      std::count_if(members_.begin(), members_.end(),
                    [](const Member& member) { return member.counts() && !member.stays; }));
}

std::vector<std::uint32_t> FleetService::by_zone(std::size_t provider) const {
  std::vector<std::uint32_t> zones(fleet().zones);
  const bool all = world_.broken(Mutation::kZonesOfAllProviders);
  for (const Member& member : members_) {
    const bool is_its = member.provider == provider || all;
    zones[member.zone] += member.counts() && is_its ? 1 : 0;
  }
  return zones;
}

void FleetService::lose(const std::vector<std::size_t>& lost) {
  if (fleet().is_cluster) instances_gone(lost);
  for (const std::size_t index : lost) {
    Member& member = members_[index];
    const bool is_told = member.counts() || member.aside == Member::Aside::kStandby;
    if (is_told) note("terminate", static_cast<std::int64_t>(index));
    if (!member.counts()) continue;
    forget(index);
    if ((fleet().suspended & (kHealthCheck | kReplaceUnhealthy)) != 0) ++unnoticed_;
    if (member.waits()) {
      call_off(index);
    } else {
      member.state = Member::State::kDraining;
    }
  }
  update_rotation();
  for (const std::size_t index : lost) {
    Member& member = members_[index];
    member.aside = Member::Aside::kNo;
    const bool stays =
        member.state == Member::State::kWaiting || member.state == Member::State::kAside;
    if (stays) end(index);
    if (member.state != Member::State::kDraining) continue;
    const bool finish = world_.broken(Mutation::kKilledFinish);
    if (!finish || group_of(index).outstanding(index) == 0) remove(index, false);
  }
  reconcile();
}

void FleetService::call_off(std::size_t index) {
  Member& member = members_[index];
  pending_level_.change(world_.now(), -1);
  member.state = Member::State::kGone;
  member.gone = world_.now();
  member.rebalances = false;
  if (on_cluster()) cluster().task_gone(*this, member.instance);
}

void FleetService::end(std::size_t index) {
  members_[index].state = Member::State::kGone;
  members_[index].gone = world_.now();
  if (fleet().is_cluster) instances_gone({index});
  if (on_cluster()) cluster().task_gone(*this, members_[index].instance);
}

bool FleetService::has_capacity(std::uint32_t zone) const {
  const bool lost = lost_[zone] && !world_.broken(Mutation::kLaunchesIntoLostZones);
  return !lost && !refused_[zone] && !too_dear_;
}

std::size_t FleetService::add_member(std::uint32_t zone, std::size_t provider) {
  members_.push_back({.zone = zone,
                      .provider = provider,
                      .revision = launching_,
                      .ready = world_.now(),
                      .launched = world_.now()});
  members_.back().instance = next_instance_;
  return members_.size() - 1;
}

std::optional<std::uint32_t> FleetService::zone_of_launch(std::vector<std::uint32_t>& failed,
                                                          std::size_t provider) const {
  std::vector<std::uint32_t> zones = by_zone(provider);
  for (std::uint32_t i = 0; i < zones.size(); ++i) zones[i] += failed[i];
  std::optional<std::uint32_t> best;  // E20
  for (std::uint32_t i = 0; i < zones.size(); ++i) {
    const bool may = has_capacity(i) || fleet().balanced_only;
    if (may && (!best || zones[i] < zones[*best])) best = i;
  }
  if (!best || has_capacity(*best)) return best;
  if (!world_.broken(Mutation::kFailedLaunchesCountNowhere)) ++failed[*best];
  return std::nullopt;
}

void FleetService::launch_missing() {
  std::vector<std::uint32_t> failed(fleet().zones);
  std::size_t failures = 0;
  while (alive() + unnoticed_ + failures < wanted()) {
    const std::size_t provider = provider_of_launch();
    const std::optional<std::uint32_t> zone = zone_of_launch(failed, provider);
    zone ? launch(*zone, provider) : void(++failures);
  }
  if (failures > 0) note("launch_failed");
}

void FleetService::rebalance_zones() {
  const bool suspended = (fleet().suspended & (kLaunch | kAzRebalance)) != 0;
  if (fleet().fargate || !(ever_closed_ || ever_aside_) || suspended) return;
  if (world_.broken(Mutation::kZonesStayUneven)) return;
  while (alive() >= wanted() && alive() < max_ + std::max(1U, max_ / 10)) {
    std::vector<std::uint32_t> zones = by_zone(0);
    const auto fullest = [&] {
      std::optional<std::uint32_t> found;
      for (std::uint32_t i = 0; i < zones.size(); ++i) {
        const bool gives = std::any_of(members_.begin(), members_.end(), [&](const Member& member) {
          return member.zone == i && member.state == Member::State::kInService &&
                 !member.is_protected;
        });
        if (gives && (!found || zones[i] >= zones[*found])) found = i;
      }
      return found;
    };
    if (!fullest()) return;
    // Those above what is wanted go first.
    for (std::size_t i = alive() - wanted(); i > 0 && zones[*fullest()] > 0; --i) {
      --zones[*fullest()];
    }
    std::optional<std::uint32_t> emptiest;
    for (std::uint32_t i = 0; i < zones.size(); ++i) {
      if (has_capacity(i) && (!emptiest || zones[i] < zones[*emptiest])) emptiest = i;
    }
    if (!emptiest || zones[*fullest()] < zones[*emptiest] + 2) return;
    launch(*emptiest);
    members_.back().rebalances = true;
  }
}

void FleetService::launch(std::uint32_t zone, std::size_t provider) {
  const std::size_t member = add_member(zone, provider);
  pending_level_.change(world_.now(), +1);
  const auto [billed, in_service, abandoned, ready] = start_times(member);
  members_[member].ready = ready == Time::max() ? ready : world_.now() + in_service + ready;
  world_.calendar.plan(world_.now() + billed, [this, member] {
    if (members_[member].state == Member::State::kGone) return;
    members_[member].state = Member::State::kStarting;
    members_[member].billed_from = world_.now();
  });
  world_.calendar.plan(world_.now() + in_service, [this, member, gives_up = abandoned] {
    if (members_[member].state == Member::State::kGone) return;
    if (gives_up) return give_up_launch(member);
    pending_level_.change(world_.now(), -1);
    put_in_service(member, Health::kInitial);
    if (!members_[member].rebalances) return;
    members_[member].rebalances = false;
    reconcile();
  });
  note("launch", static_cast<std::int64_t>(member));
}

FleetService::Start FleetService::start_times(std::size_t ordinal) {
  const auto drawn = [&](const Law& law, const char* purpose) {
    return sample(law, world_.bits(world_.entity(service_), purpose, ordinal));
  };
  if (!fleet().fargate) {
    const Time lag = drawn(fleet().decision_lag, "decision_lag");
    const Time boot = scaled(drawn(fleet().boot_time, "boot_time"),
                             world_.factor(Fault::Kind::kBootTime, service_));
    const Time running = lag + std::min(fleet().pending_time, boot);
    const auto [wait, abandoned] = hooks(ordinal, true);
    if (abandoned && !world_.broken(Mutation::kAbandonedGoOn))
      return {running, running + wait, true};
    if (world_.broken(Mutation::kWaitsAfterItsBoot)) return {running, lag + boot + wait};
    return {running, std::max(lag + boot, running + wait)};
  }
  const auto happens = [&](double share, const char* what) {
    return world_.bits(world_.entity(service_), what, ordinal).uniform() < share;
  };
  const std::size_t number = members_[ordinal].revision;
  const Fleet task = revision(number);
  const Time pull = drawn(task.infrastructure_time, "infrastructure_time");
  const Time pulled = on_cluster() ? image_ready(world_.now() + pull, number) - world_.now()
                                   : pull + task.pull_time;
  Start start{pull, pulled + drawn(task.container_start, "container_start")};
  start.ready = drawn(task.application_start, "application_start");
  if (world_.broken(Mutation::kReadyWhenItRuns)) start.ready = {};
  if (number == 0) return start;
  const Deployment& deployment = fleet().deployments[number - 1];
  start.abandoned = happens(deployment.start_failures, "start_failures");
  if (happens(deployment.never_healthy, "never_healthy")) start.ready = Time::max();
  return start;
}

std::pair<Time, bool> FleetService::hooks(std::size_t ordinal, bool launching) const {
  Time last{};
  std::optional<Time> abandoned;
  for (const Hook& hook : fleet().hooks) {
    if (hook.launching != launching) continue;
    Time timeout = std::chrono::seconds{hook.timeout};
    const bool beats = hook.heartbeat && *hook.heartbeat <= timeout;
    if (beats && !world_.broken(Mutation::kHeartbeatsAreDeaf)) {
      timeout = std::min<Time>(std::chrono::hours{48}, 100 * timeout);
    }
    std::optional<Time> done;
    if (hook.work) {
      const std::string entity = world_.entity(service_) + ".lifecycle_hooks." + hook.name;
      done = sample(*hook.work, world_.bits(entity, "completes_after", ordinal));
    }
    if (done && *done <= timeout) {
      last = std::max(last, *done);
    } else if (hook.continues) {
      last = std::max(last, timeout);
    } else {
      abandoned = std::min(abandoned.value_or(timeout), timeout);
    }
  }
  return {abandoned.value_or(last), abandoned.has_value()};
}

void FleetService::give_up_launch(std::size_t index) {
  if (has_scheduler()) task_never_ran(index);
  take_out(index);
  reconcile();
}

void FleetService::put_in_service(std::size_t member, Health health) {
  members_[member].state = Member::State::kInService;
  ++members_[member].stint;
  members_[member].served_from = members_[member].serves_since = world_.now();
  members_[member].is_protected = fleet().protects_new;
  if (scaling_) scaling_->last_in_service = world_.now();
  members_[member].server = std::make_unique<Server>(
      world_, *this, member, revision(members_[member].revision), world_.makes_calls(service_));
  members_[member].health = health;
  if (fleet().is_cluster || fleet().unreached || has_queue()) {
    members_[member].health = Health::kHealthy;
  } else {
    const Law beat{.kind = Law::Kind::kUniform, .b = interval()};
    const Bits draw = world_.bits(world_.entity(service_), "health_check", member);
    world_.calendar.plan(world_.now() + sample(beat, draw),
                         [this, member, stint = members_[member].stint] { check(member, stint); });
  }
  update_rotation();
  world_.journal.running[service_].change(world_.now(), +1);
  if (!fleet().providers.empty() && fleet().providers[members_[member].provider].spot) {
    const Time time = sample(fleet().time_to_interruption,
                             world_.bits(world_.entity(service_), "time_to_interruption", member));
    if (time < Time::max() - world_.now()) {
      world_.calendar.plan(world_.now() + time, [this, member] { interrupt_task(member); });
    }
  }
  if (members_[member].ready > world_.now() && members_[member].ready != Time::max()) {
    world_.calendar.plan(members_[member].ready, [this] { update_rotation(); });
  }
  if (fleet().is_cluster) {
    members_[member].is_active = true;
    for (Tenant* tenant : tenants_) tenant->follow_instances();
    room_appears();
  }
  if (has_scheduler()) task_runs(member);
  replace_unhealthy_later(world_.now() + std::chrono::seconds{fleet().grace});
  replace_unhealthy_later(world_.now() + std::chrono::seconds{fleet().default_warmup.value_or(0)});
}

std::optional<std::size_t> FleetService::next_to_go() {
  return next_to_go([](const Member&) { return true; });
}

std::optional<std::size_t> FleetService::next_to_go(
    const std::function<bool(const Member&)>& which) {
  if (on_cluster()) return task_to_go(which);
  if (alive() == 0) return std::nullopt;
  std::size_t provider = provider_that_gives();
  std::vector<std::size_t> may_go;
  for (std::size_t i = 0; i < members_.size(); ++i) {
    const bool is_protected = members_[i].is_protected && !world_.broken(Mutation::kProtectedGo);
    if (members_[i].counts() && !is_protected && which(members_[i])) may_go.push_back(i);
  }
  if (may_go.empty()) return std::nullopt;
  const bool has_some = std::any_of(may_go.begin(), may_go.end(), [&](std::size_t i) {
    return members_[i].provider == provider;
  });
  if (!has_some) provider = members_[may_go.front()].provider;
  if (!world_.broken(Mutation::kAnyGoes)) {
    std::erase_if(may_go, [&](std::size_t i) { return members_[i].provider != provider; });
  }
  const std::vector<std::uint32_t> zones = by_zone(provider);
  const auto keep = [&](auto&& condition) {
    std::erase_if(may_go, [&](std::size_t i) { return !condition(members_[i]); });
  };
  std::uint32_t most = 0, last_zone = 0;
  for (const std::size_t i : may_go) most = std::max(most, zones[members_[i].zone]);
  keep([&](const Member& member) { return zones[member.zone] == most; });
  const auto of_the_last_zone = [&] {
    last_zone = 0;
    for (const std::size_t i : may_go) last_zone = std::max(last_zone, members_[i].zone);
    keep([&](const Member& member) { return member.zone == last_zone; });
  };
  if (fleet().fargate) of_the_last_zone();
  const bool one_waits =
      std::any_of(may_go.begin(), may_go.end(), [&](std::size_t i) { return members_[i].waits(); });
  if (one_waits) {
    keep([](const Member& member) { return member.waits(); });
    of_the_last_zone();
    return may_go.back();
  }
  std::vector<std::string> policies = fleet().termination_policies;
  if (policies.empty()) policies = {"Default"};
  if (world_.broken(Mutation::kFirstPolicyAlone)) policies.resize(1);
  for (const std::string& policy : policies) {
    if (!fleet().fargate) may_go = chosen_by(policy, may_go);
  }
  of_the_last_zone();
  return may_go.front();
}

std::vector<std::size_t> FleetService::chosen_by(const std::string& policy,
                                                 const std::vector<std::size_t>& members) const {
  const auto age = [&](std::size_t i) { return world_.now() - members_[i].launched; };
  const auto into_hour = [&](std::size_t i) { return age(i) % std::chrono::hours{1}; };
  const bool by_hour = (policy == "Default" || policy == "ClosestToNextInstanceHour") &&
                       !world_.broken(Mutation::kOldestGoes);
  std::vector<std::size_t> chosen;
  for (const std::size_t i : members) {
    const bool is_first = std::all_of(members.begin(), members.end(), [&](std::size_t other) {
      if (by_hour) return into_hour(i) >= into_hour(other);
      if (policy == "OldestInstance") return age(i) >= age(other);
      if (policy == "NewestInstance") return age(i) <= age(other);
      return true;  // of one launch template, they are all the same
    });
    if (is_first) chosen.push_back(i);
  }
  return chosen;
}

void FleetService::reconcile() {
  if (has_scheduler()) return schedule_tasks();
  unnoticed_ = std::min(unnoticed_, wanted() - std::min<std::size_t>(wanted(), alive()));
  if ((fleet().suspended & kLaunch) == 0) launch_missing();
  const auto rebalancing = [this] {
    return std::count_if(members_.begin(), members_.end(),
                         [](const Member& member) { return member.rebalances; });
  };
  while (alive() > wanted() + static_cast<std::size_t>(rebalancing()) &&
         (fleet().suspended & kTerminate) == 0) {
    if (!take_out_one()) break;
  }
  rebalance_zones();
  replace_unhealthy_later(world_.now());
}

bool FleetService::take_out_one() {
  const std::optional<std::size_t> found = next_to_go();
  if (found) take_out(*found);
  return found.has_value();
}

void FleetService::take_out(std::size_t index) {
  note("terminate", static_cast<std::int64_t>(index));
  if (members_[index].waits()) {
    forget(index);
    call_off(index);
  } else {
    drain(index);
  }
}

void FleetService::drain(std::size_t index) {
  const Time delay =
      has_queue() ? Time{std::chrono::seconds{fleet().stop_timeout}} : fleet().deregistration_delay;
  drain(index, world_.broken(Mutation::kDrainingAtOnce) ? Time{} : delay);
}

void FleetService::drain(std::size_t index, Time delay) {
  forget(index);
  Member& member = members_[index];
  member.state = Member::State::kDraining;
  if (member.aside == Member::Aside::kNo) member.taken_out = world_.now();
  if (has_queue()) member.signaled = world_.now();
  if (fleet().is_cluster) {
    member.is_active = false;
    for (Tenant* tenant : tenants_) {
      if (fleet().drains || tenant->placing().is_daemon) tenant->leave(index);
    }
    end_daemons(index);
  }
  update_rotation();
  if (group_of(index).outstanding(index) == 0) return remove(index);
  world_.calendar.plan(world_.now() + delay, [this, index, stint = member.stint] {
    if (members_[index].state != Member::State::kDraining) return;
    if (members_[index].stint == stint) remove(index);
  });
}

void FleetService::remove(std::size_t index, bool waits) {
  Member& member = members_[index];
  member.state = Member::State::kWaiting;
  member.drained = world_.now();
  member.gone = world_.now() + hooks(index, false).first + stopping(index);  // billed until (E8)
  if (must_drain(index)) member.gone = world_.now() + std::chrono::hours{48};
  if (!waits || world_.broken(Mutation::kDrainedAreFree)) member.gone = world_.now();
  world_.journal.running[service_].change(world_.now(), -1);
  if (member.aside != Member::Aside::kNo) {
    member.state = Member::State::kAside;
    member.gone.reset();
    const bool is_detached = member.aside == Member::Aside::kDetached;
    if (is_detached && world_.broken(Mutation::kDetachedAreFree)) member.gone = world_.now();
  } else if (*member.gone == world_.now()) {
    end(index);
  } else {
    world_.calendar.plan(*member.gone, [this, index] {
      if (members_[index].state == Member::State::kWaiting) end(index);
    });
  }
  std::size_t inside = member.server->inside();
  for (const JobPtr& job : member.server->close()) {
    const bool was_inside = inside > 0;
    inside -= was_inside ? 1 : 0;
    if (job->attempt->check != 0) continue;
    outstanding_.change(world_.now(), -1);
    if (!was_inside) world_.journal.queue[service_].change(world_.now(), -1);
    world_.answer(*job->attempt, Outcome::kError);
  }
}

std::unique_ptr<Station> make_fleet(World& world, std::size_t service) {
  return std::make_unique<FleetService>(world, service);
}

}  // namespace skyreplay::reference
