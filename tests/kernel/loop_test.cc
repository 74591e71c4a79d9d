#include "kernel/loop.h"

#include <doctest/doctest.h>

#include <vector>

#include "kernel/slab.h"
#include "kernel/timer_ring.h"

namespace skyreplay::kernel {
namespace {

using namespace std::chrono_literals;

TimePoint at(Duration since_epoch) { return TimePoint{since_epoch}; }

struct Record {
  std::uint32_t generation = 0;
  int value = 0;
};

class Log final : public Process {
 public:
  explicit Log(Loop& loop) : loop_(loop) {}
  void fire(const Event& event) override {
    CHECK(event.time == loop_.now());
    if (event.kind == 2 && loop_.put_off(event, Turn::kServerTimeout)) return;
    if (event.kind == 3 && loop_.put_off(event, Turn::kClientTimeout)) return;
    if (event.kind == 4 && loop_.put_off(event, Turn::kBalancerTimeout)) return;
    fired.push_back(event.payload);
    if (event.kind == 1 || event.kind == 2)
      loop_.schedule(loop_.now(), event.process, 0, event.payload + 100);
  }
  std::vector<std::uint32_t> fired;

 private:
  Loop& loop_;
};

TEST_CASE("an event scheduled for now while advancing fires before the clock moves on") {
  Loop loop;
  Log log(loop);
  const ProcessId process = loop.add(log);
  loop.schedule(at(10ns), process, 1, 1);
  loop.schedule(at(10ns), process, 0, 2);
  loop.schedule(at(11ns), process, 0, 3);
  loop.advance(at(10ns));
  CHECK(log.fired == std::vector<std::uint32_t>{1, 2, 101});
  CHECK(loop.now() == at(10ns));
  loop.advance(at(20ns));
  CHECK(log.fired.back() == 3);
  CHECK(loop.now() == at(20ns));
  CHECK(loop.pending() == 0);
}

TEST_CASE("what has been cancelled and swept out is not waited for, and keeps nothing else back") {
  Loop loop;
  Log log(loop);
  const ProcessId id = loop.add(log);
  std::vector<EventId> cancelled;  // as many as the calendar sweeps out with the last of them
  for (int i = 0; i < 65; ++i) cancelled.push_back(loop.schedule_cancellable(at(10ns), id, 0, 1));
  loop.schedule(at(5ns), id, 0, 2);
  loop.schedule(at(20ns), id, 0, 3);
  loop.advance(at(6ns));  // looks ahead to 10 ns
  for (const EventId& event : cancelled) CHECK(loop.cancel(event));
  loop.advance(at(15ns));
  CHECK(log.fired == std::vector<std::uint32_t>{2});
  CHECK(loop.pending() == 1);
  loop.advance(at(20ns));
  CHECK(log.fired == std::vector<std::uint32_t>{2, 3});
}

TEST_CASE(
    "what is put off comes behind all else of its instant, servers' timeouts before clients'") {
  Loop loop;
  Log log(loop);
  const ProcessId process = loop.add(log);
  loop.schedule(at(10ns), process, 3, 1);
  loop.schedule(at(10ns), process, 2, 2);
  loop.schedule(at(10ns), process, 1, 3);
  loop.schedule(at(10ns), process, 3, 4);
  loop.schedule(at(10ns), process, 2, 5);
  loop.schedule(at(11ns), process, 3, 6);
  loop.advance(at(20ns));
  // 2 and 5 schedule 102 and 105 for the same instant, which come before the next timeout.
  CHECK(log.fired == std::vector<std::uint32_t>{3, 103, 2, 102, 5, 105, 1, 4, 6});
  CHECK(loop.now() == at(20ns));
}

TEST_CASE("of what is put off for one turn, the process added first comes first") {
  Loop loop;
  Log log(loop);
  const ProcessId first = loop.add(log);
  const ProcessId second = loop.add(log);
  loop.schedule(at(10ns), first, 3, 1);
  loop.schedule(at(10ns), second, 4, 2);
  loop.schedule(at(10ns), first, 4, 3);
  loop.schedule(at(10ns), second, 4, 4);
  loop.schedule(at(10ns), first, 4, 5);
  loop.advance(at(20ns));
  CHECK(log.fired == std::vector<std::uint32_t>{3, 5, 2, 4, 1});
}

TEST_CASE("a slab id outlives its record without naming the next one") {
  Slab<Record> slab;
  const SlabId first = slab.acquire();
  CHECK(slab.is_live(first));
  slab.release(first.index);
  CHECK_FALSE(slab.is_live(first));
  const SlabId second = slab.acquire();
  CHECK(second.index == first.index);
  CHECK(slab.is_live(second));
  CHECK_FALSE(slab.is_live(first));
  CHECK(slab.live() == 1);
}

class Ringer final : public Process {
 public:
  explicit Ringer(Loop& loop) : loop_(loop), ring_(loop, loop.add(*this), 0, 0, 30s) {}
  void fire(const Event&) override {
    ++events;
    ring_.fire([this](SlabId subject) {
      fired.emplace_back(loop_.now(), subject.index);
      if (again) ring_.start(subject);
    });
  }
  TimerRing& ring() { return ring_; }

  int events = 0;
  bool again = false;
  std::vector<std::pair<TimePoint, std::uint32_t>> fired;

 private:
  Loop& loop_;
  TimerRing ring_;
};

TEST_CASE("a ring fires each timer at its own time and keeps one event in the calendar") {
  Loop loop;
  Ringer ringer(loop);
  for (std::uint32_t i = 0; i < 5; ++i) {
    loop.advance(at(std::chrono::seconds(i < 3 ? 1 : i)));
    ringer.ring().start({i, 0});
    CHECK(loop.pending() == 1);
  }
  loop.advance(at(40s));
  REQUIRE(ringer.fired.size() == 5);
  CHECK(ringer.fired[0] == std::pair{at(31s), 0u});
  CHECK(ringer.fired[2] == std::pair{at(31s), 2u});
  CHECK(ringer.fired[3] == std::pair{at(33s), 3u});
  CHECK(ringer.fired[4] == std::pair{at(34s), 4u});
  CHECK(ringer.events == 3);
  CHECK(loop.pending() == 0);
}

TEST_CASE("a timer restarted from its own firing does not multiply the ring's events") {
  Loop loop;
  Ringer ringer(loop);
  ringer.again = true;
  ringer.ring().start({7, 0});
  loop.advance(at(10min + 1s));
  CHECK(ringer.fired.size() == 20);
  CHECK(ringer.events == 20);
  CHECK(loop.pending() == 1);
}

}  // namespace
}  // namespace skyreplay::kernel
