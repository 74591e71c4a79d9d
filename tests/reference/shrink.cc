#include <functional>

#include "core/error.h"
#include "reference/both.h"
#include "reference/model/simulate.h"

namespace skyreplay::reference {
namespace {

bool differs(const Scenario& scenario, Mutation mutation) {
  try {
    return !difference(scenario, replay_it(scenario).result, simulate(scenario, mutation)).empty();
  } catch (const InputError&) {
    return false;  // no scenario any more: a service that nothing reaches, say
  }
}

/// Takes away half, a quarter, ... and single elements of a list for as long as it differs.
template <typename T>
void shrink_list(Scenario& scenario, std::vector<T> Scenario::* list, Mutation mutation) {
  for (std::size_t size = (scenario.*list).size(); size > 0; size /= 2) {
    for (std::size_t at = 0; at + size <= (scenario.*list).size();) {
      Scenario smaller = scenario;
      const auto from = (smaller.*list).begin() + static_cast<std::ptrdiff_t>(at);
      (smaller.*list).erase(from, from + static_cast<std::ptrdiff_t>(size));
      if (differs(smaller, mutation)) {
        scenario = smaller;
      } else {
        at += size;
      }
    }
  }
}

void drop_unused_services(Scenario& scenario, Mutation mutation) {
  for (std::size_t i = scenario.services.size(); i-- > 0;) {
    Scenario smaller = scenario;
    smaller.services.erase(smaller.services.begin() + static_cast<std::ptrdiff_t>(i));
    bool used = false;
    const auto renumber = [&](std::size_t& service) {
      used |= service == i;
      if (service > i) --service;
    };
    for (std::size_t& route : smaller.routes) renumber(route);
    for (Call& call : smaller.calls) {
      renumber(call.from);
      renumber(call.to);
    }
    for (Change& change : smaller.changes) {
      const bool of_a_service = change.field <= Change::Field::kMaxConnections;
      if (of_a_service) renumber(change.service);
    }
    for (Fault& fault : smaller.faults) renumber(fault.service);
    for (Operation& operation : smaller.operations) renumber(operation.service);
    for (Service& service : smaller.services) {
      if (service.fleet.cluster) renumber(*service.fleet.cluster);
      if (service.fleet.beside) renumber(*service.fleet.beside);
      used |= i < scenario.services.size() && scenario.services[i].fleet.beside.has_value();
      if (service.job.cluster) renumber(*service.job.cluster);
    }
    if (!used && !smaller.services.empty() && differs(smaller, mutation)) scenario = smaller;
  }
}

/// Routes without requests go to the service of the first.
void join_routes(Scenario& scenario, Mutation mutation) {
  for (std::size_t i = scenario.routes.size(); i-- > 0;) {
    Scenario smaller = scenario;
    smaller.routes.erase(smaller.routes.begin() + static_cast<std::ptrdiff_t>(i));
    if (i < smaller.kinds.size()) {
      smaller.kinds.erase(smaller.kinds.begin() + static_cast<std::ptrdiff_t>(i));
    }
    bool used = smaller.routes.empty();
    for (Row& row : smaller.rows) {
      used |= row.route == i;
      if (row.route > i) --row.route;
    }
    if (!used && differs(smaller, mutation)) scenario = smaller;
  }
}

void drop_options(Scenario& scenario, Mutation mutation) {
  const std::function<void(Scenario&)> simpler[] = {
      [](Scenario& s) { s.client = {}; },
      [](Scenario& s) { s.client.max_attempts = 1; },
      [](Scenario& s) { s.client.timeout.reset(); },
      [](Scenario& s) { s.client.full_jitter = false; },
      [](Scenario& s) { s.account = {}; },
      [](Scenario& s) { s.warm_up = {}; },
      [](Scenario& s) { s.warm_start = true; },
      [](Scenario& s) { s.one_duration = false; },
      [](Scenario& s) { s.recorded_speed = 1; },
      [](Scenario& s) { s.window = std::chrono::minutes{1}; },
      [](Scenario& s) {
        for (Service& service : s.services) service.fleet.scheduled.clear();
      },
      [](Scenario& s) { s.kinds.clear(); },
      [](Scenario& s) {
        for (Row& row : s.rows) row.bytes_in = row.bytes_out = 0;
      },
  };
  for (const auto& simplify : simpler) {
    Scenario smaller = scenario;
    simplify(smaller);
    if (differs(smaller, mutation)) scenario = smaller;
  }
}

}  // namespace

Scenario shrunk(Scenario scenario, Mutation mutation) {
  if (!differs(scenario, mutation)) return scenario;
  shrink_list(scenario, &Scenario::rows, mutation);
  shrink_list(scenario, &Scenario::changes, mutation);
  shrink_list(scenario, &Scenario::faults, mutation);
  shrink_list(scenario, &Scenario::calls, mutation);
  join_routes(scenario, mutation);
  drop_unused_services(scenario, mutation);
  drop_options(scenario, mutation);
  shrink_list(scenario, &Scenario::rows, mutation);
  return scenario;
}

}  // namespace skyreplay::reference
