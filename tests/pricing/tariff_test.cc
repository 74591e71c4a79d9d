#include "pricing/tariff.h"

#include <doctest/doctest.h>

#include <random>

#include "core/error.h"
#include "pricing/catalogue.h"
#include "pricing/tiered.h"
#include "pricing/units.h"

namespace skyreplay::pricing {
namespace {

const Tariff& duration_x86() {
  return Catalogue::builtin().tariff("lambda.duration_x86", "us-east-1");
}

/// Two tiers: 10 requests at 0.3 USD, then 0.1 USD without end.
Tariff two_tiers() {
  return Tariff("test.requests", "here", "request",
                {{.usd = *Decimal::parse("0.3"), .from = 0, .to = 10},
                 {.usd = *Decimal::parse("0.1"), .from = 10}});
}

std::string message_of(const std::vector<Tier>& tiers, const std::string& unit = "request") {
  try {
    Tariff("test.requests", "here", unit, tiers);
  } catch (const InputError& error) {
    return error.what();
  }
  return "no error";
}

}  // namespace

TEST_CASE("L98: a millisecond of x86 duration costs the published price per memory size") {
  // A million milliseconds each, so that the published per-ms figures show all their digits.
  // 128 MB: 128e6 MiB*ms x 16666.7 / 1,024,000 = 2,083,337.5, and a half goes to the even
  // 2,083,338.
  CHECK(price(duration_x86(), 128'000'000) == 2'083'338);
  CHECK(price(duration_x86(), 512'000'000) == 8'333'350);
  CHECK(price(duration_x86(), 1'024'000'000) == 16'666'700);
  CHECK(price(duration_x86(), 10'240'000'000) == 166'667'000);
  CHECK(price(duration_x86(), 128) == 2);  // 2.0833 of 10^-9 USD
}

TEST_CASE("L92: a GB-second is 1024 MiB for 1000 milliseconds") {
  CHECK(duration_x86().meter_units_per_unit() == 1'024'000);
  CHECK(duration_x86().meter_unit() == "MiB*ms");
  CHECK(price(duration_x86(), 1'024'000) == 16'667);  // 16,666.7
}

TEST_CASE("L81: a million requests cost 0.20 USD") {
  const Tariff& requests = Catalogue::builtin().tariff("lambda.requests_x86", "us-east-1");
  CHECK(price(requests, 1'000'000) == 200'000'000);
  CHECK(price(requests, 1) == 200);
}

TEST_CASE("a half of the last digit goes to the even neighbor, upward and downward") {
  // 5,120,000 units x 166667 / 10,240,000 = 83,333.5: up to the even 83,334.
  CHECK(price(duration_x86(), 5'120'000) == 83'334);
  // Three times as many: 250,000.5: down to the even 250,000.
  CHECK(price(duration_x86(), 15'360'000) == 250'000);
  // One unit more or less is no longer a half.
  CHECK(price(duration_x86(), 15'360'001) == 250'001);
  CHECK(price(duration_x86(), 5'119'999) == 83'333);
}

TEST_CASE(
    "L80: duration beyond 6 billion GB-second costs the second tier, beyond 15 billion the third") {
  constexpr std::uint64_t kGbSecond = 1'024'000;
  constexpr std::uint64_t kBillion = 1'000'000'000;
  // 6e9 x 0.0000166667 = 100,000.20 USD.
  const NanoUsd first = 100'000'200'000'000;
  CHECK(price(duration_x86(), 6 * kBillion * kGbSecond) == first);
  // 1e9 more at 0.000015 = 15,000 USD.
  CHECK(price(duration_x86(), 7 * kBillion * kGbSecond) == first + 15'000'000'000'000);
  // All of the second tier, 9e9 x 0.000015 = 135,000, and 1e9 x 0.0000133334 = 13,333.40 USD.
  CHECK(price(duration_x86(), 16 * kBillion * kGbSecond) ==
        first + 135'000'000'000'000 + 13'333'400'000'000);
  CHECK(price(duration_x86(), kBillion * kGbSecond, 6 * kBillion * kGbSecond) ==
        15'000'000'000'000);
}

TEST_CASE("use that crosses a tier's end pays each part its own price") {
  const Tariff tariff = two_tiers();
  CHECK(price(tariff, 10) == 3'000'000'000);
  CHECK(price(tariff, 11) == 3'100'000'000);
  CHECK(price(tariff, 4, 8) == 800'000'000);  // two at 0.3, two at 0.1
  CHECK(price(tariff, 4, 10) == 400'000'000);
  CHECK(price(tariff, 0, 8) == 0);
}

TEST_CASE("however use is cut into spans, their prices add up to the price of the whole") {
  std::mt19937_64 random(7);
  for (const Tariff& tariff : Catalogue::builtin().tariffs()) {
    CAPTURE(tariff.line_item());
    std::uint64_t used = 0;
    NanoUsd sum = 0;
    for (int i = 0; i < 50; ++i) {
      const std::uint64_t units = random() % (tariff.meter_units_per_unit() * 10);
      if (tariff.tiers().back().to != Tier::kUnlimited &&
          used + units > tariff.tier_end(tariff.tiers().size() - 1)) {
        break;
      }
      sum += price(tariff, units, used);
      used += units;
    }
    CHECK(sum == price(tariff, used));
  }
}

TEST_CASE(
    "2^63 units of any catalogue price stay within 128 bits and out of range is said, not "
    "wrapped") {
  constexpr std::uint64_t kMost = std::uint64_t{1} << 63;
  for (const Tariff& tariff : Catalogue::builtin().tariffs()) {
    CAPTURE(tariff.line_item());
    CAPTURE(tariff.region());
    for (std::size_t i = 0; i < tariff.tiers().size(); ++i) {
      // 2^63 x price must leave room for the factor 2 of the rounding: below 2^126.
      CHECK(tariff.nano_numerator(i) < std::uint64_t{1} << 62);
    }
    const bool known = tariff.tiers().back().to == Tier::kUnlimited;
    // An estimate in floating point decides which answer is due; the exact one is far from the
    // edge.
    long double nano = 0;
    if (known) {
      nano = static_cast<long double>(kMost) *
             static_cast<long double>(tariff.tiers().back().usd.mantissa());
      for (int s = 0; s < tariff.tiers().back().usd.scale(); ++s) nano /= 10;
      nano = nano * 1e9L / static_cast<long double>(tariff.meter_units_per_unit());
    }
    if (known && nano < 9.22e18L) {
      const NanoUsd amount = price(tariff, kMost);
      CHECK(static_cast<long double>(amount) >= nano * 0.999L);
    } else {
      CHECK_THROWS_AS(price(tariff, kMost), InputError);
    }
  }
}

TEST_CASE("an amount above what 10^-9 USD can hold is an error that names the item") {
  CHECK_THROWS_WITH(
      price(Catalogue::builtin().tariff("alb.load_balancer", "us-east-1"), Tier::kUnlimited),
      "alb.load_balancer in us-east-1: the amount is above 9223372036 USD");
  CHECK_THROWS_WITH(price(two_tiers(), Tier::kUnlimited, 1),
                    "test.requests in here: the amount is above 9223372036 USD");
}

TEST_CASE("use beyond the last tier whose price is known is an error, not a guess") {
  const Tariff& tariff = Catalogue::builtin().tariff("lambda.duration_x86", "us-east-2");
  constexpr std::uint64_t kKnown = 6'000'000'000 * 1'024'000ULL;
  CHECK(price(tariff, kKnown) == 100'000'200'000'000);
  CHECK_THROWS_WITH(
      price(tariff, kKnown + 1),
      "lambda.duration_x86 in us-east-2: no price is known beyond 6000000000 GB-second");
}

TEST_CASE("tiers that leave a gap, overlap, are empty or do not start at zero are refused") {
  const Decimal usd = *Decimal::parse("1");
  CHECK(message_of({}) == "test.requests in here: no tier");
  CHECK(message_of({{.usd = usd, .from = 1}}).find("does not adjoin") != std::string::npos);
  CHECK(message_of({{.usd = usd, .from = 0, .to = 10}, {.usd = usd, .from = 11}})
            .find("ends at 10") != std::string::npos);
  CHECK(
      message_of({{.usd = usd, .from = 0, .to = 10}, {.usd = usd, .from = 9}}).find("ends at 10") !=
      std::string::npos);
  CHECK(message_of({{.usd = usd, .from = 0, .to = 0}}).find("does not adjoin") !=
        std::string::npos);
  CHECK(message_of({{.usd = usd, .from = 0}}, "GB-secnd") ==
        "test.requests in here: unknown unit 'GB-secnd', did you mean 'GB-second'?");
}

TEST_CASE("a price too large for 128 bits is refused when it is loaded") {
  CHECK(message_of({{.usd = *Decimal::parse("9007199254740991"), .from = 0}}).find("too large") !=
        std::string::npos);
}

TEST_CASE("rounding is to the nearest, and halves to the even") {
  CHECK(round_half_even<int>(5, 2) == 2);
  CHECK(round_half_even<int>(7, 2) == 4);
  CHECK(round_half_even<int>(8, 3) == 3);
  CHECK(round_half_even<int>(7, 3) == 2);
  CHECK(round_half_even<int>(6, 3) == 2);
}

}  // namespace skyreplay::pricing
