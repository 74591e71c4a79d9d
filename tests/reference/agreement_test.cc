// Two implementations of the models, on random small scenarios: every number is equal.
#include <doctest/doctest.h>

#include "reference/both.h"
#include "reference/model/simulate.h"
#include "reference/random_scenario.h"

namespace skyreplay::reference {
namespace {

TEST_CASE("random scenarios come out the same in the reference simulator") {
  const auto [from, to] = numbers_to_run(kScenariosOfCi);
  int failures = 0;
  for (std::uint64_t number = from; number < to && failures < 3; ++number) {
    const Scenario scenario = random_scenario(number);
    if (difference(scenario, replay_it(scenario).result, simulate(scenario)).empty()) continue;
    ++failures;
    FAIL_CHECK(report(number, scenario, Mutation::kNone));
  }
  CHECK(failures == 0);
}

}  // namespace
}  // namespace skyreplay::reference
