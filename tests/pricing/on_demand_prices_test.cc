#include "pricing/on_demand_prices.h"

#include <doctest/doctest.h>

#include "core/error.h"
#include "pricing/catalogue.h"

namespace skyreplay::pricing {
namespace {

std::string lookup_error(std::string_view type, std::string_view region) {
  try {
    Catalogue::builtin().tariff("ec2.on_demand." + std::string(type), region);
  } catch (const InputError& error) {
    return error.what();
  }
  return "no error";
}

std::string mistakes_in(const std::string& text) {
  try {
    OnDemandPrices(text, "own.tsv");
  } catch (const InputError& error) {
    return error.what();
  }
  return "no error";
}

const std::string kHead = "a\tsomewhere\t2026\ninstance_type\there\tthere\n";

}  // namespace

TEST_CASE("E138: an instance is sold by the hour and metered in seconds") {
  const Tariff& tariff = Catalogue::builtin().tariff("ec2.on_demand.m7i.large", "us-east-1");
  CHECK(tariff.line_item() == "ec2.on_demand.m7i.large");
  CHECK(tariff.unit() == "hour");
  CHECK(tariff.meter_unit() == "s");
  CHECK(price(tariff, 3600) == 100'800'000);  // 0.1008 USD
  CHECK(price(tariff, 60) == 1'680'000);
  CHECK(price(tariff, 1) == 28'000);  // 0.1008 / 3,600 = 0.000028
  CHECK(tariff.tiers()[0].source == "Karpenter's price table");
  CHECK(tariff.tiers()[0].as_of == "2026-07-20");
}

TEST_CASE("a tariff that is asked for again is the same object") {
  const Tariff& first = Catalogue::builtin().tariff("ec2.on_demand.c7g.large", "us-east-1");
  Catalogue::builtin().tariff("ec2.on_demand.c7g.xlarge", "us-east-1");
  CHECK(&Catalogue::builtin().tariff("ec2.on_demand.c7g.large", "us-east-1") == &first);
  CHECK(first.tiers()[0].usd.to_string() == "0.0725");
}

TEST_CASE("an instance type without a price is an error that names it and where there is one") {
  CHECK(lookup_error("m8a.large", "sa-east-1") ==
        "no price of ec2.on_demand.m8a.large in sa-east-1 is known; it is known in us-east-1");
  CHECK(lookup_error("c8a.metal-24xl", "us-east-1") ==
        "no price of ec2.on_demand.c8a.metal-24xl in us-east-1 is known, nor in any other region");
  CHECK(lookup_error("m7i.lagre", "us-east-1") ==
        "the price catalogue has no instance type 'm7i.lagre', did you mean 'm7i.large'?");
  CHECK(lookup_error("m7i.large", "us-esat-1").find("no price of region 'us-esat-1'") == 0);
}

TEST_CASE("every price of the table makes a tariff of one tier") {
  const OnDemandPrices& prices = OnDemandPrices::builtin();
  CHECK(prices.regions() == Catalogue::builtin().regions());
  std::size_t known = 0;
  std::size_t of_us_east_1 = 0;
  for (const std::string& type : prices.instance_types()) {
    for (const std::string& region : prices.regions()) {
      try {
        const Tariff& tariff = prices.tariff("ec2.on_demand." + type, region);
        CHECK(price(tariff, 3600) > 0);
        ++known;
        if (region == "us-east-1") ++of_us_east_1;
      } catch (const InputError&) {
        continue;
      }
    }
  }
  CHECK(known == 6358);
  CHECK(of_us_east_1 == 1255);
}

TEST_CASE("all mistakes of a price table are reported at once, each with line and column") {
  CHECK(mistakes_in(kHead + "m1.big\t1a\t\nm1.small\t0.5x\t-1a\nm1.other\t1a\t1a\nm2\t1a\n") ==
        "own.tsv:4:10: '0.5x' is no price; expected a decimal and its source's letter, such as "
        "0.1008a\n"
        "own.tsv:4:15: '-1a' is no price; expected a decimal and its source's letter, such as "
        "0.1008a\n"
        "own.tsv:5:1: expected the types in order of name, each once\n"
        "own.tsv:6:1: expected 3 fields, found 2");
  CHECK(mistakes_in("instance_type\tb\ta\n") ==
        "own.tsv:1:1: expected the columns instance_type and regions in order of name");
  CHECK(mistakes_in("") == "own.tsv:1:1: expected a line that names the columns");
  CHECK(mistakes_in(kHead + "b\tlate\t2026\n") ==
        "own.tsv:3:1: expected a source, before the rows: letter, name, date");
}

}  // namespace skyreplay::pricing
