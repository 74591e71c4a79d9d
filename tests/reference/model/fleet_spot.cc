// Spot Instances: interruptions, and what is launched before.
#include <algorithm>

#include "reference/model/fleet_service.h"

namespace skyreplay::reference {

void FleetService::interrupt_spot(double share) {
  std::vector<std::size_t> serving = in_service();
  const bool tasks = fleet().fargate;
  if (tasks) {
    std::erase_if(serving, [this](std::size_t member) {
      return !fleet().providers[members_[member].provider].spot;
    });
  }
  serving.resize(static_cast<std::size_t>(share * static_cast<double>(serving.size()) + 0.5));
  for (const std::size_t member : serving) {
    if (tasks) {
      interrupt_task(member);
      continue;
    }
    rebalance(member);
    give_notice(member);
  }
}

bool FleetService::is_dear(std::size_t changes) const {
  if (world_.broken(Mutation::kPriceIsNoReason)) return false;
  const std::string item = "ec2.spot." + fleet().instance_type;
  const double price =
      std::stod(changes == 0 ? usd_of(item) : std::string(kSpotPrices[changes - 1]));
  const std::string most = fleet().max_price.empty()
                               ? usd_of("ec2.on_demand." + fleet().instance_type)
                               : fleet().max_price;
  return price > std::stod(most);
}

/// When the price next becomes too high, or no longer is.
void FleetService::plan_price(std::size_t changes) {
  for (std::size_t next = changes + 1; next <= fleet().price_changes.size(); ++next) {
    if (is_dear(next) == too_dear_) continue;
    const Time at = world_.scenario.start + fleet().price_changes[next - 1];
    return world_.calendar.plan(at, [this, next] { price_changes(next); });
  }
}

void FleetService::price_changes(std::size_t changes) {
  too_dear_ = !too_dear_;
  ever_closed_ = true;
  plan_price(changes);
  note("spot");
  if (!too_dear_) return reconcile();
  for (std::size_t i = 0; i < members_.size(); ++i) {
    const bool is_there = members_[i].state != Member::State::kGone;
    if (is_there && !world_.broken(Mutation::kPricedOutMayStay)) give_notice(i);
  }
}

void FleetService::plan_shock(std::uint32_t zone) {
  const std::string pool =
      std::string("pools.us-east-1") + static_cast<char>('a' + zone) + "." + fleet().instance_type;
  const Law gap{.kind = Law::Kind::kExponential, .a = fleet().between_shocks};
  const Time at = sample(gap, world_.bits(pool, "shock", shocks_[zone]));
  if (at >= Time::max() - world_.now()) return;
  world_.calendar.plan(world_.now() + at, [this, zone] { shock(zone); });
}

void FleetService::shock(std::uint32_t zone) {
  const std::uint64_t number = shocks_[zone]++;
  bool is_used = false;
  for (const std::size_t member : in_service()) {
    if (members_[member].zone != zone) continue;
    is_used = true;
    if (*members_[member].serves_since + fleet().reliable_time > world_.now()) continue;
    Bits draw = world_.bits(world_.entity(service_), "interruption", member, number, zone);
    const bool all = world_.broken(Mutation::kShocksTakeAll);
    if (draw.uniform() >= fleet().shock_share && !all) continue;
    const Law spread{.kind = Law::Kind::kUniform, .b = fleet().shock_spread};
    world_.calendar.plan(world_.now() + sample(spread, draw), [this, member] { warn(member); });
  }
  if (is_used) note("spot");
  plan_shock(zone);
}

void FleetService::warn(std::size_t member) {
  if (members_[member].state == Member::State::kGone) return;
  rebalance(member);
  world_.calendar.plan(world_.now() + fleet().recommendation_lead, [this, member] {
    if (members_[member].state == Member::State::kGone) return;
    rebalance(member);
    give_notice(member);
  });
}

void FleetService::give_notice(std::size_t member) {
  note("spot");
  const bool early = world_.broken(Mutation::kNoticeOfOneMinute);
  world_.calendar.plan(world_.now() + std::chrono::minutes{early ? 1 : 2}, [this, member] {
    if (members_[member].state == Member::State::kGone) return;
    members_[member].interrupted = true;
    lose({member});
  });
}

void FleetService::rebalance(std::size_t member) {
  if (!fleet().capacity_rebalance || world_.broken(Mutation::kReplacedWhenReclaimed)) return;
  if (members_[member].state != Member::State::kInService) return;
  if ((fleet().suspended & kLaunch) != 0) return;
  for (const auto& [old, by] : replaced_) {
    if (old == member) return;
  }
  if (alive() >= max_ + (desired_ + 9) / 10) return;
  std::vector<std::uint32_t> none(fleet().zones);
  const std::optional<std::uint32_t> zone = zone_of_launch(none, 0);
  if (!zone) return;
  note("replace");
  replaced_.emplace_back(member, members_.size());
  launch(*zone);
}

void FleetService::replaced_by(std::size_t by) {
  for (const auto& [old, launched] : replaced_) {
    if (launched != by) continue;
    note("terminate", static_cast<std::int64_t>(old));
    return drain(old);
  }
}

}  // namespace skyreplay::reference
