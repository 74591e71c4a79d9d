// Health checks, slow start and zones as requests see them.
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "ec2/group_run.h"

namespace skyreplay::ec2 {
namespace {

using metrics::Outcome;
using skyreplay::testing::RunResult;
using namespace std::chrono_literals;
using testing::Rows;
using testing::run;

/// Requests may take longer here than a balancer usually waits.
std::string group(std::uint32_t instances, const std::string& assumed,
                  const std::string& target_group, const std::string& more = "",
                  const std::string& top = "") {
  return testing::group(instances, assumed, target_group,
                        more + "load_balancer: {idle_timeout: 4000s}, ", top);
}

/// The causes of the changes of health, in order of time.
std::vector<std::string> health_of(const RunResult& result) {
  std::vector<std::string> causes;
  for (const workload::Activity& activity : result.activities) {
    if (activity.kind == "health") causes.push_back(activity.cause);
  }
  return causes;
}

}  // namespace

TEST_CASE("E7, E108: an instance that is launched serves after its boot and one passed check") {
  // In service at 25.8 s; its first check comes by then and 5 s. So 26 s is too early for one whose
  // beat lies above 0.2 s, and 31 s is not.
  const std::string scenario =
      group(1, "", "health_check_interval_seconds: 5, health_check_timeout_seconds: 2", "",
            "start: cold\n");
  const RunResult result = run(scenario, {{25s, 1s}, {31s, 1s}}, 100s);
  CHECK(result.outcome(Outcome::kRefused) == 1);
  CHECK(result.outcome(Outcome::kCompleted) == 1);
  CHECK(health_of(result) ==
        std::vector<std::string>{"instance 0 in us-east-1a is healthy: 1 health check passed"});
}

TEST_CASE("E154: an instance whose worker is taken for long fails its checks, and is left out") {
  // One worker each. The first request takes the first instance for 100 s: its checks wait behind
  // it, two time out, and what comes after 65 s goes to the second alone.
  const std::string scenario = group(2, "workers: 1", "healthy_threshold_count: 2");
  Rows rows = {{1s, 100s}};
  for (int i = 0; i < 4; ++i) rows.push_back({70s + i * 1s, 100ms});
  const RunResult result = run(scenario, rows, 300s);
  CHECK(result.service(0).parts.queue == 0);
  CHECK(health_of(result) ==
        std::vector<std::string>{
            "instance 0 in us-east-1a is unhealthy: 2 health checks in a row failed",
            "instance 0 in us-east-1a is healthy: 2 health checks in a row passed"});
}

TEST_CASE("E110, E154: a group that is overloaded as a whole goes on serving") {
  // Both instances are taken for 100 s; at 80 s both are unhealthy, and both get requests.
  const RunResult result =
      run(group(2, "workers: 1", ""), {{1s, 100s}, {1s, 100s}, {80s, 1s}, {80s, 1s}}, 300s);
  CHECK(result.outcome(Outcome::kCompleted) == 4);
  CHECK(result.service(0).parts.queue == 2 * 21'000'000'000);
  CHECK(health_of(result).size() >= 2);
}

TEST_CASE("E106: apart, a zone with one instance of three gets as much as the two of the other") {
  // Instances 0 and 2 are in zone a, 1 in b. Requests of 3 s, one a second, each instance with one
  // worker: 1 s of work a second for two zones, so 1.5 s a second for b's one worker, which falls
  // behind, and 0.75 s for each of a's.
  Rows rows;
  for (int i = 0; i < 400; ++i) rows.push_back({1s + i * 1s, 3s});
  const std::string zones = "availability_zones: [us-east-1a, us-east-1b], ";
  const auto waited = [&](const char* cross_zone) {
    const std::string target_group = std::string("load_balancing_cross_zone_enabled: ") +
                                     cross_zone +
                                     ", unhealthy_threshold_count: 10, "
                                     "load_balancing_algorithm_type: least_outstanding_requests";
    return run(group(3, "workers: 1", target_group, zones), rows, 600s).service(0).parts.queue;
  };
  CHECK(waited("true") == 0);
  CHECK(waited("false") > 400 * 10'000'000'000);
}

}  // namespace skyreplay::ec2
