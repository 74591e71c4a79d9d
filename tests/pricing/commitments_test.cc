// What is paid for before it is used, and what is taken back: Reserved Instances, Savings Plans,
// Spot.

#include <doctest/doctest.h>

#include "core/error.h"
#include "pricing/bill.h"
#include "pricing/instance_meter.h"

namespace skyreplay::pricing {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr TimePoint kStart{hours(1000)};
constexpr BilledSpan kDay{kStart, kStart + hours(24)};
const Catalogue& catalogue() { return Catalogue::builtin(); }

std::string price_error(const std::string& item, const std::string& region) {
  try {
    catalogue().tariff(item, region);
  } catch (const InputError& error) {
    return error.what();
  }
  return "no error";
}

std::string table_error(const std::string& savings, const std::string& spot) {
  try {
    DiscountedPrices(savings, "savings.tsv", spot, "spot.tsv");
  } catch (const InputError& error) {
    return error.what();
  }
  return "no error";
}

constexpr const char* kNoSpot = "instance_type\there\n";

}  // namespace

TEST_CASE("E143, E146: a discounted price is the on-demand price less its percentage, exactly") {
  // c5.large: 0.085 on demand, standard 37.0 % and 58.1 %, Spot percentage 56 of us-east-1 or so.
  const auto usd = [](const char* item) {
    return catalogue().tariff(item, "us-east-1").tiers()[0].usd.to_string();
  };
  CHECK(usd("ec2.reserved_1y.c5.large") == "0.05355");   // 0.085 x 0.63
  CHECK(usd("ec2.reserved_3y.c5.large") == "0.035615");  // 0.085 x 0.419
  CHECK(DiscountedPrices::builtin()
            .committed_usd("c5.large", "us-east-1", Commitment::kConvertible, Term::kOneYear)
            .to_string() == "0.061625");       // 0.085 x 0.725
  CHECK(usd("ec2.spot.c4.large") == "0.048");  // 0.1 x 0.48
  CHECK(DiscountedPrices::builtin().interruption_band("c4.large", "us-east-1") ==
        InterruptionBand::kBelow5);
}

TEST_CASE("a discount that is not known is an error that names it and where it is known") {
  CHECK(price_error("ec2.spot.m7i.lagre", "us-east-1") ==
        "no Spot price of m7i.lagre in us-east-1 is known");
  CHECK(price_error("ec2.reserved_1y.p5.48xlarge", "us-east-1") ==
        "no Reserved Instance price for 1 year of the family p5 in us-east-1 is known");
}

TEST_CASE("all mistakes of the tables of discounts are reported, each with line and column") {
  CHECK(table_error("e\tx\t2025\nfamily\there\nm1\t1.0/2.0/3.0\nm2\t1.0/2.0/3.0/101\n", kNoSpot) ==
        "savings.tsv:3:4: '1.0/2.0/3.0' are no savings; expected four percentages, such as "
        "37.0/56.8/27.3/51.7\n"
        "savings.tsv:4:4: '1.0/2.0/3.0/101' are no savings; expected four percentages, such as "
        "37.0/56.8/27.3/51.7");
  CHECK(table_error("family\there\n", "instance_type\there\nm1.large\t50f\nm2.large\tb\n") ==
        "spot.tsv:2:10: '50f' is no Spot offer; expected a percentage and a band from a to e, such "
        "as 54b\n"
        "spot.tsv:3:10: 'b' is no Spot offer; expected a percentage and a band from a to e, such "
        "as 54b");
}

