// Counts what is allocated while requests pass through a group of servers.
#include <doctest/doctest.h>

#include <cstdlib>
#include <new>

#include "balancing/target_group.h"
#include "core/random.h"
#include "support/server_world.h"

namespace {

std::uint64_t allocations = 0;

}  // namespace

void* operator new(std::size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size)) return memory;
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace skyreplay::balancing {
namespace {

using namespace std::chrono_literals;
using compute::ServerConfig;
using testing::ServerWorld;

/// Ten servers at load 0.9 of two vCPUs each, whose requests also wait.
class Fleet {
 public:
  Fleet(const ServerConfig& config, Algorithm algorithm) : group_({.algorithm = algorithm}) {
    for (int i = 0; i < 10; ++i) {
      const std::uint32_t server = world_.servers.add(config);
      group_.add(server);
      group_.put_in(server);
    }
    world_.on_done = [&](std::uint32_t server, std::uint32_t) {
      group_.finished(server);
      world_.notes.clear();
    };
  }
  void play(std::uint64_t requests) {
    for (const std::uint64_t end = row_ + requests; row_ < end; ++row_) {
      RandomEngine random = draws_.at(row_);
      const auto up_to = [&](Duration most) {
        return Duration{
            static_cast<std::int64_t>(static_cast<double>(most.count()) * random.uniform())};
      };
      now_ += up_to(1111us);
      world_.advance(now_);
      const std::uint32_t server = group_.pick({}, random);
      if (world_.request(now_, 0, up_to(20ms), up_to(20ms), server).entry ==
          compute::Entry::kRefused) {
        group_.finished(server);
      }
    }
  }

 private:
  ServerWorld world_;
  TargetGroup group_;
  RandomStream draws_{1, "allocation", "request"};
  std::uint64_t row_ = 0;
  Duration now_{};
};

TEST_CASE(
    "once warm, 100,000 requests allocate fewer than 30 times, for more at a time than ever") {
  for (const Algorithm algorithm :
       {Algorithm::kRoundRobin, Algorithm::kLeastOutstandingRequests, Algorithm::kWeightedRandom}) {
    for (const ServerConfig& config :
         {ServerConfig{.cpu_units = 2048, .workers = 2, .backlog = 50},
          ServerConfig{.cpu_units = 2048, .workers = 16, .backlog = 50},
          ServerConfig{.cpu_units = 2048, .workers = 16, .backlog = 50, .makes_calls = true}}) {
      Fleet fleet(config, algorithm);
      fleet.play(100'000);
      const std::uint64_t before = allocations;
      fleet.play(100'000);
      // The calendar's buckets and the servers' own memory grow with the most they ever held.
      CHECK(allocations - before < 30);
    }
  }
}

}  // namespace
}  // namespace skyreplay::balancing
