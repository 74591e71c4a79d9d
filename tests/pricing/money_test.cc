#include "pricing/money.h"

#include <doctest/doctest.h>

#include <limits>

namespace skyreplay::pricing {

TEST_CASE("a decimal is read exactly and printed without trailing zeros") {
  const auto price = Decimal::parse("0.0000166667");
  REQUIRE(price);
  CHECK(price->mantissa() == 166667);
  CHECK(price->scale() == 10);
  CHECK(price->to_string() == "0.0000166667");
  CHECK(Decimal::parse("2.100")->to_string() == "2.1");
  CHECK(Decimal::parse("2.100") == Decimal::parse("2.1"));
  CHECK(Decimal::parse("100")->to_string() == "100");
  CHECK(Decimal::parse("0.000")->to_string() == "0");
  CHECK(Decimal::parse("12.05")->to_string() == "12.05");
}

TEST_CASE("what is not plain digits with one point is no decimal") {
  for (const char* text :
       {"", ".", ".5", "5.", "1.2.3", "-1", "+1", "1e-6", " 1", "1 ", "0x1", "inf"}) {
    CAPTURE(text);
    CHECK_FALSE(Decimal::parse(text));
  }
}

TEST_CASE("a decimal of more than 15 decimals or a mantissa of 2^53 is refused, not rounded") {
  CHECK(Decimal::parse("0.000000000000001"));
  CHECK_FALSE(Decimal::parse("0.0000000000000001"));
  CHECK(Decimal::parse("9007199254740991"));
  CHECK_FALSE(Decimal::parse("9007199254740992"));
}

TEST_CASE("an amount is printed with all nine decimals, also when it is negative or extreme") {
  CHECK(format_usd(0) == "0.000000000");
  CHECK(format_usd(2) == "0.000000002");
  CHECK(format_usd(-1'500'000'000) == "-1.500000000");
  CHECK(format_usd(std::numeric_limits<NanoUsd>::min()) == "-9223372036.854775808");
}

}  // namespace skyreplay::pricing
