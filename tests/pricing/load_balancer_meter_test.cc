#include "pricing/load_balancer_meter.h"

#include <doctest/doctest.h>

#include <random>

#include "pricing/bill.h"

namespace skyreplay::pricing {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::nanoseconds;
using std::chrono::seconds;

constexpr TimePoint kStart{hours(1000) + minutes(17)};
constexpr BilledSpan kDay{kStart, kStart + hours(24)};
constexpr std::uint64_t kGb = std::uint64_t{1} << 30U;
constexpr std::uint64_t kLcuHour = 1'000'000'000;

/// A balancer with its meters: [0] seconds of hours, [1] 10^-9 LCU-hour.
struct World {
  Meters meters;
  LoadBalancerMeter meter;

  explicit World(const LoadBalancer& balancer = {}, BilledSpan span = kDay)
      : meter(Catalogue::builtin(), balancer, "us-east-1", span, meters) {}

  std::uint64_t lcu(Duration since_start, const LoadBalancerUse& use) {
    meter.read(kStart + since_start, use, meters);
    return meters.units(1);
  }
  std::uint64_t hour_seconds(Duration since_start) {
    meter.read(kStart + since_start, {}, meters);
    return meters.units(0);
  }
};

}  // namespace

TEST_CASE("E118: a partial hour is a full hour, metered when it begins") {
  World world;
  CHECK(world.hour_seconds(seconds(0)) == 3600);
  CHECK(world.hour_seconds(minutes(59)) == 3600);
  CHECK(world.hour_seconds(hours(1)) == 7200);
  CHECK(world.hour_seconds(hours(1) + minutes(30)) == 7200);
  CHECK(world.hour_seconds(hours(24) - nanoseconds(1)) == 24 * 3600);
  // At the end of the span no further hour begins.
  CHECK(world.hour_seconds(hours(24)) == 24 * 3600);
  CHECK(world.hour_seconds(hours(30)) == 24 * 3600);
}

TEST_CASE("E118: a span of 90 minutes pays two hours, an empty one pays one") {
  World world({}, {kStart, kStart + minutes(90)});
  CHECK(world.hour_seconds(minutes(90)) == 7200);
  CHECK(world.hour_seconds(minutes(300)) == 7200);
  World empty({}, {kStart, kStart});
  CHECK(empty.hour_seconds(seconds(0)) == 3600);
}

