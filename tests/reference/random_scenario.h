#pragma once

#include <cstdint>

#include "reference/model/scenario.h"

namespace skyreplay::reference {

/// The random scenario of that number: small, valid, and full of ties. Its times are multiples of a
/// unit of its own, most of them of few.
Scenario random_scenario(std::uint64_t number);

/// How many of them CI compares.
inline constexpr std::uint64_t kScenariosOfCi = 6'000;

/// Which of them a test is to run: [from, to).
struct Numbers {
  std::uint64_t from = 0;
  std::uint64_t to = 0;
};
/// The first `otherwise`, unless the environment says so: SKYREPLAY_SCENARIO=n that one alone,
/// SKYREPLAY_SCENARIOS=n the first n.
Numbers numbers_to_run(std::uint64_t otherwise);

}  // namespace skyreplay::reference
