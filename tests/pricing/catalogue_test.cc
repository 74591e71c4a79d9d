#include "pricing/catalogue.h"

#include <doctest/doctest.h>

#include <string>

#include "core/error.h"

namespace skyreplay::pricing {
namespace {

const std::string kHeader = "line_item\tregion\tunit\tusd\ttier_from\ttier_to\tsource\tas_of\n";

std::string mistakes_in(const std::string& text) {
  try {
    Catalogue::parse(text, "own.tsv");
  } catch (const InputError& error) {
    return error.what();
  }
  return "no error";
}

std::string lookup_error(const char* line_item, const char* region) {
  try {
    Catalogue::builtin().tariff(line_item, region);
  } catch (const InputError& error) {
    return error.what();
  }
  return "no error";
}

}  // namespace

TEST_CASE("the built-in catalogue can be read, and each of its prices names a source and a date") {
  const Catalogue& catalogue = Catalogue::builtin();
  CHECK(catalogue.tariffs().size() > 150);
  CHECK(catalogue.regions().size() == 8);
  for (const Tariff& tariff : catalogue.tariffs()) {
    for (const Tier& tier : tariff.tiers()) {
      CAPTURE(tariff.line_item());
      CHECK_FALSE(tier.source.empty());
      CHECK_FALSE(tier.as_of.empty());
    }
  }
}

TEST_CASE("a tariff carries the price, the unit and the tiers of its row") {
  const Tariff& arm = Catalogue::builtin().tariff("lambda.duration_arm", "us-east-1");
  CHECK(arm.unit() == "GB-second");
  REQUIRE(arm.tiers().size() == 3);
  CHECK(arm.tiers()[0].usd.to_string() == "0.0000133334");
  CHECK(arm.tiers()[1].from == 7'500'000'000);
  CHECK(arm.tiers()[1].to == 18'750'000'000);
  CHECK(arm.tiers()[2].usd.to_string() == "0.0000106667");
  const Tariff& vcpu = Catalogue::builtin().tariff("fargate.linux_arm_vcpu", "us-east-1");
  CHECK(vcpu.meter_units_per_unit() == 3'686'400);  // 1024 CPU units for 3600 seconds
  CHECK(vcpu.tiers()[0].usd.to_string() == "0.03238");
}

TEST_CASE(
    "a price that is missing in a region is an error that names the item and where it is known") {
  CHECK(lookup_error("lambda.requests_arm", "us-east-2") ==
        "no price of lambda.requests_arm in us-east-2 is known; it is known in ap-northeast-1, "
        "us-east-1");
}

TEST_CASE("a misspelt region or line item is answered with the nearest spelling") {
  CHECK(lookup_error("lambda.duration_x86", "us-esat-1") ==
        "no price of region 'us-esat-1' is known, did you mean 'us-east-1'?; known are "
        "ap-northeast-1, "
        "ap-southeast-1, eu-central-1, eu-west-1, sa-east-1, us-east-1, us-east-2, us-west-2");
  CHECK(lookup_error("lambda.duration_x68", "us-east-1") ==
        "the price catalogue has no line item 'lambda.duration_x68', did you mean "
        "'lambda.duration_x86'?");
}

TEST_CASE("what holds in every region is found in any known region and in no unknown one") {
  CHECK(Catalogue::builtin().tariff("lambda.free_tier_requests", "sa-east-1").tiers()[0].to ==
        1'000'000);
  CHECK(lookup_error("lambda.free_tier_requests", "nowhere-9")
            .find("no price of region 'nowhere-9'") == 0);
  CHECK(lookup_error("lambda.free_tier_requests", "*").find("no price of region '*'") == 0);
}

TEST_CASE("all mistakes of a catalogue file are reported at once, each with line and column") {
  const std::string text = "# comment\n" + kHeader +
                           "a.b\there\trequest\t1e-6\t0\t\ts\td\n"
                           "a.c\there\trequest\t1\t-1\tten\ts\td\n"
                           "a.d\there\trequest\t1\t0\n"
                           "a.e\t\trequest\t1\t0\t\ts\td\n";
  CHECK(mistakes_in(text) ==
        "own.tsv:3:18: '1e-6' is no price; expected a decimal such as 0.0000166667\n"
        "own.tsv:4:20: '-1' is no tier bound; expected a whole number of units\n"
        "own.tsv:4:23: 'ten' is no tier bound; expected a whole number of units\n"
        "own.tsv:5:1: expected 8 fields, found 5\n"
        "own.tsv:6:5: region is empty");
}

TEST_CASE("a catalogue file whose columns are not the expected ones is refused") {
  CHECK(mistakes_in("line_item\tregion\tprice\n") == "own.tsv:1:18: expected column 'unit'");
  CHECK(mistakes_in("") == "own.tsv:1:1: expected a line that names the columns");
  CHECK(mistakes_in(kHeader.substr(0, kHeader.size() - 1) + "\tmore\n")
            .find("unknown column 'more'") != std::string::npos);
}

TEST_CASE("one line item twice in one region, or sold by two units, is refused") {
  const std::string row = "a.b\there\trequest\t1\t0\t\ts\td\n";
  CHECK(mistakes_in(kHeader + row + row).find("own.tsv:2: a.b in here: the tier from 0") == 0);
  CHECK(mistakes_in(kHeader + row + "a.b\tthere\tmessage\t1\t0\t\ts\td\n") ==
        "own.tsv:3:11: a.b is sold by request on line 2, by message here");
}

TEST_CASE("the order of a catalogue file's rows does not matter") {
  const Catalogue catalogue = Catalogue::parse(kHeader +
                                                   "z.z\there\trequest\t1\t5\t\ts\td\n"
                                                   "a.a\there\trequest\t2\t0\t\ts\td\n"
                                                   "z.z\there\trequest\t3\t0\t5\ts\td\n",
                                               "own.tsv");
  CHECK(catalogue.line_items() == std::vector<std::string>{"a.a", "z.z"});
  CHECK(catalogue.tariff("z.z", "here").tiers()[0].usd.to_string() == "3");
}

}  // namespace skyreplay::pricing
