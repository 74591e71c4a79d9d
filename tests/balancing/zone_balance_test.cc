#include "balancing/zone_balance.h"

#include <doctest/doctest.h>

namespace skyreplay::balancing {
namespace {

using Zones = std::vector<std::uint32_t>;

/// Three zones with so many members.
ZoneBalance zones(const Zones& members, bool balanced_only = false) {
  ZoneBalance balance({"a", "b", "c"}, balanced_only);
  for (std::uint32_t zone = 0; zone < members.size(); ++zone) {
    for (std::uint32_t i = 0; i < members[zone]; ++i) balance.add(zone);
  }
  return balance;
}

const std::vector<bool> kAll = {true, true, true};

TEST_CASE("E20: a launch goes to the zone with the fewest members, the first of equals") {
  CHECK(zones({2, 1, 1}).choose().zone == 1);
  CHECK(zones({0, 0, 0}).choose().zone == 0);
}

TEST_CASE("E20: best effort goes on to the next zone that has capacity") {
  ZoneBalance balance = zones({0, 2, 1});
  balance.close(0);
  const ZoneBalance::Choice choice = balance.choose();
  CHECK(choice.zone == 2);
  CHECK(choice.without_capacity == Zones{0});
  balance.open(0);
  CHECK(balance.choose().zone == 0);
}

TEST_CASE("E20: where no zone has capacity the launch fails") {
  ZoneBalance balance = zones({0, 0, 0});
  for (std::uint32_t zone = 0; zone < 3; ++zone) balance.close(zone);
  const ZoneBalance::Choice choice = balance.choose();
  CHECK(!choice.zone);
  CHECK(choice.without_capacity == Zones{0, 1, 2});
}

TEST_CASE("E20: balanced only, a launch fails where it belongs, and counts there for the round") {
  ZoneBalance balance = zones({0, 1, 1}, true);
  balance.close(0);
  CHECK(!balance.choose().zone);
  // One has failed in a, so that each zone is taken to have one; the first again.
  CHECK(!balance.choose().zone);
  CHECK(balance.choose().zone == 1);
  balance.begin_round();
  CHECK(!balance.choose().zone);
}

TEST_CASE("a zone that is closed twice is open when it has been opened twice") {
  ZoneBalance balance = zones({0, 1, 1});
  CHECK(balance.was_always_open());
  balance.close(0);
  balance.close(0);
  balance.open(0);
  CHECK(!balance.has_capacity(0));
  balance.open(0);
  CHECK(balance.has_capacity(0));
  CHECK(!balance.was_always_open());
}

TEST_CASE("E21: a zone lags that has two fewer than the fullest, and capacity") {
  CHECK(zones({0, 3, 3}).lagging(0, kAll) == 0);
  CHECK(!zones({2, 3, 3}).lagging(0, kAll));
  ZoneBalance balance = zones({0, 3, 1});
  balance.close(0);
  CHECK(balance.lagging(0, kAll) == 2);
  balance.open(0);
  CHECK(balance.lagging(0, kAll) == 0);
}

TEST_CASE("E21: what is above the desired number is taken to go from the fullest zones") {
  // 0, 3, 3 with one more in a: b and c give one, which leaves 1, 3, 2: one more.
  CHECK(zones({1, 3, 3}).lagging(1, kAll) == 0);
  // With two more, 2, 2, 2.
  CHECK(!zones({2, 3, 3}).lagging(2, kAll));
}

TEST_CASE("E17, E21: a zone without a member that may go gives none") {
  CHECK(!zones({0, 3, 3}).lagging(0, {true, false, false}));
  CHECK(zones({0, 3, 3}).lagging(0, {true, false, true}) == 0);
}

}  // namespace
}  // namespace skyreplay::balancing
