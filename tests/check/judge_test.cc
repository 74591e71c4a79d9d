#include "check/judge.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "core/error.h"
#include "support/temp_folder.h"

using namespace std::chrono_literals;

namespace skyreplay::check {
namespace {

/// Noon of a day.
constexpr TimePoint kNoon = kDefaultOrigin + 12h;

Bound bound(const std::string& text) {
  Bound found;
  REQUIRE(parse_bound(text, found));
  return found;
}

/// Two services over ten minutes from noon: web, which clients call, and db, which web calls.
struct World {
  World() {
    whole.horizon = 10min;
    whole.overall = &overall;
    for (const char* name : {"db", "web"}) {
      ServiceSpan service;
      service.name = name;
      service.platform = "ec2";
      service.requests = &overall;
      service.capacity_running = Level{};
      whole.services.push_back(service);
    }
  }

  /// The window of minute `m`, in which web completes `n` requests of `latency` each.
  void minute(Judge& judge, int m, std::uint32_t n, Duration latency) {
    const TimePoint start = kNoon + std::chrono::minutes(m);
    judge.window({start, start + 1min});
    const std::vector<metrics::BucketCount> buckets = {
        {metrics::HistogramLayout::bucket(latency.count()), n}};
    metrics::WindowRow row;
    row.service = 1;
    row.counters.arrivals = n;
    row.counters.outcomes[0] = n;
    row.parts.work = latency.count() * n;
    row.latency_max_ns = n == 0 ? 0 : latency.count();
    if (n > 0) row.latency = buckets;
    row.capacity_running_ns = 60'000'000'000ull * static_cast<std::uint64_t>(m);
    row.capacity_running_max = static_cast<std::uint32_t>(m);
    row.cost_nano_usd = 100;
    judge.row(row);
    metrics::WindowRow called;
    called.service = 0;
    called.counters.calls = n;
    called.counters.outcomes[0] = n;
    called.parts.work = 3 * latency.count() * n;
    called.cost_nano_usd = 7;
    judge.row(called);
  }

  Judgement judge(const Expectation& expectation, const std::vector<int>& latencies_ms) {
    const auto judge = judge_of(expectation, whole, kNoon, kNoon + 10min);
    for (std::size_t m = 0; m < latencies_ms.size(); ++m) {
      const int latency = latencies_ms[m];
      minute(*judge, static_cast<int>(m), latency > 0 ? 10 : 0, latency * 1ms);
    }
    return judge->finish();
  }

