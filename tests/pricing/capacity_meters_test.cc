// What a run pays for while it exists: instances, Fargate tasks, volumes.

#include <doctest/doctest.h>

#include "core/error.h"
#include "pricing/bill.h"
#include "pricing/fargate_meter.h"
#include "pricing/instance_meter.h"
#include "pricing/volume_meter.h"

namespace skyreplay::pricing {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr TimePoint kStart{hours(1000)};
constexpr BilledSpan kMonthSpan{kStart, kStart + hours(730)};
const Catalogue& catalogue() { return Catalogue::builtin(); }

NanoUsd cost(const Meters& meters) {
  Ledger ledger({{.name = "s", .meters = &meters}});
  return ledger.settle(0);
}

}  // namespace

TEST_CASE("E138: an instance that ran 30 s costs a minute, one that ran 90.5 s costs 91 s") {
  Meters meters;
  InstanceMeter meter(catalogue(), "m7i.large", "us-east-1", kMonthSpan, meters);
  meter.end(meter.start(kStart), kStart + seconds(30));
  meter.read(kStart + seconds(30), meters);
  CHECK(meters.units(0) == 60);
  CHECK(cost(meters) == 60 * 28'000);
  meter.end(meter.start(kStart + hours(1)), kStart + hours(1) + milliseconds(90'500));
  meter.read(kStart + hours(2), meters);
  CHECK(meters.units(0) == 151);
  CHECK(cost(meters) == 151 * 28'000);
}

TEST_CASE(
    "E139, E145: a start is told when an instance turns running, and stop and start are two") {
  // Pending for 17 s, running for 20 s, stopped, running again for 20 s: twice the minimum.
  Meters meters;
  InstanceMeter meter(catalogue(), "t3.micro", "us-east-1", kMonthSpan, meters);
  meter.end(meter.start(kStart + seconds(17)), kStart + seconds(37));
  meter.end(meter.start(kStart + seconds(100)), kStart + seconds(120));
  meter.read(kStart + seconds(120), meters);
  CHECK(meters.units(0) == 120);
}

TEST_CASE("a window's cost is the bill at its end less the bill at its start") {
  Meters meters;
  InstanceMeter meter(catalogue(), "m7i.large", "us-east-1", kMonthSpan, meters);
  Ledger ledger({{.name = "web", .meters = &meters}});
  meter.start(kStart + seconds(50));
  NanoUsd last = 0;
  NanoUsd sum = 0;
  for (int minute = 1; minute <= 60; ++minute) {
    meter.read(kStart + minutes(minute), meters);
    const NanoUsd bill = ledger.settle(0);
    if (minute == 1) CHECK(bill == 60 * 28'000);  // the minimum, in the window of the start
    if (minute == 2) CHECK(bill - last == 10 * 28'000);
    if (minute == 3) CHECK(bill - last == 60 * 28'000);
    sum += bill - last;
    last = bill;
  }
  CHECK(sum == 3550 * 28'000);
  CHECK(ledger.rows().at(0).line_item == "ec2.on_demand.m7i.large");
  CHECK(ledger.rows().at(0).amount == sum);
}

TEST_CASE("C118, C119: a Fargate task of 1 vCPU and 2 GiB costs its pricing page's figures") {
  // AWS's example: 5 tasks, 10 minutes a day for 30 days, 1 vCPU and 2 GB, Linux on x86: 90,000 s.
  // vCPU 25 h x 0.04048 = 1.012 USD; memory 50 GB-hour x 0.004445 = 0.22225 USD.
  Meters meters;
  FargateMeter meter(catalogue(), {.cpu_units = 1024, .memory_mib = 2048}, "us-east-1", kMonthSpan,
                     meters);
  for (int day = 0; day < 30; ++day) {
    for (int task = 0; task < 5; ++task) {
      const TimePoint pull = kStart + hours(24 * day) + seconds(task);
      meter.end(meter.start(pull), pull + minutes(10));
    }
  }
  meter.read(kMonthSpan.end, meters);
  CHECK(meters.units(0) == 90'000 * 1024);
  CHECK(meters.units(1) == 90'000 * 2048);
  CHECK(meters.size() == 2);
  CHECK(cost(meters) == 1'234'250'000);
}

TEST_CASE(
    "C119, C120: a Fargate task is billed from its pull on, at least a minute, by the second") {
  Meters meters;
  FargateMeter meter(catalogue(), {.cpu_units = 256, .memory_mib = 512}, "us-east-1", kMonthSpan,
                     meters);
  const RunningId id = meter.start(kStart + seconds(8));
  meter.read(kStart + seconds(8), meters);
  CHECK(meters.units(0) == 60 * 256);
  CHECK(meters.units(1) == 60 * 512);
  meter.end(id, kStart + seconds(8) + milliseconds(75'001));
  meter.read(kStart + seconds(90), meters);
  CHECK(meters.units(0) == 76 * 256);
}

TEST_CASE("C10, C118: ephemeral storage above 20 GiB and ARM tasks are items of their own") {
  Meters meters;
  FargateMeter meter(catalogue(),
                     {.architecture = FargateTask::Architecture::kArm,
                      .cpu_units = 4096,
                      .memory_mib = 8192,
                      .ephemeral_storage_gib = 100},
                     "us-east-1", kMonthSpan, meters);
  meter.start(kStart);
  meter.read(kStart + hours(10), meters);
  CHECK(meters.tariff(0).line_item() == "fargate.linux_arm_vcpu");
  CHECK(meters.tariff(1).line_item() == "fargate.linux_arm_memory");
  CHECK(meters.tariff(2).line_item() == "fargate.ephemeral_storage_over_20gb");
  // 40 vCPU-hour x 0.03238 + 80 GB-hour x 0.00356 + 800 GB-hour x 0.000111 = 1.2952 + 0.2848 +
  // 0.0888.
  CHECK(cost(meters) == 1'668'800'000);
}

TEST_CASE("E140: a gp3 volume pays for storage, IOPS above 3,000 and throughput above 125") {
  // 2,000 GB, 10,000 IOPS and 500 MiB/s for a whole month: 2,000 x 0.08 + 7,000 x 0.005 + 375 x
  // 0.04 = 160 + 35 + 15 USD.
  Meters meters;
  VolumeMeter meter(catalogue(), {.size_gib = 2000, .iops = 10'000, .throughput_mibps = 500},
                    "us-east-1", kMonthSpan, meters);
  meter.create(kStart);
  meter.read(kMonthSpan.end, meters);
  CHECK(cost(meters) == 210'000'000'000);
}

TEST_CASE("E140: a volume with what gp3 includes, and a gp2 volume, pay for storage alone") {
  Meters meters;
  VolumeMeter gp3(catalogue(), {.size_gib = 73}, "us-east-1", kMonthSpan, meters);
  VolumeMeter gp2(catalogue(), {.type = Volume::Type::kGp2, .size_gib = 73, .iops = 9000},
                  "us-east-1", kMonthSpan, meters);
  CHECK(meters.size() == 2);
  gp3.remove(gp3.create(kStart), kStart + hours(1));
  gp2.remove(gp2.create(kStart), kStart + seconds(1));  // at least 60 s
  gp3.read(kStart + hours(2), meters);
  gp2.read(kStart + hours(2), meters);
  // 73 GB for an hour are a tenth of a GB-month: 0.008 USD; gp2 for a minute: 0.1 x 0.10 / 60.
  CHECK(cost(meters) == 8'000'000 + 166'667);
}

TEST_CASE("a meter whose price is not known is refused by name") {
  Meters meters;
  CHECK_THROWS_WITH_AS(
      FargateMeter(catalogue(), {.architecture = FargateTask::Architecture::kArm}, "us-west-2",
                   kMonthSpan, meters),
      doctest::Contains("no price of fargate.linux_arm_vcpu in us-west-2 is known"), InputError);
}

TEST_CASE("E142: bytes to the internet fill the account's tiers") {
  // 0.09 USD up to 10 TB, then 0.085: 10,240 x 0.09 + 760 x 0.085 = 921.6 + 64.6 USD.
  constexpr std::uint64_t kGb = std::uint64_t{1} << 30U;
  const Tariff& out = catalogue().tariff("data_transfer.internet_out", "us-east-1");
  CHECK(price(out, 11'000 * kGb) == 986'200'000'000);
  CHECK(price(out, kGb / 2) == 45'000'000);
}

}  // namespace skyreplay::pricing
