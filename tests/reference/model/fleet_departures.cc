// Who goes first, and how members go: taken out, drained, lost.
#include <algorithm>

#include "reference/model/fleet_service.h"

namespace skyreplay::reference {

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

std::optional<std::size_t> FleetService::next_to_go() {
  return next_to_go([](const Member&) { return true; });
}

std::optional<std::size_t> FleetService::next_to_go(
    const std::function<bool(const Member&)>& which) {
  if (on_cluster()) return task_to_go(which);
  if (alive() == 0) return std::nullopt;
  std::size_t provider = *provider_that_gives();
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
    for (Tenant* tenant : hall().tenants_) {
      if (fleet().drains || tenant->placing().is_daemon) tenant->leave(member.instance);
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

}  // namespace skyreplay::reference
