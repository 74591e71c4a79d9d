#include "kernel/calendar.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <random>
#include <vector>

namespace skyreplay::kernel {
namespace {

TimePoint at(std::int64_t ns) { return TimePoint{Duration{ns}}; }

/// The obvious calendar: an ordered map from (time, order of scheduling).
class Reference {
 public:
  void push(std::int64_t time, std::uint32_t payload) { events_[{time, ordinal_++}] = payload; }
  void cancel(std::uint32_t payload) {
    std::erase_if(events_, [payload](const auto& entry) { return entry.second == payload; });
  }
  bool pop_due(std::int64_t limit, std::int64_t& time, std::uint32_t& payload) {
    if (events_.empty() || events_.begin()->first.first > limit) return false;
    time = events_.begin()->first.first;
    payload = events_.begin()->second;
    events_.erase(events_.begin());
    return true;
  }
  std::size_t size() const { return events_.size(); }
  TimePoint next_time() const {
    return events_.empty() ? kEndOfTime : at(events_.begin()->first.first);
  }

 private:
  std::map<std::pair<std::int64_t, std::uint64_t>, std::uint32_t> events_;
  std::uint64_t ordinal_ = 0;
};

/// Delays as a simulation has them: none, ties, short, and far timers.
std::int64_t draw_delay(std::mt19937_64& random) {
  switch (random() % 6) {
    case 0:
      return 0;
    case 1:
      return static_cast<std::int64_t>(random() % 4);
    case 2:
      return static_cast<std::int64_t>(random() % 1'000);
    case 3:
      return static_cast<std::int64_t>(random() % 1'000'000);
    case 4:
      return 60'000'000'000;
    default:
      return static_cast<std::int64_t>(random() % (std::uint64_t{1} << (random() % 50 + 1)));
  }
}

void compare_with_reference(std::uint64_t seed, int steps) {
  CAPTURE(seed);
  std::mt19937_64 random(seed);
  Calendar calendar;
  Reference reference;
  std::map<std::uint32_t, EventId> cancellable;
  std::int64_t now = static_cast<std::int64_t>(random() % 1'000'000);
  std::uint32_t next_payload = 0;
  int cancels = 0;
  for (int step = 0; step < steps; ++step) {
    const auto action = random() % 10;
    if (action < 5) {
      const std::int64_t time = now + draw_delay(random);
      const std::uint32_t payload = next_payload++;
      const Event event{.time = at(time), .payload = payload};
      if (random() % 3 == 0) {
        cancellable[payload] = calendar.push_cancellable(event);
      } else {
        calendar.push(event);
      }
      reference.push(time, payload);
    } else if (action < 7 && !cancellable.empty()) {
      const auto victim = std::next(cancellable.begin(),
                                    static_cast<std::ptrdiff_t>(random() % cancellable.size()));
      REQUIRE(calendar.cancel(victim->second));
      REQUIRE_FALSE(calendar.cancel(victim->second));
      reference.cancel(victim->first);
      cancellable.erase(victim);
      ++cancels;
    } else {
      // An arrival moves the clock past everything due.
      const std::int64_t limit = now + draw_delay(random);
      Event event;
      std::int64_t time = 0;
      std::uint32_t payload = 0;
      const bool one_only = random() % 2 == 0;
      bool drained = true;
      while (reference.pop_due(limit, time, payload)) {
        REQUIRE(calendar.pop_due(at(limit), event));
        REQUIRE(event.time == at(time));
        REQUIRE(event.payload == payload);
        cancellable.erase(payload);
        now = time;
        if (one_only) {
          drained = false;
          break;
        }
      }
      if (drained) {
        REQUIRE_FALSE(calendar.pop_due(at(limit), event));
        now = limit;
      }
    }
    REQUIRE(calendar.size() == reference.size());
    // Earlier only where that one was cancelled.
    REQUIRE(calendar.next_time() <= reference.next_time());
    if (cancels == 0) REQUIRE(calendar.next_time() == reference.next_time());
  }
}

TEST_CASE("the calendar gives what an ordered map gives, with ties, far timers and cancellation") {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) compare_with_reference(seed, 3'000);
}

TEST_CASE("equal times come out in the order they were pushed") {
  Calendar calendar;
  for (std::uint32_t i = 0; i < 100; ++i) {
    calendar.push({.time = at(i % 2 == 0 ? 5'000 : 7'000), .payload = i});
  }
  Event event;
  for (std::uint32_t i = 0; i < 50; ++i) {
    REQUIRE(calendar.pop_due(at(5'000), event));
    CHECK(event.payload == 2 * i);
  }
  CHECK_FALSE(calendar.pop_due(at(6'999), event));
}

TEST_CASE("a peek moves nothing: an earlier event may still be pushed after it") {
  Calendar calendar;
  calendar.push({.time = at(1'000'000), .payload = 1});
  CHECK(calendar.next_time() == at(1'000'000));
  Event event;
  CHECK_FALSE(calendar.pop_due(at(999'999), event));
  calendar.push({.time = at(3), .payload = 2});
  CHECK(calendar.next_time() == at(3));
  REQUIRE(calendar.pop_due(at(2'000'000), event));
  CHECK(event.payload == 2);
}

TEST_CASE("cancelled events are swept once they outnumber the living") {
  Calendar calendar;
  std::vector<EventId> ids;
  for (std::uint32_t i = 0; i < 1'000; ++i) {
    ids.push_back(calendar.push_cancellable({.time = at(10 + i), .payload = i}));
  }
  for (std::uint32_t i = 0; i < 1'000; ++i) {
    if (i % 100 != 7) calendar.cancel(ids[i]);
  }
  CHECK(calendar.size() == 10);
  Event event;
  for (std::uint32_t i = 7; i < 1'000; i += 100) {
    REQUIRE(calendar.pop_due(kEndOfTime, event));
    CHECK(event.payload == i);
  }
  CHECK_FALSE(calendar.pop_due(kEndOfTime, event));
  CHECK(calendar.next_time() == kEndOfTime);
}

}  // namespace
}  // namespace skyreplay::kernel