  metrics::SpanRow overall;
  Span whole;
};

Expectation expectation(const std::string& line) {
  Expectation made;
  made.requirement = parse_requirement(line);
  made.of = made.requirement.of;
  return made;
}

TEST_CASE("bounds are times of day, instants and offsets") {
  CHECK(bound("12:00").kind == Bound::Kind::kTimeOfDay);
  CHECK(bound("12:00").since == 12h);
  CHECK(bound("00:00:07").since == 7s);
  CHECK(bound("24:00").since == 24h);
  CHECK(bound("+90m").kind == Bound::Kind::kOffset);
  CHECK(bound("+90m").since == 90min);
  CHECK(bound("2026-01-05T12:00:00Z").kind == Bound::Kind::kInstant);
  CHECK(bound("2026-01-05T12:00:00Z").since == kNoon.time_since_epoch());
  for (const char* text : {"", "12", "24:01", "12:60", "1:00", "12:00:0", "noon", "+", "+5"}) {
    INFO(text);
    Bound none;
    CHECK_FALSE(parse_bound(text, none));
  }
}

TEST_CASE("a span between times of day comes every day, and may run over midnight") {
  const Between noon{bound("12:00"), bound("13:00")};
  CHECK(noon.contains(kNoon, kNoon));
  CHECK(noon.contains(kNoon + 24h + 59min, kNoon));
  CHECK_FALSE(noon.contains(kNoon + 1h, kNoon));
  const Between night{bound("22:00"), bound("02:00")};
  CHECK(night.contains(kNoon + 13h, kNoon));
  CHECK(night.contains(kNoon + 10h, kNoon));
  CHECK_FALSE(night.contains(kNoon, kNoon));
}

TEST_CASE("each bucket must hold by itself") {
  World world;
  Expectation made = expectation("max(latency of web) < 25ms");
  made.requirement.each = 2min;
  const Judgement all = world.judge(made, {10, 20, 10, 10});
  CHECK(all.holds);
  CHECK(all.buckets == 2);
  CHECK(all.value == 20'000'000);  // the bucket nearest to failing
  CHECK(all.from == kNoon);
  const Judgement some = world.judge(made, {10, 20, 10, 30, 40, 10, 1, 1});
  CHECK_FALSE(some.holds);
  CHECK(some.buckets == 4);
  CHECK(some.failed == 2);
  CHECK(some.value == 30'000'000);  // the first that fails
  CHECK(some.worst == 40'000'000);  // the furthest off
  CHECK(some.from == kNoon + 2min);
  CHECK(some.to == kNoon + 4min);
}

TEST_CASE("a bound reads back as it is spelled") {
  for (const char* text : {"12:00", "12:00:30", "24:00", "+1h30m", "2026-01-05T12:00:00Z"}) {
    CHECK(to_string(bound(text)) == text);
  }
}

TEST_CASE("a bucket with nothing to measure passes, a span with nothing does not") {
  World world;
  Expectation made = expectation("max(latency of web) < 25ms");
  made.requirement.each = 2min;
  CHECK(world.judge(made, {10, 10, 0, 0}).holds);
  CHECK(world.judge(made, {10, 10, 0, 0}).buckets == 1);
  const Judgement none = world.judge(made, {0, 0, 0, 0});
  CHECK_FALSE(none.known);
  CHECK_FALSE(none.holds);
}

TEST_CASE("windows count that start in the span") {
  World world;
  Expectation made = expectation("sum(arrivals of web) == 20");
  made.requirement.between = Between{bound("12:01"), bound("12:03")};
  const Judgement judgement = world.judge(made, {1, 1, 1, 1, 1});
  CHECK(judgement.holds);
  CHECK(judgement.from == kNoon + 1min);
  CHECK(judgement.to == kNoon + 3min);
  made.requirement.between = Between{bound("+1m"), bound("+3m")};
  CHECK(world.judge(made, {1, 1, 1, 1, 1}).holds);
  made.requirement.between = Between{bound("2026-01-05T12:01:30Z"), bound("2026-01-05T12:03:30Z")};
  CHECK(world.judge(made, {1, 1, 1, 1, 1}).holds);  // minutes 2 and 3
}

TEST_CASE("windows after the trace's end do not count") {
  World world;
  Expectation made = expectation("sum(arrivals of web) == 100");
  made.requirement.each = 10min;
  CHECK(world.judge(made, std::vector<int>(15, 1)).holds);
}

TEST_CASE("levels are means over the windows that count") {
  World world;
  Expectation made = expectation("avg(capacity_running of web) == 1.5");
  made.requirement.each = 2min;
  // Minute m runs m units: 0.5 and 2.5 in the first buckets.
  CHECK(world.judge(made, {1, 1, 1, 1}).failed == 2);
  made.requirement = parse_requirement("max(capacity_running of web) <= 3 in every 2m");
  CHECK(world.judge(made, {1, 1, 1, 1}).holds);
  made.requirement = parse_requirement("sum(cost of *) == 0.000000214 USD in every 2m");  // 2 x 107
  made.of = "*";
  CHECK(world.judge(made, {1, 1, 1, 1}).holds);
}

TEST_CASE("of everything, what only other services call is inside of what clients see") {
  World world;
  Expectation made = expectation("avg(latency of *) == 5ms");
  made.requirement.each = 1min;
  CHECK(world.judge(made, {5, 5}).holds);
}

TEST_CASE("a service that answers clients and services has to be named") {
  World world;
  Expectation made = expectation("avg(latency of *) == 5ms");
  made.requirement.each = 1min;
  const auto judge = judge_of(made, world.whole, kNoon, kNoon + 10min);
  judge->window({kNoon, kNoon + 1min});
  metrics::WindowRow row;
  row.service = 1;
  row.counters.arrivals = row.counters.calls = 1;
  judge->row(row);
  CHECK(testing::message_of<InputError>([&] { judge->finish(); }).find("name services") !=
        std::string::npos);
}

TEST_CASE("an activity must come in time, and the first one counts") {
  World world;
  Expectation made;
  made.about = Expectation::About::kActivity;
  made.of = "web";
  made.activity = "scale_out";
  made.first_after = bound("+2m");
  made.within = 3min;
  const auto came_at = [&](std::vector<Duration> times, std::uint32_t service = 1) {
    const auto judge = judge_of(made, world.whole, kNoon, kNoon + 10min);
    for (const Duration time : times) judge->activity({kNoon + time, service, "scale_out"});
    return judge->finish();
  };
  CHECK(came_at({1min, 2min}).holds);
  CHECK(came_at({5min}).holds);
  CHECK_FALSE(came_at({5min + 1ns}).holds);
  CHECK(came_at({5min + 1ns}).came == kNoon + 5min + 1ns);
  CHECK_FALSE(came_at({1min}).holds);
  CHECK_FALSE(came_at({3min}, 0).holds);
}

TEST_CASE("direction changes are counted by service and divided by the hours looked at") {
  World world;
  Expectation made;
  made.about = Expectation::About::kDirectionChanges;
  made.of = "*";
  made.requirement.comparison = Comparison::kLessOrEqual;
  made.requirement.limit = 12'000'000'000;
  const auto judge = judge_of(made, world.whole, kNoon, kNoon + 10min);
  for (int m = 0; m < 12; ++m) world.minute(*judge, m, 1, 1ms);
  const auto activity = [&](int m, std::uint32_t service, const char* kind) {
    judge->activity({kNoon + std::chrono::minutes(m), service, kind});
  };
  activity(1, 1, "scale_out");
  activity(2, 0, "scale_in");
  activity(2, 1, "launch");
  activity(3, 1, "scale_out");
  activity(4, 1, "scale_in");   // one
  activity(5, 1, "scale_out");  // two, in ten minutes
  const Judgement judgement = judge->finish();
  CHECK(judgement.changes == 2);
  CHECK(judgement.value == 12'000'000'000);
  CHECK(judgement.holds);
}

}  // namespace
}  // namespace skyreplay::check
