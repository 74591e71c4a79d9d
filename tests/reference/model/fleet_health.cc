// Targets' health.
#include <algorithm>

#include "reference/model/fleet_service.h"

namespace skyreplay::reference {

void FleetService::check(std::size_t index, std::uint64_t stint) {
  if (members_[index].state != Member::State::kInService) return;
  if (members_[index].stint != stint) return;
  world_.calendar.plan(world_.now() + interval(), [this, index, stint] { check(index, stint); });
  if (world_.now() < members_[index].ready) return count(index, false);
  Attempt& attempt = checks_.emplace_back();
  attempt.service = service_;
  attempt.check = checks_.size();
  if (!members_[index].server->admit(attempt)) return count(index, false);
  members_[index].check = attempt.check;
  const Time timeout = std::chrono::seconds{fleet().check_timeout};
  world_.calendar.plan(world_.now() + timeout, [this, index, number = attempt.check] {
    const Member& member = members_[index];
    if (member.state != Member::State::kInService || member.check != number) return;
    members_[index].check = 0;
    count(index, false);
  });
}

void FleetService::answered(std::size_t index, std::uint64_t number) {
  Member& member = members_[index];
  if (member.state != Member::State::kInService || member.check != number) return;
  member.check = 0;
  count(index, true);
}

void FleetService::count(std::size_t index, bool passed) {
  Member& member = members_[index];
  member.passes = passed ? member.passes + 1 : 0;
  member.fails = passed ? 0 : member.fails + 1;
  const bool is_new =
      member.health == Health::kInitial && !world_.broken(Mutation::kNewTargetNeedsThreshold);
  const std::uint32_t needed = is_new ? 1 : fleet().healthy_threshold;  // E108
  if (member.health != Health::kHealthy && member.passes >= needed) {
    const bool was_healthy = member.was_healthy;
    set_health(member, Health::kHealthy);
    replaced_by(index);
    member.was_healthy |= member.container == Health::kHealthy;
    if (has_scheduler()) task_health_changed(index, !was_healthy && member.was_healthy);
    replace_unhealthy_later(world_.now());
  }
  if (member.health != Health::kUnhealthy && member.fails >= fleet().unhealthy_threshold) {
    set_health(member, Health::kUnhealthy);
    if (has_scheduler()) task_health_changed(index, false);
    replace_unhealthy_later(world_.now());
  }
}

void FleetService::set_health(Member& member, Health health) {
  member.health = health;
  member.has_passed |= health == Health::kHealthy;
  note("health");
  update_rotation();
}

void FleetService::replace_unhealthy_later(Time at) {
  if (fleet().elb_health) world_.calendar.plan(at, [this] { replace_unhealthy(); });
}

void FleetService::replace_unhealthy() {
  const Time grace =
      world_.broken(Mutation::kNoGrace) ? Time{} : Time{std::chrono::seconds{fleet().grace}};
  for (Member& member : members_) {
    if (member.state != Member::State::kInService || member.health != Health::kUnhealthy) continue;
    if (*member.serves_since + grace > world_.now()) continue;
    if ((fleet().suspended & kHealthCheck) == 0) member.to_be_replaced = true;
  }
  if ((fleet().suspended & (kReplaceUnhealthy | kLaunch | kTerminate)) != 0) return;
  for (std::size_t i = 0; i < members_.size(); ++i) {
    if (members_[i].state != Member::State::kInService || !members_[i].to_be_replaced) continue;
    // Less than a tenth of desired capacity may be missing, and one at least.
    const bool too_many = ready() + std::max<std::size_t>(desired_ / 10, 1) <= desired_;
    if (too_many && !world_.broken(Mutation::kReplacesAllAtOnce)) return;
    take_out(i);
    reconcile();
  }
}

std::size_t FleetService::ready() const {
  std::size_t count = 0;
  for (const Member& member : members_) {
    if (member.state != Member::State::kInService) continue;
    const Time warmup = std::chrono::seconds{fleet().default_warmup.value_or(0)};
    const bool is_there = member.has_passed && *member.serves_since + warmup <= world_.now();
    count += member.to_be_replaced || is_there ? 1 : 0;
  }
  return count;
}

void FleetService::update_rotation() {
  std::map<bool, bool> fail_open;  // by target group
  fail_open[false] = fail_open[true] = !world_.broken(Mutation::kNoFailOpen);
  for (const Member& member : members_) {
    const bool serves = member.state == Member::State::kInService;
    if (serves && member.health == Health::kHealthy) fail_open[second_[member.revision]] = false;
  }
  for (std::size_t i = 0; i < members_.size(); ++i) {  // who serves no more leaves first
    const bool serves = members_[i].state == Member::State::kInService;
    if (serves || !group_of(i).has(i)) continue;
    group_of(i).leave(i);
    if (has_queue()) stop_polling(i);
  }
  for (std::size_t i = 0; i < members_.size(); ++i) {
    const Member& member = members_[i];
    const bool serves = member.state == Member::State::kInService;
    const bool could = member.health == Health::kUnhealthy && world_.now() >= member.ready;
    bool gets = member.health == Health::kHealthy || (could && fail_open[second_[member.revision]]);
    if (has_queue()) gets = world_.now() >= member.ready;
    TargetGroup& group = group_of(i);
    if (group.has(i) && !(serves && gets)) {
      group.leave(i);
    } else if (!group.has(i) && serves && gets) {
      group.enter(i);
      if (has_queue()) begin_polling(i);
    }
  }
}

}  // namespace skyreplay::reference
