#include <fmt/format.h>

#include "balancing/fleet.h"

// Zones that have no capacity, or are gone, and how members are evened out again.

namespace skyreplay::balancing {

void Fleet::lose_zone(std::uint32_t zone) {
  const std::vector<std::uint32_t> there =
      members_that([zone](const Member& member) { return member.zone == zone; });
  note("fault", fmt::format("faults: {} is lost; {}s in it: {}", zones_.front().name(zone),
                            config_.member, there.size()));
  for (ZoneBalance& zones : zones_) zones.close(zone);
  lose(there);
}

void Fleet::restore_zone(std::uint32_t zone) {
  note("fault", fmt::format("faults: {} is back", zones_.front().name(zone)));
  for (ZoneBalance& zones : zones_) zones.open(zone);
  reconcile();
}

void Fleet::refuse_capacity(std::uint32_t zone) {
  note("fault", fmt::format("faults: {} has no capacity", zones_.front().name(zone)));
  for (ZoneBalance& zones : zones_) zones.close(zone);
}

void Fleet::restore_capacity(std::uint32_t zone) {
  note("fault", fmt::format("faults: {} has capacity again", zones_.front().name(zone)));
  for (ZoneBalance& zones : zones_) zones.open(zone);
  reconcile();
}

void Fleet::close_zones() {
  for (ZoneBalance& zones : zones_) {
    for (std::uint32_t i = 0; i < config_.zones.size(); ++i) zones.close(i);
  }
}

void Fleet::open_zones() {
  for (ZoneBalance& zones : zones_) {
    for (std::uint32_t i = 0; i < config_.zones.size(); ++i) zones.open(i);
  }
  reconcile();
}

std::vector<bool> Fleet::zones_that_may_give() const {
  std::vector<bool> may(config_.zones.size(), false);
  for (std::uint32_t i = 0; i < members_.capacity(); ++i) {
    const Member& member = members_[i];
    if (!member.lives || member.state != State::kInService || member.is_protected) continue;
    may[member.zone] = true;
  }
  return may;
}

/// E18, E21, of groups alone, which have one kind of instances: first a launch where there are too
/// few, and once that is in service a termination.
void Fleet::rebalance_zones() {
  const bool may_be_uneven = !zones_.front().was_always_open() || one_was_set_aside_;
  if (!may_be_uneven || suspended_.launches || suspended_.rebalancing) return;
  while (members_alive_ >= wanted() && members_alive_ < most_while_rebalancing()) {
    const auto surplus = static_cast<std::uint32_t>(members_alive_ - wanted());
    const auto zone = zones_.front().lagging(surplus, zones_that_may_give());
    if (!zone) return;
    members_[start_launch(*zone)].rebalances = true;
    ++rebalancing_;
  }
}

}  // namespace skyreplay::balancing
