#include "reference/random_faults.h"

#include <algorithm>

namespace skyreplay::reference {

using namespace std::chrono_literals;

void RandomFaults::buy_spot(Fleet& fleet, Time length) {
  Dice& dice = failed_.dice;
  fleet.spot = true;
  fleet.reserved_instances = 0;
  fleet.savings_plan = 0;
  fleet.capacity_rebalance = dice.chance(50);
  fleet.shock_share = dice.one_of<double>({0.3, 0.7, 1});
  fleet.between_shocks = std::max<Time>(1s, length / dice.between(2, 8));
  fleet.shock_spread = std::min<Time>(failed_.time(4), 24h);
  fleet.reliable_time = dice.chance(50) ? 0ns : failed_.time(10);
  fleet.recommendation_lead = dice.chance(50) ? 0ns : std::min<Time>(failed_.time(4), 24h);
  Time change{};
  for (std::uint32_t i = priced_.dice.chance(40) ? priced_.dice.between(1, 2) : 0; i > 0; --i) {
    change += std::max<Time>(1ns, length / priced_.dice.between(2, 9));
    fleet.price_changes.push_back(change);
  }
}

void RandomFaults::add_to(Scenario& s, Time unit) {
  for (Service& service : s.services) {
    if (service.platform != Service::Platform::kFleet || service.fleet.fargate) continue;
    if (failed_.dice.chance(35)) buy_spot(service.fleet, s.end - s.start);
    service.fleet.public_addresses = failed_.dice.chance(30);
  }
  if (!failed_.dice.chance(50)) return;
  const auto units = static_cast<std::uint64_t>((s.end - s.start) / unit + 2);
  for (std::uint32_t i = failed_.dice.between(1, 4); i > 0; --i) {
    Fault fault{.at = unit * failed_.dice.below(units),
                .service = failed_.dice.below(s.services.size())};
    if (choose(fault, s.services[fault.service], unit)) s.faults.push_back(fault);
  }
}

bool RandomFaults::choose(Fault& fault, const Service& service, Time unit) {
  fault.count = failed_.dice.between(1, 3);
  fault.factor = failed_.dice.one_of<double>({0.5, 2, 3.7, 10});
  if (service.platform == Service::Platform::kFunction) return false;
  if (service.platform == Service::Platform::kExternal) {
    fault.kind = Fault::Kind::kSlowExternal;
  } else if (service.fleet.spot && failed_.dice.chance(40)) {
    fault.kind = Fault::Kind::kInterruptSpot;
    fault.factor = failed_.dice.one_of<double>({0.34, 0.5, 1});
  } else if (!service.fleet.fargate && failed_.dice.chance(30)) {
    fault.kind = Fault::Kind::kBootTime;
  } else if (failed_.dice.chance(60)) {
    fault.kind = Fault::Kind::kZoneLoss;
    fault.zone = failed_.dice.below(service.fleet.zones);
    fault.everywhere = failed_.dice.chance(50);
  }
  const bool is_at_once =
      fault.kind == Fault::Kind::kKill || fault.kind == Fault::Kind::kInterruptSpot;
  if (!is_at_once && failed_.dice.chance(70)) {
    fault.lasts = unit * failed_.dice.between(1, 20);
  }
  return true;
}

}  // namespace skyreplay::reference
