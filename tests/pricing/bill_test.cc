#include "pricing/bill.h"

#include <doctest/doctest.h>

#include <array>
#include <random>

#include "pricing/catalogue.h"

namespace skyreplay::pricing {
namespace {

const Tariff& builtin(const char* line_item) {
  return Catalogue::builtin().tariff(line_item, "us-east-1");
}

/// 10 requests at 0.3 USD, 20 at 0.1 USD, then 0.0000000007 USD.
const Tariff& three_tiers() {
  static const Tariff tariff("test.requests", "here", "request",
                             {{.usd = *Decimal::parse("0.3"), .from = 0, .to = 10},
                              {.usd = *Decimal::parse("0.1"), .from = 10, .to = 30},
                              {.usd = *Decimal::parse("0.0000000007"), .from = 30}});
  return tariff;
}

Meters metered(const Tariff& tariff, std::uint64_t units) {
  Meters meters;
  meters.add(meters.add_item(tariff), units);
  return meters;
}

}  // namespace

TEST_CASE("a meter counts from zero and adds up") {
  Meters meters;
  const std::uint32_t duration = meters.add_item(builtin("lambda.duration_x86"));
  const std::uint32_t requests = meters.add_item(builtin("lambda.requests_x86"));
  CHECK(meters.units(duration) == 0);
  meters.add(duration, 128);
  meters.add(requests, 1);
  meters.add(duration, 256);
  CHECK(meters.units(duration) == 384);
  CHECK(meters.units(requests) == 1);
}

static std::vector<BillRow> bill_of(std::vector<BilledService> services) {
  const auto count = static_cast<std::uint32_t>(services.size());
  Ledger ledger(std::move(services));
  for (std::uint32_t i = 0; i < count; ++i) ledger.settle(i);
  return ledger.rows();
}

TEST_CASE("a bill has one row per tier touched, and none for what was not used") {
  const Meters meters = metered(three_tiers(), 12);
  Meters idle;
  idle.add_item(three_tiers());
  const std::vector<BillRow> rows = bill_of({{"idle", &idle}, {"busy", &meters}});
  REQUIRE(rows.size() == 2);
  CHECK(rows[0].service == "busy");
  CHECK(rows[0].line_item == "test.requests");
  CHECK(rows[0].unit == "request");
  CHECK(rows[0].quantity == "10");
  CHECK(rows[0].unit_price_usd == "0.3");
  CHECK(rows[0].amount == 3'000'000'000);
  CHECK(rows[1].quantity == "2");
  CHECK(rows[1].unit_price_usd == "0.1");
  CHECK(rows[1].amount == 200'000'000);
}

TEST_CASE("L91: services of one account share the tiers, in the order of settling") {
  const Meters a = metered(three_tiers(), 8);
  const Meters b = metered(three_tiers(), 4);
  const std::vector<BillRow> rows = bill_of({{"a", &a}, {"b", &b}});
  REQUIRE(rows.size() == 3);
  CHECK(rows[0].amount == 2'400'000'000);
  CHECK(rows[1].service == "b");
  CHECK(rows[1].amount == 600'000'000);  // two of its four still at 0.3
  CHECK(rows[2].amount == 200'000'000);
}

TEST_CASE("what a service has settled is not repriced when another fills the tier") {
  Meters a = metered(three_tiers(), 0);
  Meters b = metered(three_tiers(), 9);
  Ledger ledger({{"a", &a}, {"b", &b}});
  CHECK(ledger.settle(0) == 0);
  CHECK(ledger.settle(1) == 2'700'000'000);
  a.add(0, 5);
  CHECK(ledger.settle(0) == 300'000'000 + 4 * 100'000'000);
  CHECK(ledger.settle(1) == 2'700'000'000);
}

TEST_CASE("two items of one tariff within a service stack like two services") {
  Meters meters;
  meters.add(meters.add_item(three_tiers()), 8);
  meters.add(meters.add_item(three_tiers()), 4);
  NanoUsd sum = 0;
  for (const BillRow& row : bill_of({{"a", &meters}})) sum += row.amount;
  CHECK(sum == 3'200'000'000);
}

TEST_CASE("settling as a run goes on ends in the bill: a service's windows add up to its rows") {
  std::mt19937_64 random(11);
  std::array<Meters, 3> meters;
  for (Meters& m : meters) {
    m.add_item(builtin("lambda.duration_x86"));
    m.add_item(builtin("lambda.requests_x86"));
    m.add_item(three_tiers());
  }
  Ledger ledger({{"a", &meters[0]}, {"b", &meters[1]}, {"c", &meters[2]}});
  std::array<NanoUsd, 3> before{};
  std::array<NanoUsd, 3> sums{};
  for (int window = 0; window < 200; ++window) {
    for (Meters& m : meters) {
      m.add(0, random() % 5'000'000);
      m.add(1, random() % 1000);
      m.add(2, random() % 3);
    }
    for (std::uint32_t i = 0; i < 3; ++i) {
      const NanoUsd now = ledger.settle(i);
      REQUIRE(now >= before[i]);
      sums[i] += now - before[i];
      before[i] = now;
    }
  }
  std::array<NanoUsd, 3> billed{};
  for (const BillRow& row : ledger.rows())
    billed[static_cast<std::size_t>(row.service[0] - 'a')] += row.amount;
  CHECK(sums == billed);
  CHECK(billed[0] > 0);
}

TEST_CASE("a row is its quantity times its price, rounded once, half to even") {
  const Meters half = metered(three_tiers(), 35);  // 5 x 0.7 x 10^-9 = 3.5 -> 4
  const Meters down = metered(three_tiers(), 45);  // 15 x 0.7 = 10.5 -> 10
  CHECK(bill_of({{"a", &half}}).back().amount == 4);
  CHECK(bill_of({{"a", &down}}).back().amount == 10);
}

TEST_CASE("a quantity is printed exactly where 15 decimals hold it, else rounded to 15") {
  const Meters gb_second = metered(builtin("lambda.duration_x86"), 1);   // 1 / 1,024,000
  const Meters vcpu = metered(builtin("fargate.linux_x86_vcpu"), 1024);  // 1 / 3600
  const Meters whole = metered(builtin("fargate.linux_x86_vcpu"), 36'864'000);
  const std::vector<BillRow> rows = bill_of({{"a", &gb_second}, {"b", &vcpu}, {"c", &whole}});
  CHECK(rows[0].quantity == "0.0000009765625");
  CHECK(rows[1].quantity == "0.000277777777778");
  CHECK(rows[2].quantity == "10");
}

}  // namespace skyreplay::pricing
