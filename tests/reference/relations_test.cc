// Invariants that relate two runs (docs/invariants.md): what is added or moved changes nothing
// else.
#include <doctest/doctest.h>

#include <algorithm>

#include "reference/both.h"
#include "reference/random_scenario.h"
#include "reference/random_services.h"

namespace skyreplay::reference {
namespace {

/// The scenario with a service in front of all others, with a route of its own, to which no request
/// of the trace goes.
Scenario with_another(const Scenario& scenario, std::uint64_t number) {
  RandomServices draws(number);
  Service added{.name = "0"};
  const std::uint32_t which = draws.dice.below(3);
  added.platform = static_cast<Service::Platform>(which);
  added.function = draws.function();
  added.function.reserved.reset();  // which would take from the others
  added.fleet = draws.fleet();
  added.external = draws.external();
  added.fleet.desired = added.fleet.fargate ? 0 : added.fleet.desired;  // C49: so would its tasks
  Scenario more = scenario;
  more.services.insert(more.services.begin(), added);
  for (std::size_t& service : more.routes) ++service;
  for (Call& call : more.calls) ++call.from, ++call.to;
  for (Change& change : more.changes) ++change.service;
  for (Fault& fault : more.faults) ++fault.service;
  for (Operation& operation : more.operations) ++operation.service;
  for (Service& service : more.services) {
    if (service.fleet.cluster) ++*service.fleet.cluster;
    if (service.fleet.beside) ++*service.fleet.beside;
    if (service.job.cluster) ++*service.job.cluster;
  }
  more.routes.push_back(0);
  return more;
}

/// What of a result is the other services'.
Result without_added(Result result) {
  std::erase_if(result.rows, [](const WindowRow& row) { return row.service == 0; });
  for (WindowRow& row : result.rows) --row.service;
  std::erase_if(result.activities, [](const Activity& activity) { return activity.service == 0; });
  for (Activity& activity : result.activities) --activity.service;
  std::erase_if(result.meters, [](const Meter& meter) { return meter.service == "0"; });
  std::erase_if(result.bill, [](const BillRow& row) { return row.service == "0"; });
  result.services.erase(result.services.begin());
  result.routes.pop_back();
  return result;
}

TEST_CASE("I10: an added service changes nothing of the others") {
  const auto [from, to] = numbers_to_run(600);
  for (std::uint64_t number = from; number < to; ++number) {
    CAPTURE(number);
    const Scenario scenario = random_scenario(number);
    const Result more = replay_it(with_another(scenario, number)).result;
    CHECK(difference(scenario, replay_it(scenario).result, without_added(more)) == "");
  }
}

TEST_CASE("I11: a run that is moved by whole windows is the same run, later") {
  const auto [from, to] = numbers_to_run(600);
  for (std::uint64_t number = from; number < to; ++number) {
    CAPTURE(number);
    Scenario scenario = random_scenario(number);
    for (Service& service : scenario.services) {  // what is committed is told by the hour (E143)
      service.fleet.reserved_instances = 0;
      service.fleet.savings_plan = 0;
      service.fleet.scheduled.clear();  // so are recurrences, by the time of day (E77)
      std::erase_if(service.fleet.policies,
                    [](const Policy& policy) {  // and what is forecast (E78)
                      return policy.kind == Policy::Kind::kPredictive;
                    });
    }
    // A service that nothing scales any more has no bounds.
    std::erase_if(scenario.changes,
                  [](const Change& change) { return change.field == Change::Field::kMaxSize; });
    const Time by = scenario.window * 300;  // periods of metrics stay where they are: 5 min
    Scenario later = scenario;
    later.start += by;
    later.end += by;
    for (Row& row : later.rows) row.arrival += by;
    Result moved = replay_it(later).result;
    for (WindowRow& row : moved.rows) row.start -= by;
    for (Activity& activity : moved.activities) activity.time -= by;
    CHECK(difference(scenario, replay_it(scenario).result, moved) == "");
  }
}

}  // namespace
}  // namespace skyreplay::reference
