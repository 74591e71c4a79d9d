#include "replay/verdict.h"

#include <doctest/doctest.h>

namespace skyreplay::replay {
namespace {

constexpr std::uint64_t kSecond = 1'000'000'000;

TimePoint at(int seconds) { return kDefaultOrigin + std::chrono::seconds(seconds); }

/// A span of 100 s with `middle` requests waiting up to second 90 and `last` from then on.
QueueTrend depths(std::uint64_t middle, std::uint64_t last) {
  QueueTrend trend(at(0), at(100));
  for (int t = 0; t < 100; t += 10)
    trend.add({at(t), at(t + 10)}, (t < 90 ? middle : last) * 10 * kSecond);
  return trend;
}

/// 10 arrivals a second over 100 s.
metrics::Counters thousand(std::uint64_t throttles, std::uint64_t client_timeouts,
                           std::uint64_t server_timeouts, std::uint64_t refused) {
  return {.arrivals = 1000,
          .outcomes = {0, 0, throttles, client_timeouts, server_timeouts, refused}};
}

TEST_CASE(
    "one percent refused, throttled or cut by the server is overload, a request less is not") {
  CHECK(judge(thousand(3, 0, 3, 4), depths(0, 0)).verdict == Verdict::kOverloaded);
  CHECK(judge(thousand(3, 0, 3, 3), depths(0, 0)).verdict == Verdict::kStable);
  CHECK(judge(thousand(10, 0, 0, 0), depths(0, 0)).verdict == Verdict::kOverloaded);
  CHECK(judge(thousand(0, 0, 10, 0), depths(0, 0)).verdict == Verdict::kOverloaded);
  CHECK(judge(thousand(0, 0, 0, 10), depths(0, 0)).verdict == Verdict::kOverloaded);
}

TEST_CASE("clients that give up by themselves are no overload") {
  CHECK(judge(thousand(0, 900, 0, 0), depths(0, 0)).verdict == Verdict::kStable);
}

TEST_CASE("overload is named before a backlog") {
  CHECK(judge(thousand(500, 0, 0, 0), depths(0, 1000)).verdict == Verdict::kOverloaded);
}

TEST_CASE(
    "a backlog exceeds one second of arrivals and one and a half times the middle half, both") {
  const auto verdict = [](std::uint64_t middle, std::uint64_t last) {
    return judge(thousand(0, 0, 0, 0), depths(middle, last)).verdict;
  };
  CHECK(verdict(4, 11) == Verdict::kBacklogged);
  CHECK(verdict(4, 10) == Verdict::kStable);  // ten arrive in a second
  CHECK(verdict(8, 12) == Verdict::kStable);  // exactly one and a half times
  CHECK(verdict(8, 13) == Verdict::kBacklogged);
  CHECK(verdict(100, 100) == Verdict::kStable);  // long, but not growing
}

TEST_CASE("a queue that grows steadily from nothing is a backlog") {
  QueueTrend trend(at(0), at(100));
  for (unsigned t = 0; t < 100; ++t) {
    trend.add({at(static_cast<int>(t)), at(static_cast<int>(t + 1))}, t * kSecond);
  }
  CHECK(judge(thousand(0, 0, 0, 0), trend).verdict == Verdict::kBacklogged);
}

TEST_CASE("where all vCPUs are busy, who shares them beyond their number waits as well") {
  // Two vCPUs for 10 s with 5 requests in service and 3 in the queue.
  metrics::WindowRow row;
  row.outstanding_ns = 80 * kSecond;
  row.queue_depth_ns = 30 * kSecond;
  row.cpu_available_ns = 20 * kSecond;
  row.cpu_busy_ns = 20 * kSecond;
  CHECK(waiting_ns(row) == 60 * kSecond);
  row.cpu_busy_ns = 19 * kSecond;
  CHECK(waiting_ns(row) == 30 * kSecond);
}

TEST_CASE("the reason carries the numbers that decided") {
  CHECK(judge(thousand(15, 0, 0, 0), depths(0, 0)).reason ==
        "1.5 % of arrivals were refused, throttled or cut by a server timeout (limit: below 1 %)");
  CHECK(judge(thousand(0, 0, 0, 0), depths(4, 11)).reason ==
        "11.0 requests waited on average over the last tenth of the span, 4.0 over its middle "
        "half, at 10.0 "
        "arrivals a second");
}

TEST_CASE("a window across the border counts with the part inside") {
  QueueTrend trend(at(0), at(100));
  trend.add({at(20), at(30)}, 80 * kSecond);  // depth 8, five seconds of it in the middle half
  CHECK(trend.mean_middle_half() == 8.0 * 5 / 50);
  trend.add({at(85), at(95)}, 20 * kSecond);  // depth 2, five seconds in the last tenth
  CHECK(trend.mean_last_tenth() == 2.0 * 5 / 10);
  trend.add({at(100), at(160)}, 999 * kSecond);  // after the span
  CHECK(trend.mean_last_tenth() == 1.0);
}

TEST_CASE("a run without arrivals or without length is stable") {
  CHECK(judge({}, depths(0, 0)).verdict == Verdict::kStable);
  CHECK(judge({}, QueueTrend(at(5), at(5))).verdict == Verdict::kStable);
}

}  // namespace
}  // namespace skyreplay::replay