TEST_CASE("E143: reserved instances cover a clock hour's seconds of however many instances") {
  // Two reserved, so 7,200 s in an hour. Four instances run for half an hour: 7,200 s, all covered.
  // In the next hour three run for all of it: 10,800 s, of which 3,600 s are on demand.
  Meters meters;
  InstanceMeter meter(catalogue(), "c5.large", "us-east-1", kDay, meters,
                      {.reserved_instances = 2});
  RunningId ids[4];
  for (RunningId& id : ids) id = meter.start(kStart);
  for (const RunningId id : ids) meter.end(id, kStart + minutes(30));
  meter.read(kStart + hours(1), meters);
  CHECK(meters.units(0) == 0);
  CHECK(meters.units(1) == 7200);
  for (int i = 0; i < 3; ++i) ids[i] = meter.start(kStart + hours(1));
  meter.read(kStart + minutes(90), meters);
  CHECK(meters.units(0) == 0);  // 5,400 s so far in this hour
  meter.read(kStart + hours(2), meters);
  CHECK(meters.units(0) == 3600);
  CHECK(meters.units(1) == 14400);  // paid for, used or not
  for (int i = 0; i < 3; ++i) meter.end(ids[i], kStart + hours(2));
  meter.read(kStart + hours(30), meters);
  CHECK(meters.units(0) == 3600);
  CHECK(meters.units(1) == 2 * 86'400);  // up to the span's end
  CHECK(meter.covered()->reserved == 7200 + 7200);
}

TEST_CASE(
    "E143: a savings plan pays at its own price up to its commitment, the rest is on demand") {
  // c5.large under a Compute Savings Plan of a year: 0.061625 an hour. 0.10 USD an hour pay for
  // 0.10 / 0.061625 x 3,600 = 5,841.78 s, so for 5,841 s. Two instances run for an hour: 7,200 s.
  Meters meters;
  InstanceMeter meter(catalogue(), "c5.large", "us-east-1", kDay, meters,
                      {.savings_plan_micro_usd = 100'000});
  meter.start(kStart);
  meter.start(kStart);
  meter.read(kStart + hours(1), meters);
  CHECK(meters.units(0) == 7200 - 5841);
  CHECK(meters.units(1) == 360'000'000);  // 0.1 USD, in 10^-6 USD/h x s
  Ledger ledger({{.name = "web", .meters = &meters}});
  // 1,359 s x 0.085 / 3,600 = 0.0320875 USD, and the commitment.
  CHECK(ledger.settle(0) == 32'087'500 + 100'000'000);
  const auto rows = ledger.rows();
  CHECK(rows[1].line_item == "ec2.savings_plan");
  CHECK(rows[1].quantity == "0.1");
  CHECK(rows[1].unit == "USD");
}

TEST_CASE("a savings plan takes what reserved instances leave, and neither carries over an hour") {
  Meters meters;
  InstanceMeter meter(catalogue(), "c5.large", "us-east-1", kDay, meters,
                      {.reserved_instances = 1, .savings_plan_micro_usd = 100'000});
  for (int i = 0; i < 3; ++i) meter.start(kStart + hours(1));
  meter.read(kStart + hours(1), meters);  // nothing ran in the first hour but the minute's minimum
  const std::uint64_t minimum = 3 * 60;
  CHECK(meter.covered()->reserved == minimum);
  meter.read(kStart + hours(2), meters);
  CHECK(meters.units(0) == 3 * 3600 - minimum - 3600 - 5841);
}

TEST_CASE("a reading that spans hours splits what ran between them in proportion to time") {
  Meters meters;
  InstanceMeter meter(catalogue(), "c5.large", "us-east-1",
                      {kStart + minutes(30), kStart + hours(24)}, meters,
                      {.reserved_instances = 1});
  meter.start(kStart + minutes(30));
  meter.start(kStart + minutes(30));
  meter.read(kStart + hours(3), meters);
  // The half hour has half an hour's share: 2 x 9,000 s ran, 9,000 s are reserved.
  CHECK(meters.units(0) == 9000);
  CHECK(meters.units(1) == 9000);
}

TEST_CASE(
    "E41: a Spot instance interrupted in its first hour is free, later it costs its seconds") {
  Meters meters;
  InstanceMeter meter(catalogue(), "c4.large", "us-east-1", kDay, meters, {.spot = true});
  const RunningId early = meter.start(kStart);
  const RunningId late = meter.start(kStart);
  const RunningId ended = meter.start(kStart);
  meter.read(kStart + minutes(59), meters);
  CHECK(meters.units(0) == 0);  // each may still be free
  meter.interrupt(early, kStart + minutes(59));
  meter.end(ended, kStart + minutes(59));  // by its owner
  meter.read(kStart + minutes(59), meters);
  CHECK(meters.units(0) == 3540);
  meter.read(kStart + hours(1), meters);
  CHECK(meters.units(0) == 3540 + 3600);
  meter.interrupt(late, kStart + minutes(61));
  meter.read(kStart + minutes(70), meters);
  CHECK(meters.units(0) == 3540 + 3660);
}

TEST_CASE("E146: each hour of a Spot instance has the price that held as it began") {
  const auto spot = [](const char* item, const char* usd) {
    return Tariff(item, "*", "hour", {{.usd = *Decimal::parse(usd), .source = "a test"}});
  };
  const SpotChanges changes = {{kStart + minutes(90), spot("ec2.spot.c4.large.2", "0.04")},
                               {kStart + minutes(120), spot("ec2.spot.c4.large.3", "0.02")}};
  Meters meters;
  InstanceMeter meter(catalogue(), "c4.large", "us-east-1", kDay, meters,
                      {.spot = true, .spot_changes = &changes});
  const RunningId first = meter.start(kStart);
  meter.start(kStart + minutes(90));  // its hours begin at 1:30 and 2:30
  meter.end(first, kStart + minutes(130));
  meter.read(kStart + minutes(160), meters);
  CHECK(meters.units(0) == 7200);       // of the first, that began at 0:00 and 1:00
  CHECK(meters.units(1) == 3600);       // of the other, that began at 1:30
  CHECK(meters.units(2) == 600 + 600);  // the first's since 2:00, the other's since 2:30
}

TEST_CASE("E41: a Spot instance that still runs at the span's end is billed, however young") {
  Meters meters;
  InstanceMeter meter(catalogue(), "c4.large", "us-east-1", {kStart, kStart + minutes(10)}, meters,
                      {.spot = true});
  meter.start(kStart);
  meter.read(kStart + minutes(10), meters);
  CHECK(meters.units(0) == 600);
}

}  // namespace skyreplay::pricing
