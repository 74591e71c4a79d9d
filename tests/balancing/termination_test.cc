#include "balancing/termination.h"

#include <doctest/doctest.h>

#include <algorithm>

namespace skyreplay::balancing {
namespace {

using namespace std::chrono_literals;
using Policy = TerminationPolicy;
using Members = std::vector<TerminationCandidate>;

/// At 100 minutes.
std::uint32_t first(const TerminationRule& rule, const Members& members) {
  const TerminationOrder order(rule, TimePoint{100min});
  return std::min_element(members.begin(), members.end(),
                          [&](const auto& a, const auto& b) { return order.goes_before(a, b); })
      ->ordinal;
}

TerminationCandidate member(std::uint32_t ordinal, std::uint32_t zone, std::uint32_t zone_members,
                            Duration launched, bool serves = true) {
  return {ordinal, zone, zone_members, TimePoint{launched}, serves};
}

const TerminationRule kOldest{{Policy::kOldestInstance}, true};
const TerminationRule kNewest{{Policy::kNewestInstance}, true};
const TerminationRule kHour{{Policy::kClosestToNextInstanceHour}, true};

TEST_CASE("E33: the fullest zone gives up one before any policy is asked") {
  CHECK(first(kOldest, {member(0, 0, 1, 0min), member(1, 1, 2, 10min), member(2, 1, 2, 20min)}) ==
        1);
}

TEST_CASE("E33: of zones that are as full the policies choose over all of them") {
  const Members members = {member(0, 0, 1, 0min), member(1, 1, 1, 10min)};
  CHECK(first(kOldest, members) == 0);
  CHECK(first(kNewest, members) == 1);
  // Without them, as for tasks, the last zone is chosen first.
  CHECK(first({{}, false}, members) == 1);
}

TEST_CASE("E33: the oldest, the newest, or whose hour since its launch ends first") {
  // At 100 minutes these are 40, 30 and 10 minutes into an hour.
  const Members members = {member(0, 0, 3, 0min), member(1, 0, 3, 70min), member(2, 0, 3, 90min)};
  CHECK(first(kOldest, members) == 0);
  CHECK(first(kNewest, members) == 2);
  CHECK(first(kHour, members) == 0);
  CHECK(first(kHour, {member(0, 0, 3, 30min), member(1, 0, 3, 45min), member(2, 0, 3, 90min)}) ==
        1);
}

TEST_CASE("E33: what a policy leaves open the next decides, then the last zone, then the oldest") {
  // Launched at 10 and 70 minutes, both are 30 into an hour.
  const Members members = {member(0, 0, 2, 10min), member(1, 0, 2, 70min), member(2, 1, 2, 70min),
                           member(3, 1, 2, 70min)};
  CHECK(first({{Policy::kClosestToNextInstanceHour, Policy::kNewestInstance}, true}, members) == 2);
  CHECK(first({{Policy::kClosestToNextInstanceHour, Policy::kOldestInstance}, true}, members) == 0);
  CHECK(first(kHour, members) == 2);
}

TEST_CASE("E33: one that is not in service yet goes before any that is, the latest first") {
  CHECK(first(kOldest, {member(0, 0, 3, 0min), member(1, 0, 3, 99min, false),
                        member(2, 0, 3, 99min, false)}) == 2);
}

}  // namespace
}  // namespace skyreplay::balancing
