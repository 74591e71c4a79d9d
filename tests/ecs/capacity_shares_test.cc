#include "ecs/capacity_shares.h"

#include <doctest/doctest.h>

#include "core/random.h"

namespace skyreplay::ecs {
namespace {

using namespace std::chrono_literals;

constexpr TimePoint at(Duration since_epoch) { return TimePoint{since_epoch}; }

/// An item of seconds.
const pricing::Tariff& seconds() {
  static const pricing::Tariff tariff(
      "test.seconds", "*", "hour",
      {{.usd = *pricing::Decimal::parse("1"), .source = "a test", .as_of = "undated"}});
  return tariff;
}

TEST_CASE("C121: a CPU unit weighs as nine MiB, and what nobody reserves is idle") {
  pricing::Meters whole;
  whole.add_item(seconds());
  CapacityShares shares(at(0s));
  const std::uint32_t web = shares.add_service();
  shares.bill({2048, 8000, 0}, true, at(0s));             // 9 x 2,048 + 8,000 = 26,432
  shares.reserve(web, {1024, 4000, 0}, true, at(1800s));  // half of it for half of the hour
  whole.advance_to(0, 3600);
  shares.read(at(3600s), whole);
  CHECK(shares.part(web, 0) == 900);
  CHECK(shares.idle(0) == 2700);
}

TEST_CASE("C121: the parts of all services and what is idle add up, and never fall") {
  pricing::Meters whole;
  whole.add_item(seconds());
  CapacityShares shares(at(0s));
  const RandomStream stream(1, "shares", "test");
  for (int i = 0; i < 3; ++i) shares.add_service();
  shares.bill({3000, 0, 0}, true, at(0s));
  for (std::uint32_t i = 0; i < 3; ++i) shares.reserve(i, {1000, 0, 0}, true, at(0s));
  std::array<std::uint64_t, 4> before{};
  std::uint64_t metered = 0;
  for (std::uint64_t reading = 1; reading <= 1'000; ++reading) {
    RandomEngine draw = stream.at(reading);
    metered += draw() % 5;
    whole.advance_to(0, metered);
    shares.read(at(std::chrono::seconds(reading)), whole);
    const std::array<std::uint64_t, 4> now{shares.part(0, 0), shares.part(1, 0), shares.part(2, 0),
                                           shares.idle(0)};
    REQUIRE(now[0] + now[1] + now[2] + now[3] == metered);
    for (std::size_t i = 0; i < 4; ++i) REQUIRE(now[i] >= before[i]);
    before = now;
  }
  // Everything is reserved: what is idle is what thirds leave of whole units.
  CHECK(shares.idle(0) <= 3);
}

}  // namespace
}  // namespace skyreplay::ecs
