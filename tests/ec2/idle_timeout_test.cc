// The load balancer answers in the stead of a target that does not.
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "ec2/group_run.h"

namespace skyreplay::ec2 {
namespace {

using metrics::Outcome;
using skyreplay::testing::RunResult;
using namespace std::chrono_literals;
using testing::group;
using testing::Rows;
using testing::run;

}  // namespace

TEST_CASE(
    "E112, E114: what is not answered within the idle timeout is an error, and is worked on") {
  // One worker. The first request takes 100 s and fails at 61 s; the second, behind it, at 62 s,
  // though it would need 1 s; the third finds the worker free again at 102 s.
  const RunResult result = run(group(1, "workers: 1", "unhealthy_threshold_count: 10"),
                               {{1s, 100s}, {2s, 1s}, {103s, 1s}}, 300s);
  CHECK(result.outcome(Outcome::kError) == 2);
  CHECK(result.outcome(Outcome::kCompleted) == 1);
  CHECK(result.service(0).latency_max_ns == 1'000'000'000);
  CHECK(result.timeline[0].row.cpu_busy_ns == 59'000'000'000);  // of 120: one worker works
  CHECK(result.timeline[1].row.cpu_busy_ns == 43'000'000'000);
}

TEST_CASE("E112: an answer at the very instant of the idle timeout is in time") {
  const RunResult result = run(group(1, "", ""), {{1s, 60s}, {1s, 0s, 61s}}, 300s);
  CHECK(result.outcome(Outcome::kCompleted) == 1);
  CHECK(result.outcome(Outcome::kError) == 1);
}

TEST_CASE("E112: a client may try again after the idle timeout, like after any error") {
  const std::string clients =
      "workload: {client: {max_attempts: 2, backoff: {base: 1s, jitter: none}}}\n";
  const std::string balancer = "load_balancer: {idle_timeout: 10s}, ";
  // The first attempt keeps the only worker for 20 s; the second comes at 12 s and waits for it
  // until 21 s, so it is answered at 31 s: too late as well.
  const RunResult result = run(group(1, "workers: 1", "", balancer, clients), {{1s, 20s}}, 300s);
  CHECK(result.outcome(Outcome::kError) == 1);
  CHECK(result.service(0).counters.attempts == 2);
}

}  // namespace skyreplay::ec2
