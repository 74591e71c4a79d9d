#include <fmt/format.h>

#include <algorithm>

#include "balancing/fleet.h"

// Members that go without being taken out: killed, or lost with their zone.

namespace skyreplay::balancing {

void Fleet::kill(std::uint32_t count) {
  std::vector<std::uint32_t> oldest;
  for (std::uint32_t i = 0; i < members_.capacity(); ++i) {
    if (members_[i].lives && members_[i].state == State::kInService) oldest.push_back(i);
  }
  std::sort(oldest.begin(), oldest.end(), [this](std::uint32_t a, std::uint32_t b) {
    return members_[a].ordinal < members_[b].ordinal;
  });
  const std::size_t in_service = oldest.size();
  if (oldest.size() > count) oldest.resize(count);
  note("fault", fmt::format("faults: {} of {} {}s in service are killed", oldest.size(), in_service,
                            config_.member));
  lose(oldest);
}

/// E3, E12. All are out of rotation before the first of their requests fails, and none is sent from
/// one to another of them.
void Fleet::lose(const std::vector<std::uint32_t>& members) {
  for (const std::uint32_t index : members) {
    Member& member = members_[index];
    note("terminate", fmt::format("{} {} in {}: {}", config_.member, member.ordinal,
                                  config_.zones[member.zone], config_.loss));
    forget(member);
    member.state = State::kDraining;
    if (group_.is_in_rotation(member.server)) group_.take_out(member.server);
    --count_of(checks_.health(member.server));
    checks_.remove(member.server);
  }
  update_rotation();
  for (const std::uint32_t index : members) remove(index);
  reconcile();
}

}  // namespace skyreplay::balancing
