// Capacity providers of a service: how tasks are split, and those that are interrupted (C71 to
// C74).
#include <algorithm>

#include "reference/model/fleet_service.h"

namespace skyreplay::reference {

/// On instances that drain are those that are replaced.
std::uint32_t FleetService::staying() const {
  return static_cast<std::uint32_t>(
      tasks_that([&](const Member& m) { return !m.leaves || keeps_leaving(); }).size());
}

bool FleetService::keeps_leaving() const {
  return world_.broken(Mutation::kLeavingKeepTheirShare) || fleet().providers.size() < 2;
}

std::int64_t FleetService::above_share(std::size_t provider, std::int64_t total,
                                       const Planned& failed) const {
  std::vector<Provider> providers = fleet().providers;
  if (providers.empty()) providers = {{}};
  const bool no_base = world_.broken(Mutation::kBaseIsSplitToo);
  std::int64_t all_weights = 0, all_base = 0, own = 0;
  for (const Provider& each : providers) {
    all_weights += each.weight;
    all_base += no_base ? 0 : each.base;
  }
  for (const Member& member : members_) {
    const bool counts = member.counts() && (!member.leaves || keeps_leaving()) &&
                        !world_.broken(Mutation::kSplitForgetsTheService);
    own += counts && member.provider == provider ? 1 : 0;
  }
  const auto planned = failed.find(provider);
  if (planned != failed.end()) own += planned->second;
  const std::int64_t base = no_base ? 0 : std::min<std::int64_t>(providers[provider].base, total);
  const std::int64_t rest = std::max<std::int64_t>(0, total - all_base);
  return (own - base) * all_weights - rest * providers[provider].weight;
}

std::size_t FleetService::provider_of_launch(const Planned& failed) const {
  const bool forgets = world_.broken(Mutation::kWaitingGoAnywhere);
  const Planned& planned = forgets ? Planned{} : failed;
  std::int64_t total = staying() + 1;
  for (const auto& [provider, count] : planned) total += count;
  std::size_t least = 0;
  for (std::size_t i = 1; i < fleet().providers.size(); ++i) {
    if (above_share(i, total, planned) < above_share(least, total, planned)) least = i;
  }
  return least;
}

std::optional<std::size_t> FleetService::provider_that_gives() const {
  std::optional<std::size_t> most;
  const std::int64_t total = std::int64_t{staying()} - 1;
  for (const Member& member : members_) {
    if (!member.counts() || (member.leaves && !keeps_leaving())) continue;
    const std::size_t i = member.provider;
    const std::int64_t its = above_share(i, total, {});
    const std::int64_t best = most ? above_share(*most, total, {}) : its - 1;
    if (its > best || (its == best && i > *most)) most = i;
  }
  return most;
}

void FleetService::interrupt_task(std::size_t member) {
  if (members_[member].state != Member::State::kInService) return;
  note("spot");
  members_[member].signaled = world_.now();
  note("terminate", static_cast<std::int64_t>(member));
  const Time timeout =
      std::min<Time>(std::chrono::seconds{fleet().stop_timeout}, std::chrono::minutes{2});
  const bool finish = world_.broken(Mutation::kInterruptedMayFinish);
  drain(member, finish ? fleet().deregistration_delay : timeout);
  if (!world_.broken(Mutation::kInterruptedIsNotReplaced)) reconcile();
}

}  // namespace skyreplay::reference
