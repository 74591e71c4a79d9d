// Two implementations of the models, on random small scenarios: every number is equal.
#include <doctest/doctest.h>

#include <cstdlib>

#include "reference/both.h"
#include "reference/model/simulate.h"
#include "reference/random_scenario.h"

namespace skyreplay::reference {
namespace {

/// SKYREPLAY_SCENARIO=n runs that one alone, SKYREPLAY_SCENARIOS=n so many instead of `otherwise`.
std::pair<std::uint64_t, std::uint64_t> scenarios(std::uint64_t otherwise) {
  if (const char* one = std::getenv("SKYREPLAY_SCENARIO")) {
    const std::uint64_t number = std::strtoull(one, nullptr, 10);
    return {number, number + 1};
  }
  const char* many = std::getenv("SKYREPLAY_SCENARIOS");
  return {0, many == nullptr ? otherwise : std::strtoull(many, nullptr, 10)};
}

TEST_CASE("random scenarios come out the same in the reference simulator") {
  const auto [from, to] = scenarios(2'500);
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
