#include <fmt/format.h>

#include <algorithm>

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

std::vector<bool> Fleet::zones_that_may_give(std::uint32_t kind) const {
  std::vector<bool> may(config_.zones.size(), false);
  for (std::uint32_t i = 0; i < members_.capacity(); ++i) {
    const Member& member = members_[i];
    if (!member.lives || member.state != State::kInService || member.is_protected) continue;
    if (member.kind != kind) continue;
    may[member.zone] = true;
  }
  return may;
}

std::uint32_t Fleet::members_to_even_out(std::uint32_t kind, std::uint32_t zone) const {
  if (!config_.evens_out_all_kinds) return zones_[kind].members(zone);
  std::uint32_t members = 0;
  for (const ZoneBalance& zones : zones_) members += zones.members(zone);
  return members;
}

bool Fleet::zones_are_even() const {
  for (std::uint32_t kind = 0; kind < zones_.size(); ++kind) {
    std::uint32_t most = 0;
    std::uint32_t least = ~std::uint32_t{0};
    for (std::uint32_t zone = 0; zone < config_.zones.size(); ++zone) {
      const std::uint32_t members = members_to_even_out(kind, zone);
      most = std::max(most, members);
      if (zones_[kind].has_capacity(zone)) least = std::min(least, members);
    }
    if (least < most && most - least >= 2) return false;
  }
  return true;
}

bool Fleet::lags(std::uint32_t kind, std::uint32_t zone) const {
  const std::vector<bool> may_give = zones_that_may_give(kind);
  const std::uint32_t enough = members_to_even_out(kind, zone) + 2;
  for (std::uint32_t other = 0; other < may_give.size(); ++other) {
    if (may_give[other] && members_to_even_out(kind, other) >= enough) return true;
  }
  return false;
}

std::optional<std::uint32_t> Fleet::launch_where_lagging() {
  for (std::uint32_t kind = 0; kind < zones_.size(); ++kind) {
    const auto zone = choose_lagging_place(kind);
    if (!zone) continue;
    if (!may_launch(kind)) return std::nullopt;
    return start_launch(*zone, kind);
  }
  return std::nullopt;
}

/// E18, E21, of groups alone, which have one kind of instances: first a launch where there are too
/// few, and once that is in service a termination.
void Fleet::rebalance_zones() {
  const bool may_be_uneven = !zones_.front().was_always_open() || one_was_set_aside_;
  if (!may_be_uneven || suspended_.launches || suspended_.rebalancing) return;
  while (members_alive_ >= wanted() && members_alive_ < most_while_rebalancing()) {
    const auto surplus = static_cast<std::uint32_t>(members_alive_ - wanted());
    const auto zone = zones_.front().lagging(surplus, zones_that_may_give(0));
    if (!zone) return;
    members_[start_launch(*zone)].rebalances = true;
    ++rebalancing_;
  }
}

}  // namespace skyreplay::balancing