TEST_CASE("E118, E119: of the four dimensions only the largest is charged") {
  // An hour each, one connection a request.
  SUBCASE("new connections: 25 a second are one LCU") {
    CHECK(World().lcu(minutes(59), {.requests = 90'000}) == kLcuHour);
    CHECK(World().lcu(minutes(59), {.requests = 90'000, .bytes = kGb / 2}) == kLcuHour);
  }
  SUBCASE("active connections: 3,000 are one LCU") {
    // 10 requests a connection: 3,000 opened, each active for a minute, and 2,950 in flight for the
    // hour: 3,000 / 60 + 2,950 = 3,000.
    const std::uint64_t in_flight_ms = std::uint64_t{2'950} * 3'600'000;
    World world({.requests_per_connection_milli = 10'000});
    CHECK(world.lcu(minutes(59), {.requests = 30'000, .in_flight_ms = in_flight_ms}) == kLcuHour);
  }
  SUBCASE("bytes: 1 GB is one LCU") {
    CHECK(World().lcu(minutes(59), {.requests = 90'000, .bytes = 3 * kGb}) == 3 * kLcuHour);
  }
  SUBCASE("rule evaluations: 1,000 a second are one LCU, and 10 rules are free") {
    // 60 rules for 100 requests a second: 100 x 50 = 5,000 a second.
    World sixty({.requests_per_connection_milli = 100'000, .rules = 60});
    CHECK(sixty.lcu(minutes(59), {.requests = 360'000}) == 5 * kLcuHour);
    World ten({.requests_per_connection_milli = 100'000, .rules = 10});
    CHECK(ten.lcu(minutes(59), {.requests = 360'000}) == 40'000'000);  // 1 connection / s / 25
  }
}

TEST_CASE("E118, E119: the pricing page's example costs 1.08 LCU an hour, for its bytes") {
  // A new connection and 5 requests a second, 1.08 GB an hour, 60 rules: 1 / 25 = 0.04, 5 x 50 /
  // 1,000 = 0.25, and 1.08. At 0.008 USD: 0.00864 USD beside 0.0225 for the hour.
  World world({.requests_per_connection_milli = 5'000, .rules = 60});
  CHECK(world.lcu(minutes(59), {.requests = 18'000, .bytes = 1'159'641'170}) == 1'080'000'000);
  Ledger ledger({{.name = "web", .meters = &world.meters}});
  CHECK(ledger.settle(0) == 22'500'000 + 8'640'000);
}

TEST_CASE("E119: each hour is averaged and charged apart") {
  // 90,000 connections in the first hour, 2 GB in the second: 1 + 2, where one average over both
  // would charge only 2.
  World world;
  CHECK(world.lcu(hours(1), {.requests = 90'000}) == kLcuHour);
  CHECK(world.lcu(hours(2), {.requests = 90'000, .bytes = 2 * kGb}) == 3 * kLcuHour);
  CHECK(world.lcu(hours(9), {.requests = 90'000, .bytes = 2 * kGb}) == 3 * kLcuHour);
}

TEST_CASE("within an hour a reading shows the use so far, and the larger dimension takes over") {
  World world;
  CHECK(world.lcu(minutes(10), {.requests = 45'000}) == kLcuHour / 2);
  CHECK(world.lcu(minutes(20), {.requests = 45'000, .bytes = kGb / 4}) == kLcuHour / 2);
  CHECK(world.lcu(minutes(30), {.requests = 45'000, .bytes = kGb}) == kLcuHour);
}

TEST_CASE("what was used between readings around an hour's end is split in proportion to time") {
  World world;
  world.lcu(minutes(45), {});
  // 60 minutes, a quarter of them in the first hour: 1 GB and 3 GB.
  world.lcu(minutes(105), {.bytes = 4 * kGb});
  CHECK(world.meters.units(1) == 4 * kLcuHour);
  // To which 180,000 connections of the second hour add nothing: 2 LCU are less than 3.
  CHECK(world.lcu(minutes(110), {.requests = 180'000, .bytes = 4 * kGb}) == 4 * kLcuHour);
  CHECK(world.meter.next_hour(kStart + minutes(110)) == kStart + hours(2));
  CHECK(world.meter.next_hour(kStart + hours(2)) == kStart + hours(3));
}

TEST_CASE("who reads at each hour's end gets the same bill however often else it is read") {
  std::mt19937_64 random(11);
  const LoadBalancer balancer{.requests_per_connection_milli = 3'500, .rules = 25};
  World often(balancer);
  World hourly(balancer);
  LoadBalancerUse use;
  std::uint64_t last = 0;
  for (int minute = 1; minute <= 24 * 60; ++minute) {
    use.requests += random() % 50'000;
    use.bytes += random() % (kGb / 20);
    use.in_flight_ms += random() % 500'000'000;
    const std::uint64_t reading = often.lcu(minutes(minute), use);
    REQUIRE(reading >= last);
    last = reading;
    if (minute % 60 == 0) CHECK(hourly.lcu(minutes(minute), use) == reading);
  }
}

TEST_CASE("what is used after the span by its last requests is charged") {
  World world({}, {kStart, kStart + minutes(30)});
  world.lcu(minutes(30), {.requests = 10});
  CHECK(world.lcu(minutes(31), {.requests = 10, .bytes = kGb}) == kLcuHour);
  CHECK(world.meters.units(0) == 3600);
}

}  // namespace skyreplay::pricing
