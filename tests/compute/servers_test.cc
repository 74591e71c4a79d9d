// The server's rules, each with numbers worked by hand.
#include "compute/servers.h"

#include <doctest/doctest.h>

#include <cmath>

#include "support/server_world.h"

namespace skyreplay::compute {
namespace {

using namespace std::chrono_literals;
using testing::ServerNote;
using testing::ServerWorld;

using Notes = std::vector<ServerNote>;

constexpr auto kStarted = ServerNote::kStarted;
constexpr auto kWorked = ServerNote::kWorked;
constexpr auto kDone = ServerNote::kDone;
constexpr auto kDropped = ServerNote::kDropped;

TimePoint at(Duration since_epoch) { return TimePoint{since_epoch}; }

TEST_CASE("E149: two requests on one vCPU take twice as long while both are there") {
  // 0: A needs 10. 4: A has 6 left, B needs 2; each gets half: B is done at 8, A has 4 left: 12.
  ServerWorld world;
  world.servers.add({});
  CHECK(world.request(0ns, 1, 10ns).finish == kEndOfTime);
  world.request(4ns, 2, 2ns);
  world.advance(100ns);
  CHECK(world.notes == Notes{{8ns, kDone, 2}, {12ns, kDone, 1}});
}

TEST_CASE("E149: requests share only where there are more of them than vCPUs") {
  // Of 2 vCPUs three get 2/3 each: 20 take 30. Then two requests have one each.
  ServerWorld world;
  world.servers.add({.cpu_units = 2048});
  for (std::uint32_t tag = 1; tag <= 3; ++tag) world.request(0ns, tag, 20ns);
  world.request(100ns, 4, 20ns);
  world.request(105ns, 5, 30ns);
  world.advance(200ns);
  CHECK(world.notes == Notes{{30ns, kDone, 1},
                             {30ns, kDone, 2},
                             {30ns, kDone, 3},
                             {120ns, kDone, 4},
                             {135ns, kDone, 5}});
}

TEST_CASE("E149: a quarter of a vCPU takes four times as long, in either mode") {
  ServerWorld world;
  world.servers.add({.cpu_units = 256});
  world.servers.add({.cpu_units = 256, .workers = 1});
  world.request(0ns, 1, 10ns, 5ns, 0);
  CHECK(world.request(0ns, 2, 10ns, 5ns, 1).finish == at(45ns));
  // 12 and 12 share a quarter from 100 on: 24 / 0.25.
  world.request(100ns, 3, 12ns);
  world.request(100ns, 4, 12ns);
  world.advance(1us);
  CHECK(world.notes ==
        Notes{{45ns, kDone, 2, 1}, {45ns, kDone, 1}, {196ns, kDone, 3}, {196ns, kDone, 4}});
}

TEST_CASE("E149: speed shortens the work, not the wait, to the nearest nanosecond, halves up") {
  // At speed 2, 3 ns of work last 1.5, so 2; at speed 3, 10 last 3.33 and 11 last 3.67.
  const auto alone = [](ServerConfig config, Duration work) {
    ServerWorld world;
    world.servers.add(config);
    config.workers = 1;
    world.servers.add(config);
    world.request(0ns, 1, work, 7ns, 0);
    world.request(0ns, 1, work, 7ns, 1);
    world.advance(1us);
    CHECK(world.notes.at(0).time == world.notes.at(1).time);
    return world.notes[0].time;
  };
  CHECK(alone({.speed = 2}, 3ns) == 9ns);
  CHECK(alone({.speed = 3}, 10ns) == 10ns);
  CHECK(alone({.speed = 3}, 11ns) == 11ns);
}

TEST_CASE("E148: what finds no worker free waits its turn, and what finds no room is refused") {
  ServerWorld world;
  world.servers.add({.workers = 1, .backlog = 1});
  const Admitted first = world.request(0ns, 1, 10ns, 5ns);
  CHECK(first.entry == Entry::kInService);
  CHECK(first.finish == at(15ns));
  CHECK(world.request(1ns, 2, 1ns).entry == Entry::kQueued);
  CHECK(world.request(2ns, 3, 1ns).entry == Entry::kRefused);
  CHECK(world.servers.in_service(0) == 1);
  CHECK(world.servers.queued(0) == 1);
  CHECK(world.servers.outstanding(0) == 2);
  world.advance(100ns);
  CHECK(world.notes == Notes{{15ns, kStarted, 2, 0, 14ns}, {15ns, kDone, 1}, {16ns, kDone, 2}});
  CHECK(world.servers.outstanding(0) == 0);
}

TEST_CASE("E148: a backlog of 0 holds nobody, one without a limit everybody, first come first") {
  ServerWorld world;
  world.servers.add({.workers = 1, .backlog = 0});
  world.servers.add({.workers = 1});
  world.request(0ns, 1, 10ns, 0ns, 0);
  CHECK(world.request(0ns, 2, 10ns, 0ns, 0).entry == Entry::kRefused);
  for (std::uint32_t tag = 0; tag < 1000; ++tag) world.request(0ns, tag, 1ns, 0ns, 1);
  CHECK(world.servers.queued(1) == 999);
  world.advance(1us);
  std::uint32_t next = 0;
  for (const ServerNote& note : world.notes) {
    if (note.server == 1 && note.what == kDone) CHECK(note.tag == next++);
  }
  CHECK(next == 1000);
}

TEST_CASE("E148: a request holds its worker while it waits, and leaves its vCPU to others") {
  // Two workers, one vCPU. A and B need 4 each: done at 8. A then waits until 28, B leaves; C needs
  // 6 and has the vCPU alone: 14.
  ServerWorld world;
  world.servers.add({.workers = 2});
  world.request(0ns, 1, 4ns, 20ns);
  world.request(0ns, 2, 4ns);
  CHECK(world.request(3ns, 3, 6ns).entry == Entry::kQueued);
  world.advance(20ns);
  CHECK(world.servers.in_service(0) == 1);
  world.advance(100ns);
  CHECK(world.notes ==
        Notes{{8ns, kStarted, 3, 0, 5ns}, {8ns, kDone, 2}, {14ns, kDone, 3}, {28ns, kDone, 1}});
}

TEST_CASE("E148: after its work a request makes its calls, and only then waits") {
  ServerWorld world;
  world.calls = 100ns;
  world.servers.add({.workers = 1, .makes_calls = true});
  world.request(0ns, 1, 10ns, 5ns);
  world.request(0ns, 2, 0ns, 0ns);  // without work it goes straight on to its calls
  world.advance(1us);
  CHECK(world.notes == Notes{{10ns, kWorked, 1},
                             {115ns, kStarted, 2, 0, 115ns},
                             {115ns, kDone, 1},
                             {115ns, kWorked, 2},
                             {215ns, kDone, 2}});
}

TEST_CASE("a job that is abandoned leaves without its wait, and frees its worker") {
  ServerWorld world;
  world.calls = 100ns;
  world.calls_fail = true;
  world.servers.add({.workers = 1, .makes_calls = true});
  world.request(0ns, 1, 10ns, 5ns);
  world.advance(1us);
  CHECK(world.notes == Notes{{10ns, kWorked, 1}, {110ns, kDone, 1}});
  CHECK(world.servers.outstanding(0) == 0);
}

TEST_CASE("a request without work goes straight on, and its finish is known") {
  ServerWorld world;
  world.servers.add({});
  world.request(0ns, 1, 10ns);
  CHECK(world.request(2ns, 2, 0ns, 3ns).finish == at(5ns));
  CHECK(world.request(2ns, 3, 0ns).finish == at(2ns));
  world.advance(100ns);
  CHECK(world.notes == Notes{{2ns, kDone, 3}, {5ns, kDone, 2}, {10ns, kDone, 1}});
}

TEST_CASE("where nothing is shared a request is one event, queued or not") {
  for (const ServerConfig& config :
       {ServerConfig{.workers = 1}, ServerConfig{.cpu_units = 1536, .workers = 1},
        ServerConfig{.cpu_units = 256, .workers = 1},
        ServerConfig{.cpu_units = 2048, .workers = 2}}) {
    ServerWorld world;
    world.servers.add(config);
    for (std::uint32_t tag = 0; tag < 10; ++tag) world.request(0ns, tag, 10ns, 7ns);
    world.advance(1us);
    CHECK(world.loop.events() == 10);
    CHECK(world.servers.outstanding(0) == 0);
  }
}

TEST_CASE("whoever takes the end of a job at once hears of it before the next one has started") {
  for (const bool at_once : {false, true}) {
    ServerWorld world;
    world.ends_at_once = at_once;
    world.servers.add({.workers = 1});
    world.request(0ns, 1, 10ns);
    world.request(4ns, 2, 10ns);
    world.advance(100ns);
    const Notes expected =
        at_once ? Notes{{10ns, kDone, 1}, {10ns, kStarted, 2, 0, 6ns}, {20ns, kDone, 2}}
                : Notes{{10ns, kStarted, 2, 0, 6ns}, {10ns, kDone, 1}, {20ns, kDone, 2}};
    CHECK(world.notes == expected);
  }
}

TEST_CASE("where the vCPUs are shared one event a server moves when it fires early") {
  // A needs 10; at 4 B does too. A is due at 16, so its event of 10 is moved there; B's is at 20.
  ServerWorld world;
  world.servers.add({});
  world.request(0ns, 1, 10ns);
  world.request(4ns, 2, 10ns);
  CHECK(world.loop.pending() == 1);
  world.advance(100ns);
  CHECK(world.notes == Notes{{16ns, kDone, 1}, {20ns, kDone, 2}});
  CHECK(world.loop.events() == 3);
}

TEST_CASE("an event that another took the place of comes up in vain") {
  // Each has a vCPU. B is done first; A's first event is then a dead one, beside A's second.
  ServerWorld world;
  world.servers.add({.cpu_units = 2048});
  world.request(0ns, 1, 10ns);
  world.request(1ns, 2, 2ns);
  CHECK(world.loop.pending() == 2);
  world.advance(100ns);
  CHECK(world.notes == Notes{{3ns, kDone, 2}, {10ns, kDone, 1}});
  CHECK(world.loop.events() == 3);
}

TEST_CASE("requests done at one instant leave in the order they entered") {
  ServerWorld world;
  world.servers.add({.workers = 3});
  for (std::uint32_t tag = 1; tag <= 4; ++tag) world.request(0ns, tag, 5ns);
  world.advance(100ns);
  CHECK(world.notes == Notes{{15ns, kStarted, 4, 0, 15ns},
                             {15ns, kDone, 1},
                             {15ns, kDone, 2},
                             {15ns, kDone, 3},
                             {20ns, kDone, 4}});
}

TEST_CASE("a request that the owner sends as another leaves does not overtake the backlog") {
  ServerWorld world;
  world.servers.add({.workers = 1});
  world.on_done = [&](std::uint32_t server, std::uint32_t tag) {
    if (tag == 1) CHECK(world.servers.admit(server, 3, 1ns, 0ns).entry == Entry::kQueued);
  };
  world.request(0ns, 1, 10ns);
  world.request(0ns, 2, 10ns);
  world.advance(100ns);
  CHECK(world.notes.back() == ServerNote{21ns, kDone, 3});
}

TEST_CASE("E150: 64 workers on 2 vCPUs are exactly 100 % busy, at any instant") {
  ServerWorld world;
  world.servers.add({.cpu_units = 2048, .speed = 1.37, .workers = 64});
  for (std::uint32_t tag = 0; tag < 200; ++tag) world.request(0ns, tag, 999ns + tag * 1ns);
  for (Duration now = 0ns; now < 70us; now += 977ns) {
    world.advance(now);
    CHECK(world.servers.cpu_busy(0, at(now)) == world.servers.cpu_available(0, at(now)));
  }
  CHECK(world.servers.in_service(0) == 64);
}

TEST_CASE("E150: where nothing is shared CPU time is that of the work, to the nanosecond") {
  // On 1.5 vCPUs a request uses one; on a quarter, that quarter for four times as long.
  ServerWorld world;
  world.servers.add({.cpu_units = 1536, .workers = 1});
  world.servers.add({.cpu_units = 256, .workers = 1});
  const auto busy = [&](std::uint32_t server, Duration now) {
    world.advance(now);
    return static_cast<std::uint64_t>(world.servers.cpu_busy(server, at(now)));
  };
  world.request(0ns, 1, 10ns, 5ns, 0);
  world.request(0ns, 2, 10ns, 5ns, 0);  // from 15 on
  world.request(0ns, 3, 10ns, 5ns, 1);  // works until 40
  CHECK(busy(0, 7ns) == 7 * 1024);
  CHECK(busy(1, 7ns) == 7 * 256);
  CHECK(busy(0, 12ns) == 10 * 1024);
  CHECK(busy(0, 17ns) == 12 * 1024);
  CHECK(busy(1, 39ns) == 39 * 256);
  CHECK(busy(1, 100ns) == 40 * 256);
  CHECK(busy(0, 100ns) == 20 * 1024);
  CHECK(world.servers.cpu_available(0, at(100ns)) == 100 * 1536);
}

TEST_CASE("E150: where vCPUs are shared CPU time is the integral of those in use") {
  // 2 vCPUs: one request alone for 4, then three until the first is done at 4 + 6 x 3 / 2 = 13.
  ServerWorld world;
  world.servers.add({.cpu_units = 2048});
  world.request(0ns, 1, 10ns);
  world.request(4ns, 2, 100ns);
  world.request(4ns, 3, 100ns);
  world.advance(20ns);
  CHECK(world.notes == Notes{{13ns, kDone, 1}});
  CHECK(world.servers.cpu_busy(0, at(20ns)) == 1024 * 4 + 2048 * 16);
}

TEST_CASE("a server that is removed drops those inside and then those queued, and is forgotten") {
  for (const std::uint32_t cpu_units : {1024u, 2048u}) {  // shared, and not
    ServerWorld world;
    const std::uint32_t first = world.servers.add({.cpu_units = cpu_units, .workers = 2});
    CHECK(world.servers.add({}) == 1);
    for (std::uint32_t tag = 1; tag <= 4; ++tag) world.request(0ns, tag, 10ns, 0ns, first);
    world.advance(5ns);
    world.remove(first);
    CHECK(world.notes ==
          Notes{{5ns, kDropped, 1}, {5ns, kDropped, 2}, {5ns, kDropped, 3}, {5ns, kDropped, 4}});
    // Its index is used again; what was scheduled for the old jobs does not touch the new ones.
    world.notes.clear();
    CHECK(world.servers.add({.cpu_units = cpu_units, .workers = 2}) == first);
    CHECK(world.servers.outstanding(first) == 0);
    CHECK(world.servers.cpu_busy(first, at(5ns)) == 0);
    world.request(6ns, 9, 50ns, 0ns, first);
    world.advance(1us);
    CHECK(world.notes == Notes{{56ns, kDone, 9}});
    CHECK(world.servers.cpu_busy(first, at(1us)) == 50 * 1024);
    CHECK(world.servers.cpu_available(first, at(1us)) == CpuTime{cpu_units} * 995);
  }
}

TEST_CASE("an owner may remove a server as a job leaves it") {
  ServerWorld world;
  world.servers.add({.workers = 2});
  world.on_done = [&](std::uint32_t server, std::uint32_t) { world.remove(server); };
  for (std::uint32_t tag = 1; tag <= 3; ++tag) world.request(0ns, tag, 10ns);
  world.advance(100ns);
  CHECK(world.notes == Notes{{20ns, kStarted, 3, 0, 20ns},
                             {20ns, kDone, 1},
                             {20ns, kDropped, 2},
                             {20ns, kDropped, 3}});
}

TEST_CASE("a wait that ends as its server is removed by another's end is dropped, not done") {
  // One vCPU: job 1's wait ends at 20, and job 2 is done working at 20, which comes first.
  ServerWorld world;
  world.servers.add({});
  world.on_done = [&](std::uint32_t server, std::uint32_t) { world.remove(server); };
  world.request(0ns, 1, 10ns, 10ns);
  world.request(10ns, 2, 10ns);
  world.advance(100ns);
  CHECK(world.notes == Notes{{20ns, kDone, 2}, {20ns, kDropped, 1}});
}

TEST_CASE("after 60 days of being busy a microsecond is still one") {
  // Job 1 needs 90 days of a reference core, 81.8 at this speed. Beside it, 1,000 ns take 2,000.
  ServerWorld world;
  world.servers.add({.speed = 1.1});
  world.request(0ns, 1, 24h * 90);
  world.request(24h * 60 + 1ns, 2, 1100ns);
  world.advance(24h * 60 + 1h);
  CHECK(world.notes == Notes{{24h * 60 + 2001ns, kDone, 2}});
  world.advance(24h * 100);
  REQUIRE(world.notes.back().tag == 1);
  // 90 days / 1.1, and the 1,000 ns that job 2 took of it; a double has 1 ns at this length.
  const double alone = 24.0 * 90 * 3600e9 / 1.1;
  CHECK(std::abs(static_cast<double>(world.notes.back().time.count()) - (alone + 1000)) <= 2);
}

}  // namespace
}  // namespace skyreplay::compute
