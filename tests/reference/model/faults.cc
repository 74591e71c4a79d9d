// Faults (docs/models.md).
#include "reference/model/world.h"

namespace skyreplay::reference {

void World::begin_fault(std::size_t index) {
  const Fault& fault = scenario.faults[index];
  if (fault.kind == Fault::Kind::kKill) {
    journal.activities.push_back({now(), fault.service, "fault", -1, -1});
    return stations[fault.service]->kill(fault.count);
  }
  if (fault.kind == Fault::Kind::kInterruptSpot) {
    journal.activities.push_back({now(), fault.service, "fault", -1, -1});
    return stations[fault.service]->interrupt_spot(fault.factor);
  }
  failing[index] = true;
  tell_of(fault);
}

void World::end_fault(std::size_t index) {
  failing[index] = broken(Mutation::kFaultsLast);
  tell_of(scenario.faults[index]);
}

void World::operate(std::size_t index) {
  const Operation& operation = scenario.operations[index];
  stations[operation.service]->operate(operation);
}

void World::tell_of(const Fault& fault) {
  const bool closes =
      fault.kind == Fault::Kind::kZoneLoss || fault.kind == Fault::Kind::kRefuseCapacity;
  if (closes) {
    for (const auto& station : stations) station->zones_change();
  } else {
    journal.activities.push_back({now(), fault.service, "fault", -1, -1});
  }
}

bool World::is_closed(Fault::Kind kind, std::size_t service, std::uint32_t zone) const {
  for (std::size_t i = 0; i < failing.size(); ++i) {
    const Fault& fault = scenario.faults[i];
    if (!failing[i] || fault.kind != kind || fault.zone != zone) continue;
    if (fault.everywhere || fault.service == service) return true;
  }
  return false;
}

double World::factor(Fault::Kind kind, std::size_t service) const {
  double product = 1;
  for (std::size_t i = 0; i < failing.size(); ++i) {
    const Fault& fault = scenario.faults[i];
    if (failing[i] && fault.kind == kind && fault.service == service) product *= fault.factor;
  }
  return product;
}

}  // namespace skyreplay::reference
