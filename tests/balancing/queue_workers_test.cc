// Workers that take messages from a queue, on their own (docs/models.md, Queue workers, L65).
#include <doctest/doctest.h>

#include "support/queue_world.h"

namespace skyreplay::balancing {
namespace {

using metrics::Outcome;
using testing::QueueWorld;
using namespace std::chrono_literals;

QueueWorkersConfig visible_after(Duration timeout, std::uint32_t max_receive_count = 0) {
  QueueWorkersConfig config;
  config.queue.visibility_timeout = timeout;
  config.queue.max_receive_count = max_receive_count;
  config.queue.is_asked_for_age = true;
  return config;
}

// Two are received at once, the others when those are done.
TEST_CASE("whoever is free receives the next message, over the whole queue") {
  QueueWorld world(2, 1, visible_after(30s));
  for (int i = 0; i < 4; ++i) world.message(10s, 5s);
  const metrics::SpanRow all = world.end(60s);
  CHECK(QueueWorld::count(all, Outcome::kCompleted) == 4);
  CHECK(all.parts.queue == 10'000'000'000);
  CHECK(all.latency_max_ns == 10'000'000'000);
  // 4 sent, 4 received, 4 deleted, and from 20 s to 60 s two polls of each worker that find
  // nothing.
  CHECK(world.fleet.queue()->requests(TimePoint{60s}) == 16);
}

// Received at 10, 40 and 70 s; each worker that is done later has worked in vain.
TEST_CASE("L65: a message that outlasts its visibility timeout is received again and again") {
  QueueWorld world(3, 1, visible_after(30s, 3));
  world.message(10s, 40s);
  const metrics::SpanRow all = world.end(200s);
  CHECK(QueueWorld::count(all, Outcome::kServerTimeout) == 1);
  CHECK(all.counters.attempts == 3);
  const metrics::EventCounts counts = world.fleet.queue()->take_counts();
  CHECK(counts.invoked == 3);
  CHECK(counts.dead_letters == 1);
  CHECK(world.clients.requests().live() == 0);
}

TEST_CASE("L65: unless somebody has received it again, it is deleted though it is visible") {
  QueueWorld world(1, 1, visible_after(30s));
  world.message(10s, 40s);
  world.loop.advance(TimePoint{45s});
  CHECK(world.fleet.queue()->visible() == 1);
  CHECK(world.fleet.queue()->in_flight() == 0);
  const metrics::SpanRow all = world.end(60s);
  CHECK(QueueWorld::count(all, Outcome::kCompleted) == 1);
  CHECK(all.counters.attempts == 1);
  CHECK(all.parts.queue == 0);
  CHECK(all.parts.wait == 40'000'000'000);
  CHECK(world.fleet.queue()->visible() == 0);
}

TEST_CASE("L65: a worker that is done at the end of the visibility timeout is in time") {
  QueueWorld world(2, 1, visible_after(30s));
  world.message(10s, 30s);
  CHECK(world.end(60s).counters.attempts == 1);
}

TEST_CASE("receive_time passes before a worker begins, and is part of the wait") {
  QueueWorkersConfig config = visible_after(30s);
  config.receive_time = 2s;
  QueueWorld world(1, 1, config);
  world.message(10s, 5s);
  world.message(10s, 5s);
  CHECK(world.end(60s).parts.queue == 2'000'000'000 + 9'000'000'000);
}

// Of three workers two may have one each; the third is received when one of them is deleted.
TEST_CASE("L65: no more than so many messages are in flight") {
  QueueWorkersConfig config = visible_after(30s);
  config.queue.most_in_flight = 2;
  QueueWorld world(3, 1, config);
  for (int i = 0; i < 3; ++i) world.message(10s, 5s);
  CHECK(world.end(60s).parts.queue == 5'000'000'000);
}

// The server has 30 s: one message is done by then, the other comes back at 110 s to the other one.
TEST_CASE("a server that goes finishes what it can, and the rest comes back in its time") {
  QueueWorld world(2, 2, visible_after(100s));
  for (const Duration wait : {20s, 20s, 60s, 60s}) world.message(10s, wait);
  world.loop.advance(TimePoint{15s});
  world.fleet.set_desired(1, "less");
  world.message(16s, 1s);
  const metrics::SpanRow all = world.end(300s);
  CHECK(QueueWorld::count(all, Outcome::kCompleted) == 5);
  CHECK(world.clients.requests().live() == 0);
}

TEST_CASE("L65: what a server that is killed had comes back at its visibility timeout") {
  QueueWorld world(1, 2, visible_after(30s));
  world.message(10s, 5s);
  world.message(10s, 5s);
  world.loop.advance(TimePoint{12s});
  world.fleet.kill(1);
  const metrics::SpanRow all = world.end(60s);
  CHECK(QueueWorld::count(all, Outcome::kCompleted) == 2);
  CHECK(all.counters.attempts == 4);
  CHECK(all.latency_max_ns == 35'000'000'000);
}

TEST_CASE("what the queue says of itself leaves out what happens at that instant") {
  QueueWorld world(1, 1, visible_after(100s));
  world.message(10s, 20s);
  world.message(10s, 20s);
  world.loop.advance(TimePoint{30s});  // the first is done, and the second begins
  const QueueWorkers& queue = *world.fleet.queue();
  CHECK(queue.visible() == 1);
  CHECK(queue.in_flight() == 1);
  CHECK(world.fleet.queue()->age_of_oldest() == 20s);
  world.loop.advance(TimePoint{31s});
  CHECK(queue.visible() == 0);
  CHECK(world.fleet.queue()->age_of_oldest() == 21s);
}

TEST_CASE("the oldest message is the oldest of those received less than three times") {
  QueueWorkersConfig config = visible_after(30s);
  config.queue.failure_probability = 1;
  QueueWorld world(2, 1, config);
  world.message(10s, 1s);  // received at 10, 40 and 70 s
  world.message(65s, 1s);
  world.loop.advance(TimePoint{69s});
  CHECK(world.fleet.queue()->age_of_oldest() == 59s);
  world.loop.advance(TimePoint{80s});
  CHECK(world.fleet.queue()->age_of_oldest() == 15s);
}

}  // namespace
}  // namespace skyreplay::balancing
