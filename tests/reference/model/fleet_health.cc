// Targets' health.
#include <algorithm>

#include "reference/model/fleet_service.h"

namespace skyreplay::reference {

void FleetService::check(std::size_t index) {
  if (members_[index].state != Member::State::kInService) return;
  world_.calendar.plan(world_.now() + interval(), [this, index] { check(index); });
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
    const bool for_the_first_time = member.health == Health::kInitial;
    set_health(member, Health::kHealthy);
    if (for_the_first_time) replaced_by(index);
  }
  if (member.health != Health::kUnhealthy && member.fails >= fleet().unhealthy_threshold) {
    set_health(member, Health::kUnhealthy);
  }
}

void FleetService::set_health(Member& member, Health health) {
  member.health = health;
  note("health");
  update_rotation();
}

void FleetService::update_rotation() {
  bool fail_open = !world_.broken(Mutation::kNoFailOpen);
  for (const Member& member : members_) {
    const bool serves = member.state == Member::State::kInService;
    if (serves && member.health == Health::kHealthy) fail_open = false;
  }
  for (std::size_t i = 0; i < members_.size(); ++i) {
    const Member& member = members_[i];
    const bool serves = member.state == Member::State::kInService;
    const bool gets =
        member.health == Health::kHealthy || (member.health == Health::kUnhealthy && fail_open);
    TargetGroup& group = group_of(i);
    if (group.has(i) && !(serves && gets)) {
      group.leave(i);
    } else if (!group.has(i) && serves && gets) {
      group.enter(i);
    }
  }
}

}  // namespace skyreplay::reference
