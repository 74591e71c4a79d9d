#include <fmt/format.h>

#include <algorithm>

#include "balancing/fleet.h"

// Members that go without being taken out: killed, or lost with their zone.

namespace skyreplay::balancing {

/// In the order of their launches.
template <typename Which>
std::vector<std::uint32_t> Fleet::members_that(Which&& which) const {
  std::vector<std::uint32_t> found;
  for (std::uint32_t i = 0; i < members_.capacity(); ++i) {
    if (members_[i].lives && which(members_[i])) found.push_back(i);
  }
  std::sort(found.begin(), found.end(), [this](std::uint32_t a, std::uint32_t b) {
    return members_[a].ordinal < members_[b].ordinal;
  });
  return found;
}

void Fleet::kill(std::uint32_t count) {
  std::vector<std::uint32_t> oldest =
      members_that([](const Member& member) { return member.state == State::kInService; });
  const std::size_t in_service = oldest.size();
  if (oldest.size() > count) oldest.resize(count);
  note("fault", fmt::format("faults: {} of {} {}s in service are killed", oldest.size(), in_service,
                            config_.member));
  lose(oldest);
}

std::optional<std::uint32_t> Fleet::zone(const std::string& name) const {
  const auto found = std::find(config_.zones.begin(), config_.zones.end(), name);
  if (found == config_.zones.end()) return std::nullopt;
  return static_cast<std::uint32_t>(found - config_.zones.begin());
}

void Fleet::lose_zone(std::uint32_t zone) {
  const std::vector<std::uint32_t> there =
      members_that([zone](const Member& member) { return member.zone == zone; });
  note("fault", fmt::format("faults: {} is lost; {}s in it: {}", config_.zones[zone],
                            config_.member, there.size()));
  zone_is_lost_[zone] = true;
  lose(there);
}

void Fleet::restore_zone(std::uint32_t zone) {
  note("fault", fmt::format("faults: {} is back", config_.zones[zone]));
  zone_is_lost_[zone] = false;
  reconcile();
}

/// E3, E12. All are out of rotation before the first of their requests fails, and none is sent from
/// one to another of them. What drains already was told of before.
void Fleet::lose(const std::vector<std::uint32_t>& members) {
  std::vector<std::uint32_t> serving;
  for (const std::uint32_t index : members) {
    Member& member = members_[index];
    if (member.state >= State::kInService) serving.push_back(index);
    if (member.state == State::kDraining) continue;
    note("terminate", fmt::format("{} {} in {}: {}", config_.member, member.ordinal,
                                  config_.zones[member.zone], config_.loss));
    forget(index);
    if (member.state < State::kInService) {
      call_off(index);
      continue;
    }
    member.state = State::kDraining;
    if (group_.is_in_rotation(member.server)) group_.take_out(member.server);
    --count_of(checks_.health(member.server));
    checks_.remove(member.server);
  }
  update_rotation();
  for (const std::uint32_t index : serving) remove(index);
  reconcile();
}

}  // namespace skyreplay::balancing
