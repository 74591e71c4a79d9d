// Faults (docs/models.md).
#include "reference/model/world.h"

namespace skyreplay::reference {

void World::begin_fault(std::size_t index) {
  const Fault& fault = scenario.faults[index];
  journal.activities.push_back({now(), fault.service, "fault", -1, -1});
  if (fault.kind == Fault::Kind::kKill) return stations[fault.service]->kill(fault.count);
  failing[index] = true;
}

void World::end_fault(std::size_t index) {
  journal.activities.push_back({now(), scenario.faults[index].service, "fault", -1, -1});
  failing[index] = broken(Mutation::kFaultsLast);
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
