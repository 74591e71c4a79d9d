#include <fmt/format.h>

#include <algorithm>

#include "balancing/fleet.h"

// Members that go without being taken out: killed, or lost with their zone.

namespace skyreplay::balancing {

void Fleet::kill(std::uint32_t count) {
  std::vector<std::uint32_t> oldest =
      members_that([](const Member& member) { return member.state == State::kInService; });
  const std::size_t in_service = oldest.size();
  if (oldest.size() > count) oldest.resize(count);
  note("fault", fmt::format("faults: {} of {} {}s in service are killed", oldest.size(), in_service,
                            config_.member));
  lose(oldest);
}

/// C4. Not where somebody has left at this very instant and there is room again.
void Fleet::out_of_memory(std::uint32_t index) {
  const Member& member = members_[index];
  if (!has_server(member) || !memory_.is_exceeded(member.server)) return;
  ++out_of_memory_kills_;
  const auto mib = [](std::uint64_t bytes) { return static_cast<double>(bytes) / (1 << 20); };
  member_out_of_memory(index,
                       fmt::format("OutOfMemoryError: {} requests inside need {:.1f} MiB of {:.0f}",
                                   memory_.inside(member.server), mib(memory_.bytes(member.server)),
                                   mib(memory_.limit(member.server))));
}

/// E3, E12. All are out of rotation before the first of their requests fails, and none is sent from
/// one to another of them. What drains already, or waits, was told of before; what stands by still
/// is the group's, and what is detached is not.
void Fleet::lose(const std::vector<std::uint32_t>& members, const std::string& why) {
  members_lost(members);
  std::vector<std::uint32_t> billed;
  for (const std::uint32_t index : members) {
    const Member& member = members_[index];
    if (member.state >= State::kInService) billed.push_back(index);
    const bool is_out = member.state >= State::kDraining;
    if (!is_out || member.aside == Aside::kStandby) note("terminate", spelled(member) + ": " + why);
    if (is_out) continue;
    forget(index);
    if (suspended_.noticing_loss) ++unnoticed_;
    member.state == State::kInService ? deregister(index) : call_off(index);
  }
  update_rotation();
  for (const std::uint32_t index : billed) {
    members_[index].aside = Aside::kNo;
    members_[index].state >= State::kWaiting ? end_billing(index) : end_server(index, Duration{});
  }
  reconcile();
}

}  // namespace skyreplay::balancing
