#include "pricing/provisioned_meter.h"

#include <doctest/doctest.h>

namespace skyreplay::pricing {
namespace {

using namespace std::chrono_literals;

TimePoint at(Duration since_epoch) { return TimePoint{since_epoch}; }
constexpr std::uint64_t kFiveMinutes = 300'000;

TEST_CASE("L93: what is configured is billed in steps of five minutes, used or not") {
  ProvisionedMeter meter({at(1h), at(2h)});
  meter.configure(at(0s), 2, 1024);  // before the span: from its start on
  CHECK(meter.mib_ms(at(1h)) == 0);
  CHECK(meter.mib_ms(at(1h + 1ns)) == kFiveMinutes * 2 * 1024);
  CHECK(meter.mib_ms(at(1h + 5min)) == kFiveMinutes * 2 * 1024);
  CHECK(meter.mib_ms(at(1h + 5min + 1ns)) == 2 * kFiveMinutes * 2 * 1024);
  CHECK(meter.mib_ms(at(3h)) == 12 * kFiveMinutes * 2 * 1024);
}

TEST_CASE("L93: more is a span of its own, and fewer end the newest first") {
  ProvisionedMeter meter({at(0s), at(1h)});
  meter.configure(at(0s), 1, 1000);
  meter.configure(at(4min), 3, 1000);   // two more
  meter.configure(at(10min), 2, 1000);  // one of them: 6 min are 10
  // 15 min of the first, 15 of the second (11, rounded up), 10 of the third.
  CHECK(meter.mib_ms(at(15min)) == (3 + 3 + 2) * kFiveMinutes * 1000);
  meter.configure(at(15min), 2, 2000);  // other memory: all begin anew
  CHECK(meter.mib_ms(at(16min)) == (3 + 3 + 2) * kFiveMinutes * 1000 + 2 * kFiveMinutes * 2000);
  meter.configure(at(16min), 0, 2000);
  CHECK(meter.mib_ms(at(1h)) == (3 + 3 + 2) * kFiveMinutes * 1000 + 2 * kFiveMinutes * 2000);
}

TEST_CASE("a meter of provisioned concurrency stops at the largest count it can hold") {
  ProvisionedMeter meter({at(0s), at(24h * 365 * 100)});
  meter.configure(at(0s), 100'000, 10'240);
  CHECK(meter.mib_ms(at(24h * 365 * 100)) == ~std::uint64_t{0});
}

}  // namespace
}  // namespace skyreplay::pricing
