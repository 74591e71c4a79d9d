// That the two implementations agree says something only if a wrong one would not: each rule that
// is broken in the reference is found by a random scenario that CI runs.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <optional>
#include <string>

#include "reference/both.h"
#include "reference/model/simulate.h"
#include "reference/random_scenario.h"

namespace skyreplay::reference {
namespace {

/// What the reference as it is makes of a scenario: most rules are found by the first hundreds.
const Result& unbroken(std::uint64_t number) {
  static std::map<std::uint64_t, Result> results;
  const auto found = results.find(number);
  if (found != results.end()) return found->second;
  return results.emplace(number, simulate(random_scenario(number))).first->second;
}

/// The first scenario that tells the broken reference from skyreplay.
std::optional<std::uint64_t> found_by(Mutation mutation, std::uint64_t scenarios = kScenariosOfCi) {
  for (std::uint64_t number = 0; number < scenarios; ++number) {
    const Scenario scenario = random_scenario(number);
    const Result broken = simulate(scenario, mutation);
    if (difference(scenario, unbroken(number), broken).empty()) continue;
    if (!difference(scenario, replay_it(scenario).result, broken).empty()) return number;
  }
  return std::nullopt;
}

/// With SKYREPLAY_TELL set, says how each shows itself: docs/testing.md quotes it.
void tell(Mutation mutation, std::uint64_t number) {
  if (std::getenv("SKYREPLAY_TELL") == nullptr) return;
  const std::string text = report(number, random_scenario(number), mutation);
  std::printf("mutation %d: %s\n", static_cast<int>(mutation),
              text.substr(0, text.find("made smaller")).c_str());
}

/// All, or with SKYREPLAY_EVERY_NTH_RULE one in so many: under sanitizers, which look at how that
/// is found and not at whether.
int step() {
  const char* const given = std::getenv("SKYREPLAY_EVERY_NTH_RULE");
  return given == nullptr ? 1 : std::max(1, std::atoi(given));
}

TEST_CASE("every rule that is broken in the reference is found by the scenarios of CI") {
  constexpr std::uint64_t kAFew = 150;
  for (int i = 1; i < kMutations; i += step()) {
    CAPTURE(i);
    const std::optional<std::uint64_t> number =
        found_by(static_cast<Mutation>(i), step() == 1 ? kScenariosOfCi : kAFew);
    CHECK((number.has_value() || step() > 1));
    if (number) tell(static_cast<Mutation>(i), *number);
  }
}

TEST_CASE("what is reported of a difference is a scenario that still shows it, made smaller") {
  const std::optional<std::uint64_t> number = found_by(Mutation::kMillisecondsRoundedDown);
  REQUIRE(number.has_value());
  const Scenario scenario = random_scenario(*number);
  const Scenario small = shrunk(scenario, Mutation::kMillisecondsRoundedDown);
  CHECK(small.rows.size() == 1);
  CHECK(small.changes.empty());
  const std::string text = report(*number, scenario, Mutation::kMillisecondsRoundedDown);
  CHECK(text.find(": cost, nano-USD = ") != std::string::npos);
  CHECK(text.find("SKYREPLAY_SCENARIO=" + std::to_string(*number)) != std::string::npos);
  CHECK(text.find("version: 1") != std::string::npos);
}

}  // namespace
}  // namespace skyreplay::reference
