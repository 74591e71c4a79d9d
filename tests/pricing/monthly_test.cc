#include "pricing/monthly.h"

#include <doctest/doctest.h>

#include <array>
#include <chrono>

namespace skyreplay::pricing {
namespace {

using std::chrono::hours;

const Tariff& builtin(const char* line_item) {
  return Catalogue::builtin().tariff(line_item, "us-east-1");
}

/// A Lambda service's meters: requests, and duration in GB-second.
Meters lambda(const std::string& architecture, std::uint64_t requests, std::uint64_t gb_seconds) {
  Meters meters;
  meters.add(meters.add_item(builtin(("lambda.requests_" + architecture).c_str())), requests);
  meters.add(meters.add_item(builtin(("lambda.duration_" + architecture).c_str())),
             gb_seconds * 1'024'000);
  return meters;
}

}  // namespace

TEST_CASE("L94: a month within the free tier costs nothing, and one unit more costs that unit") {
  const Meters free = lambda("x86", 1'000'000, 400'000);
  const std::array services = {BilledService{"fn", &free}};
  CHECK(monthly_estimate(services, kMonth).total == 0);
  const Meters more = lambda("x86", 1'000'001, 400'001);
  const std::array dearer = {BilledService{"fn", &more}};
  CHECK(monthly_estimate(dearer, kMonth).total == 200 + 16'667);
}

TEST_CASE("L94: 3 million calls of 120 ms at 1,536 MB cost 2.733338 USD a month") {
  // 540,000 GB-second less 400,000 are 140,000 x 0.0000166667 = 2.333338 USD; 2 M requests 0.40
  // USD.
  const Meters meters = lambda("x86", 3'000'000, 540'000);
  const std::array services = {BilledService{"backend", &meters}};
  const MonthlyEstimate estimate = monthly_estimate(services, kMonth);
  CHECK(estimate.unavailable.empty());
  CHECK(format_usd(estimate.total) == "2.733338000");
  REQUIRE(estimate.rows.size() == 4);
  CHECK(estimate.rows[0].line_item == "lambda.free_tier_requests");
  CHECK(estimate.rows[0].quantity == "1000000");
  CHECK(estimate.rows[0].amount == 0);
  CHECK(estimate.rows[1].line_item == "lambda.requests_x86");
  CHECK(estimate.rows[1].quantity == "2000000");
  CHECK(estimate.rows[3].quantity == "140000");
}

TEST_CASE("L94: x86 and arm draw on one free tier, in the order of the services") {
  const Meters x86 = lambda("x86", 600'000, 300'000);
  const Meters arm = lambda("arm", 600'000, 300'000);
  const std::array services = {BilledService{"x", &x86}, BilledService{"a", &arm}};
  // 200,000 requests and 200,000 GB-second of arm remain: 0.04 + 200,000 x 0.0000133334 = 2.66668
  // USD.
  CHECK(monthly_estimate(services, kMonth).total == 40'000'000 + 2'666'680'000);
  const std::array reversed = {BilledService{"a", &arm}, BilledService{"x", &x86}};
  CHECK(monthly_estimate(reversed, kMonth).total == 40'000'000 + 3'333'340'000);
}

TEST_CASE("a tenth of a month is multiplied by ten before the free tier and the tiers apply") {
  const Meters meters = lambda("x86", 300'000, 54'000);
  const std::array services = {BilledService{"backend", &meters}};
  CHECK(format_usd(monthly_estimate(services, hours(73)).total) == "2.733338000");
  // 7e8 GB-second in 73 h are 7e9 a month: 6e9 at the first price, 1e9 - 400,000 at the second.
  const Meters large = lambda("x86", 0, 700'000'000);
  const std::array heavy = {BilledService{"heavy", &large}};
  const MonthlyEstimate estimate = monthly_estimate(heavy, hours(73));
  CHECK(estimate.total == 100'000'200'000'000 + 14'994'000'000'000);
}

TEST_CASE(
    "the extrapolation is exact: a horizon of seven hours leaves no rounding before the price") {
  Meters meters;
  meters.add(meters.add_item(builtin("sqs.standard_requests")), 7);
  const std::array services = {BilledService{"q", &meters}};
  const MonthlyEstimate estimate = monthly_estimate(services, hours(7));
  CHECK(estimate.rows[0].quantity == "730");
  CHECK(estimate.total == 730 * 400);
  Meters one;
  one.add(one.add_item(builtin("sqs.standard_requests")), 1);
  const std::array single = {BilledService{"q", &one}};
  // 730 / 7 requests x 400 = 41,714.29
  CHECK(monthly_estimate(single, hours(7)).rows[0].quantity == "104.285714285714286");
  CHECK(monthly_estimate(single, hours(7)).total == 41'714);
}

TEST_CASE("without a horizon there is no estimate, and the reason is given") {
  const Meters meters = lambda("x86", 1, 1);
  const std::array services = {BilledService{"fn", &meters}};
  const MonthlyEstimate estimate = monthly_estimate(services, Duration::zero());
  CHECK(estimate.unavailable == "the trace has no length to extrapolate from");
  CHECK(estimate.rows.empty());
}

TEST_CASE("an estimate beyond the known prices is unavailable and names the item") {
  Meters meters;
  meters.add(meters.add_item(Catalogue::builtin().tariff("lambda.duration_x86", "us-east-2")),
             100'000'000 * 1'024'000ULL);
  const std::array services = {BilledService{"fn", &meters}};
  CHECK(monthly_estimate(services, hours(1)).unavailable ==
        "lambda.duration_x86 in us-east-2: no price is known beyond 6000000000 GB-second");
}

TEST_CASE(
    "E118: a load balancer's month has 730 hours, however short the trace and its begun hour") {
  for (const auto& [horizon, begun] : {std::pair{Duration(hours(1)) / 60, 1},
                                       {Duration(hours(1)), 1},
                                       {Duration(hours(3)) / 2, 2},
                                       {Duration(hours(8)), 8}}) {
    CAPTURE(horizon.count());
    Meters meters;
    meters.add(meters.add_item(builtin("alb.load_balancer")), 3600U * static_cast<unsigned>(begun));
    const std::array services = {BilledService{"web", &meters}};
    CHECK(monthly_estimate(services, horizon).rows[0].quantity == "730");
    CHECK(format_usd(monthly_estimate(services, horizon).total) == "16.425000000");
  }
}

TEST_CASE("an amount out of range makes the estimate unavailable instead of wrapping") {
  Meters meters;
  meters.add(meters.add_item(builtin("alb.load_balancer")), std::uint64_t{1} << 62);
  const std::array services = {BilledService{"lb", &meters}};
  CHECK(monthly_estimate(services, Duration(1)).unavailable ==
        "alb.load_balancer in us-east-1: the amount is above 9223372036 USD");
}

}  // namespace skyreplay::pricing
