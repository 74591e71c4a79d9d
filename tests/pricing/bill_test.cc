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

TEST_CASE("a bill has one row per tier touched, and none for what was not used") {
  const Meters meters = metered(three_tiers(), 12);
  Meters idle;
  idle.add_item(three_tiers());
  const std::array services = {BilledService{"idle", &idle}, BilledService{"busy", &meters}};
  const std::vector<BillRow> rows = bill_rows(services);
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

TEST_CASE("L91: services of one account share the tiers, in the order of the services") {
  const Meters a = metered(three_tiers(), 8);
  const Meters b = metered(three_tiers(), 4);
  const std::array services = {BilledService{"a", &a}, BilledService{"b", &b}};
  const std::vector<BillRow> rows = bill_rows(services);
  REQUIRE(rows.size() == 3);
  CHECK(rows[0].amount == 2'400'000'000);
  CHECK(rows[1].service == "b");
  CHECK(rows[1].amount == 600'000'000);  // two of its four still at 0.3
  CHECK(rows[2].amount == 200'000'000);

  Ledger ledger({&a, &b});
  std::array<NanoUsd, 2> amounts{};
  ledger.read(amounts);
  CHECK(amounts[0] == 2'400'000'000);
  CHECK(amounts[1] == 800'000'000);
}

TEST_CASE("two items of one tariff within a service stack like two services") {
  Meters meters;
  meters.add(meters.add_item(three_tiers()), 8);
  meters.add(meters.add_item(three_tiers()), 4);
  const std::array services = {BilledService{"a", &meters}};
  NanoUsd sum = 0;
  for (const BillRow& row : bill_rows(services)) sum += row.amount;
  CHECK(sum == 3'200'000'000);
  Ledger ledger({&meters});
  std::array<NanoUsd, 1> amounts{};
  ledger.read(amounts);
  CHECK(amounts[0] == 3'200'000'000);
}

TEST_CASE(
    "readings as a run goes on end in the bill: the windows of a service add up to its rows") {
  std::mt19937_64 random(11);
  std::array<Meters, 3> meters;
  for (Meters& m : meters) {
    m.add_item(builtin("lambda.duration_x86"));
    m.add_item(builtin("lambda.requests_x86"));
    m.add_item(three_tiers());
  }
  Ledger ledger({&meters[0], &meters[1], &meters[2]});
  std::array<NanoUsd, 3> before{};
  std::array<NanoUsd, 3> sums{};
  for (int window = 0; window < 200; ++window) {
    for (Meters& m : meters) {
      m.add(0, random() % 5'000'000);
      m.add(1, random() % 1000);
      m.add(2, random() % 3);
    }
    std::array<NanoUsd, 3> now{};
    ledger.read(now);
    for (std::size_t i = 0; i < 3; ++i) sums[i] += now[i] - before[i];
    before = now;
  }
  const std::array services = {BilledService{"a", &meters[0]}, BilledService{"b", &meters[1]},
                               BilledService{"c", &meters[2]}};
  std::array<NanoUsd, 3> billed{};
  for (const BillRow& row : bill_rows(services))
    billed[static_cast<std::size_t>(row.service[0] - 'a')] += row.amount;
  CHECK(sums == billed);
  CHECK(billed[0] > 0);
}

TEST_CASE("tiny services round so that the account's total is right to the last digit") {
  // Each uses one unit of 0.7 x 10^-9 USD, after the 30 units of the tiers before.
  const Meters first = metered(three_tiers(), 30);
  const Meters one = metered(three_tiers(), 1);
  std::vector<BilledService> services = {{"first", &first}};
  for (int i = 0; i < 10; ++i) services.push_back({"tiny", &one});
  NanoUsd tiny = 0;
  for (const BillRow& row : bill_rows(services)) tiny += row.service == "tiny" ? row.amount : 0;
  CHECK(tiny == 7);
}

TEST_CASE("a quantity is printed exactly where 15 decimals hold it, else rounded to 15") {
  const Meters gb_second = metered(builtin("lambda.duration_x86"), 1);   // 1 / 1,024,000
  const Meters vcpu = metered(builtin("fargate.linux_x86_vcpu"), 1024);  // 1 / 3600
  const Meters whole = metered(builtin("fargate.linux_x86_vcpu"), 36'864'000);
  const std::array services = {BilledService{"a", &gb_second}, BilledService{"b", &vcpu},
                               BilledService{"c", &whole}};
  const std::vector<BillRow> rows = bill_rows(services);
  CHECK(rows[0].quantity == "0.0000009765625");
  CHECK(rows[1].quantity == "0.000277777777778");
  CHECK(rows[2].quantity == "10");
}

}  // namespace skyreplay::pricing
