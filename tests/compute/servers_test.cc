// The server's rules, each with numbers worked by hand.
#include "compute/servers.h"

#include <doctest/doctest.h>

#include "support/server_world.h"

namespace skyreplay::compute {
namespace {

using namespace std::chrono_literals;
using testing::ServerNote;
using testing::ServerWorld;

constexpr auto kStarted = ServerNote::kStarted;
constexpr auto kDone = ServerNote::kDone;

TEST_CASE("E149: two requests on one vCPU take twice as long while both are there") {
  // 0: A needs 10. 4: A has 6 left, B needs 2; each gets half: B is done at 8, A has 4 left: 12.
  ServerWorld world;
  world.servers.add({});
  CHECK(world.request(0ns, 1, 10ns).finish == kEndOfTime);
  world.request(4ns, 2, 2ns);
  world.advance(100ns);
  CHECK(world.notes == std::vector<ServerNote>{{8ns, kDone, 2}, {12ns, kDone, 1}});
}

TEST_CASE("E148: what finds no worker free waits its turn, and what finds no room is refused") {
  ServerWorld world;
  world.servers.add({.workers = 1, .backlog = 1});
  const Admitted first = world.request(0ns, 1, 10ns, 5ns);
  CHECK(first.entry == Entry::kInService);
  CHECK(first.finish == TimePoint{15ns});
  CHECK(world.request(1ns, 2, 1ns).entry == Entry::kQueued);
  CHECK(world.request(2ns, 3, 1ns).entry == Entry::kRefused);
  world.advance(100ns);
  CHECK(world.notes ==
        std::vector<ServerNote>{{15ns, kStarted, 2, 0, 14ns}, {15ns, kDone, 1}, {16ns, kDone, 2}});
}

}  // namespace
}  // namespace skyreplay::compute
