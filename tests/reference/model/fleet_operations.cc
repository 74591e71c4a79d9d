// What operators do to a group by hand (E6).
#include <algorithm>

#include "reference/model/fleet_service.h"

namespace skyreplay::reference {

void FleetService::operate(const Operation& operation) {
  const bool exits = operation.kind == Operation::Kind::kExitStandby;
  exits ? exit_standby(operation) : set_aside(operation);
}

void FleetService::set_aside(const Operation& operation) {
  std::vector<std::size_t> members = in_service();
  members.resize(std::min<std::size_t>(members.size(), operation.count));
  const bool falls = operation.decrements && !world_.broken(Mutation::kStandbyKeepsItsPlace);
  const auto fewer = static_cast<std::uint32_t>(falls ? members.size() : 0);
  const bool may = desired_ >= min_ + fewer || world_.broken(Mutation::kOperationsPassTheBounds);
  if (members.empty() || !may || fewer > desired_) return note("refused");
  const bool stands_by = operation.kind == Operation::Kind::kEnterStandby;
  for (std::uint32_t i = 0; i < members.size(); ++i) {
    const std::int64_t from = falls ? std::int64_t{desired_} - i : -1;
    note(stands_by ? "enter_standby" : "detach", from, falls ? from - 1 : -1);
  }
  ever_aside_ |= !world_.broken(Mutation::kStandbyLeavesZonesUneven);
  for (const std::size_t member : members) {
    members_[member].aside = stands_by ? Member::Aside::kStandby : Member::Aside::kDetached;
    if (stands_by && world_.broken(Mutation::kStandbyEnds)) {
      members_[member].aside = Member::Aside::kNo;
    }
    drain(member);
  }
  set_desired(desired_ - fewer);
  reconcile();
}

void FleetService::exit_standby(const Operation& operation) {
  std::vector<std::size_t> members;
  for (std::size_t i = 0; i < members_.size() && members.size() < operation.count; ++i) {
    const bool stands_by = members_[i].aside == Member::Aside::kStandby;
    if (stands_by && members_[i].state == Member::State::kAside) members.push_back(i);
  }
  const auto more = static_cast<std::uint32_t>(members.size());
  const bool may = desired_ + more <= max_ || world_.broken(Mutation::kOperationsPassTheBounds);
  if (members.empty() || !may) return note("refused");
  for (std::uint32_t i = 0; i < more; ++i) {
    note("exit_standby", std::int64_t{desired_} + i, std::int64_t{desired_} + i + 1);
  }
  for (const std::size_t index : members) {
    Member& member = members_[index];
    group_of(index).forget(index);
    stints_.push_back({*member.served_from, *member.drained, std::move(member.server)});
    member.drained.reset();
    member.taken_out.reset();
    member.aside = Member::Aside::kNo;
    member.passes = member.fails = 0;
    member.check = 0;
    member.has_passed = false;
    member.to_be_replaced = false;
    put_in_service(index, Health::kInitial);
  }
  set_desired(desired_ + more);
  reconcile();
}

}  // namespace skyreplay::reference
