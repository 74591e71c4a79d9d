#include "pricing/billed_time.h"

#include <doctest/doctest.h>

#include <random>

namespace skyreplay::pricing {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr TimePoint kStart{std::chrono::hours(1000)};
constexpr BilledSpan kDay{kStart, kStart + std::chrono::hours(24)};

TimePoint at(double s) { return kStart + milliseconds(static_cast<std::int64_t>(s * 1000)); }

}  // namespace

TEST_CASE("E138: the minimum is billed at once, and each further second when it begins") {
  BilledTime time(kDay, seconds(60));
  CHECK(time.at(at(99)) == 0);
  const RunningId id = time.start(at(100));
  CHECK(time.running() == 1);
  CHECK(time.at(at(100)) == 60);
  CHECK(time.at(at(160)) == 60);
  CHECK(time.at(at(160.001)) == 61);
  CHECK(time.at(at(161)) == 61);
  time.end(id, at(170.2));
  CHECK(time.running() == 0);
  CHECK(time.at(at(170.2)) == 71);
  CHECK(time.at(at(5000)) == 71);
}

TEST_CASE("E138: each start is rounded and has the minimum apart") {
  BilledTime time(kDay, seconds(60));
  for (int i = 0; i < 3; ++i) time.end(time.start(at(i)), at(i + 0.5));
  CHECK(time.at(at(10)) == 180);
  // Two that run side by side for 99.5 s are 200 s, not 199.
  const RunningId a = time.start(at(1000));
  const RunningId b = time.start(at(1000.5));
  time.end(a, at(1099.5));
  time.end(b, at(1100));
  CHECK(time.at(at(1100)) == 380);
}

TEST_CASE("capacity is billed over the trace's span alone") {
  BilledTime time({at(0), at(1000)}, seconds(60));
  SUBCASE("what ran before is billed from the start on, without a minimum") {
    const RunningId id = time.start(at(0) - seconds(3600));
    CHECK(time.at(at(0)) == 0);
    CHECK(time.at(at(9.5)) == 10);
    time.end(id, at(30));
    CHECK(time.at(at(500)) == 30);
  }
  SUBCASE("what still runs at the end is billed to the end") {
    time.start(at(10.5));
    CHECK(time.at(at(1000)) == 990);
    CHECK(time.at(at(2000)) == 990);
  }
  SUBCASE("a minimum that reaches beyond the end is due") {
    time.start(at(990));
    CHECK(time.at(at(1000)) == 60);
    CHECK(time.at(at(3000)) == 60);
  }
  SUBCASE("what starts at the end or after it is not billed") {
    time.end(time.start(at(1000)), at(1200));
    time.start(at(1300));
    CHECK(time.at(at(2000)) == 0);
  }
  SUBCASE("what ended before the start is not billed") {
    time.end(time.start(at(0) - seconds(100)), at(0) - seconds(50));
    CHECK(time.at(at(2000)) == 0);
  }
}

TEST_CASE("readings never fall and end in the sum of what each start costs alone") {
  std::mt19937_64 random(7);
  BilledTime time({at(0), at(3000)}, seconds(60));
  std::vector<std::pair<RunningId, TimePoint>> running;
  std::uint64_t last = 0;
  std::uint64_t expected = 0;
  const auto alone = [](TimePoint from, TimePoint to) {
    BilledTime one({at(0), at(3000)}, seconds(60));
    one.end(one.start(from), to);
    return one.at(to);
  };
  TimePoint now = at(0);
  for (int step = 0; step < 2000; ++step) {
    now += milliseconds(random() % 4000);
    if (running.empty() || random() % 2 == 0) {
      running.emplace_back(time.start(now), now);
    } else {
      const std::size_t i = random() % running.size();
      time.end(running[i].first, now);
      expected += alone(running[i].second, now);
      running.erase(running.begin() + static_cast<std::ptrdiff_t>(i));
    }
    const std::uint64_t reading = time.at(now);
    REQUIRE(reading >= last);
    last = reading;
  }
  for (const auto& [id, start] : running) expected += alone(start, now);
  CHECK(time.running() == running.size());
  CHECK(time.at(now) == expected);
}

}  // namespace skyreplay::pricing
