#include "reference/random_events.h"

#include <algorithm>

namespace skyreplay::reference {

using namespace std::chrono_literals;

void RandomEvents::add_to(Scenario& scenario) {
  events(scenario);
  messages(scenario);
  streams(scenario);
  few_bytes(scenario);
}

void RandomEvents::events(Scenario& scenario) {
  Dice& dice = events_.dice;
  if (!dice.chance(60)) return;
  bool any = false;
  for (Service& service : scenario.services) {
    Function& function = service.function;
    if (service.platform != Service::Platform::kFunction || !dice.chance(80)) continue;
    function.takes_events = any = true;
    function.retries = dice.below(3);
    function.max_event_age = dice.one_of<Time>({60s, 61s, 150s, 10min, 6h});
    function.destination = dice.chance(50);
    const bool closes = function.reserved == 1 && !function.provisioned && dice.chance(20);
    if (closes) function.reserved = 0;
  }
  if (!any) return;
  for (std::size_t i = 0; i < scenario.routes.size(); ++i) {
    scenario.kinds.push_back(dice.one_of(
        {RouteKind::kSync, RouteKind::kAsync, RouteKind::kAsync, RouteKind::kSchedule}));
  }
  scenario.drain = std::min(std::max(scenario.drain, dice.one_of<Time>({0s, 3min, 15min})),
                            scenario.window * 40);
}

/// Some functions read a queue instead.
void RandomEvents::messages(Scenario& scenario) {
  Dice& dice = messages_.dice;
  if (!dice.chance(50)) return;
  scenario.kinds.resize(scenario.routes.size(), RouteKind::kSync);
  bool any = false;
  for (std::size_t i = 0; i < scenario.services.size(); ++i) {
    if (scenario.services[i].platform != Service::Platform::kFunction || !dice.chance(80)) continue;
    any = true;
    Function& function = scenario.services[i].function;
    function.takes_events = false;
    read_queue(function, makes_calls(scenario, i));
    for (std::size_t route = 0; route < scenario.routes.size(); ++route) {
      if (scenario.routes[route] != i) continue;
      scenario.kinds[route] = dice.chance(80) ? RouteKind::kQueue : RouteKind::kSync;
    }
  }
  if (!any) return;
  scenario.drain = std::min(std::max(scenario.drain, dice.one_of<Time>({0s, 3min, 15min})),
                            scenario.window * 40);
}

bool RandomEvents::makes_calls(const Scenario& scenario, std::size_t service) {
  return std::any_of(scenario.calls.begin(), scenario.calls.end(),
                     [service](const Call& call) { return call.from == service; });
}

void RandomEvents::read_queue(Function& function, bool makes_calls) {
  Dice& dice = messages_.dice;
  function.reads_queue = true;
  function.batch_size = makes_calls ? 1 : dice.one_of<std::uint32_t>({1, 2, 3, 10, 11});
  function.batching_window = 1s * dice.one_of<int>({0, 0, 1, 2, 20});
  if (function.batch_size > 10) function.batching_window = 2s;
  if (dice.chance(60)) function.max_concurrency = dice.between(2, 7);
  function.reports_failures = dice.chance(50);
  // Changes may raise a timeout to 3 s.
  function.visibility = std::max<Time>(3s, function.timeout) + 1s * dice.below(3);
  if (dice.chance(60)) function.max_receives = dice.between(1, 3);
  function.retention = dice.one_of<Time>({60s, 345600s});
  function.failure_probability = dice.one_of<double>({0, 0.2, 0.5});
}

/// What comes back for ever sends its bytes each time: never into the second tier of their price,
/// which the reference does not know.
void RandomEvents::few_bytes(Scenario& scenario) {
  const auto comes_back = [](RouteKind kind) {
    return kind == RouteKind::kQueue || kind == RouteKind::kStream;
  };
  if (std::none_of(scenario.kinds.begin(), scenario.kinds.end(), comes_back)) return;
  for (Row& row : scenario.rows) row.bytes_out = std::min<std::uint64_t>(row.bytes_out, 1'000'000);
}

/// And some a stream.
void RandomEvents::streams(Scenario& scenario) {
  Dice& dice = streams_.dice;
  if (!dice.chance(40)) return;
  scenario.kinds.resize(scenario.routes.size(), RouteKind::kSync);
  for (std::size_t i = 0; i < scenario.services.size(); ++i) {
    if (scenario.services[i].platform != Service::Platform::kFunction || !dice.chance(60)) continue;
    Function& function = scenario.services[i].function;
    function.takes_events = function.reads_queue = false;
    read_stream(function, makes_calls(scenario, i));
    for (std::size_t route = 0; route < scenario.routes.size(); ++route) {
      if (scenario.routes[route] != i) continue;
      scenario.kinds[route] = dice.chance(80) ? RouteKind::kStream : RouteKind::kSync;
    }
  }
  scenario.drain = std::min(std::max(scenario.drain, dice.one_of<Time>({0s, 3min, 15min})),
                            scenario.window * 40);
}

void RandomEvents::read_stream(Function& function, bool makes_calls) {
  Dice& dice = streams_.dice;
  function.reads_stream = true;
  function.dynamodb = dice.chance(40);
  function.shards = dice.between(1, 3);
  function.parallelization = dice.between(1, 2);
  function.batch_size = makes_calls ? 1 : dice.one_of<std::uint32_t>({1, 2, 3, 4, 100});
  function.batching_window = 1s * dice.one_of<int>({0, 0, 1, 3});
  if (dice.chance(50)) function.partition_keys = dice.between(1, 4);
  function.bisects = dice.chance(50);
  if (dice.chance(60)) function.record_retries = dice.below(3);
  function.max_record_age.reset();
  if (dice.chance(60)) function.max_record_age = dice.one_of<Time>({60s, 90s});
  function.destination = dice.chance(50);
  function.reports_failures = dice.chance(50);
  function.failure_probability = dice.one_of<double>({0, 0.2, 0.5});
}

}  // namespace skyreplay::reference
