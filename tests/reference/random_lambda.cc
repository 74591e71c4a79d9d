#include "reference/random_lambda.h"

#include <algorithm>

namespace skyreplay::reference {
namespace {

using namespace std::chrono_literals;

bool may_loop(const Scenario& scenario, std::size_t service) {
  const Service& of = scenario.services[service];
  const bool is_called = std::any_of(scenario.calls.begin(), scenario.calls.end(),
                                     [&](const Call& call) { return call.to == service; });
  return of.platform == Service::Platform::kFunction && !of.function.reads_queue &&
         !of.function.reads_stream && !is_called;
}

/// A function that this one calls once, nobody else calls, and that calls nobody.
std::optional<std::size_t> partner(const Scenario& scenario, std::size_t service) {
  for (const Call& call : scenario.calls) {
    const auto& calls = scenario.calls;
    if (call.from != service || call.count > 1 || call.to == service) continue;
    const Service& to = scenario.services[call.to];
    if (to.platform != Service::Platform::kFunction || to.function.reads_queue ||
        to.function.reads_stream || to.function.front != Function::Front::kNone) {
      continue;
    }
    const auto touches = std::count_if(calls.begin(), calls.end(), [&](const Call& other) {
      return other.to == call.to || other.from == call.to;
    });
    if (touches == 1) return call.to;
  }
  return std::nullopt;
}

}  // namespace

void RandomLambda::add_to(Scenario& scenario) {
  Dice& dice = draws_.dice;
  scenario.account.counts_functions = dice.chance(60);
  for (std::size_t i = 0; i < scenario.services.size(); ++i) {
    Service& service = scenario.services[i];
    if (service.platform != Service::Platform::kFunction) continue;
    Function& function = service.function;
    if (dice.chance(20)) function.crash_probability = dice.one_of<double>({0.1, 0.5, 1});
    if (dice.chance(20)) {
      function.plan_permille = dice.one_of<std::uint32_t>({1, 120, 170, 900});
      function.plan_ppm = dice.one_of<std::uint32_t>({1, 333'333, 800'000, 1'000'000});
    }
    if (may_loop(scenario, i) && dice.chance(25)) add_loop(scenario, i);
  }
}

/// It calls itself, or whom it calls calls it. Whoever may go on for ever does so ever less often.
void RandomLambda::add_loop(Scenario& scenario, std::size_t service) {
  Dice& dice = draws_.dice;
  const auto other = partner(scenario, service);
  Function& function = scenario.services[service].function;
  if (dice.chance(80)) function.front = Function::Front::kNone;
  const bool is_followed = function.front == Function::Front::kNone;
  function.allows_loops = dice.chance(25);
  const bool ends = is_followed && !function.allows_loops;
  scenario.calls.push_back({.from = other && dice.chance(70) ? *other : service,
                            .to = service,
                            .count = 1,
                            .probability = ends && dice.chance(80) ? 1.0 : 0.9,
                            .sync = false,
                            .fails_caller = false,
                            .work = dice.chance(60) ? Law{} : draws_.law(2),
                            .wait = dice.chance(60) ? Law{} : draws_.law(2)});
  if (dice.chance(60)) scenario.drain = std::min<Time>(scenario.window * 40, 15min);
}

}  // namespace skyreplay::reference
