// What random scenarios never reach, they say nothing about.
#include <doctest/doctest.h>

#include <map>
#include <string>

#include "reference/model/simulate.h"
#include "reference/random_scenario.h"

namespace skyreplay::reference {
namespace {

/// In how many of 1,000 scenarios something happens.
std::map<std::string, int> reached() {
  std::map<std::string, int> scenarios;
  for (std::uint64_t number = 0; number < 1'000; ++number) {
    const Scenario scenario = random_scenario(number);
    const Result result = simulate(scenario);
    std::map<std::string, bool> here;
    for (std::size_t i = 0; i < kOutcomes; ++i) {
      for (const Counts& service : result.services) {
        here["outcome " + std::to_string(i)] |= service.outcomes[i] > 0;
      }
    }
    for (const Activity& activity : result.activities) {
      here[activity.kind] = true;
      const bool is_function =
          scenario.services[activity.service].platform == Service::Platform::kFunction;
      here["scales what is provisioned"] |= is_function && activity.kind.starts_with("scale_");
      const bool is_second = scenario.services[activity.service].fleet.beside.has_value();
      here["a second provider scales"] |= is_second && activity.kind == "scale_out";
      const bool is_job = scenario.services[activity.service].platform == Service::Platform::kJob;
      here["job finds no room"] |= is_job && activity.kind == "placement";
      here["job is lost, or given up"] |= is_job && activity.kind == "terminate";
    }
    for (const BillRow& row : result.bill) here[row.item] = true;
    here[result.verdict] = true;
    const Parts& parts = result.overall.parts;
    here["queue"] = parts.queue > Time{};
    here["init"] = parts.init > Time{};
    here["cpu_stretch"] = parts.cpu_stretch > Time{};
    here["downstream"] = parts.downstream > Time{};
    here["retry"] = parts.retry > Time{};
    here["in flight at the end"] = result.in_flight_at_end > 0;
    for (const auto& [what, happens] : here) scenarios[what] += happens ? 1 : 0;
  }
  return scenarios;
}

TEST_CASE("random scenarios reach every outcome, limit, activity, line item and verdict") {
  std::map<std::string, int> scenarios = reached();
  for (const std::string what : {"outcome 0",
                                 "outcome 1",
                                 "outcome 2",
                                 "outcome 3",
                                 "outcome 4",
                                 "outcome 5",
                                 "outcome 6",
                                 "in flight at the end",
                                 "queue",
                                 "init",
                                 "cpu_stretch",
                                 "downstream",
                                 "retry",
                                 "stable",
                                 "backlogged",
                                 "overloaded",
                                 "scale_out",
                                 "scale_in",
                                 "deploy",
                                 "launch",
                                 "terminate",
                                 "scheduled",
                                 "forecast",
                                 "limit ConcurrentInvocationLimitExceeded",
                                 "limit ReservedFunctionConcurrentInvocationLimitExceeded",
                                 "limit FunctionInvocationRateLimitExceeded",
                                 "limit ReservedFunctionInvocationRateLimitExceeded",
                                 "limit CallerRateLimitExceeded",
                                 "lambda.requests_x86",
                                 "lambda.duration_arm",
                                 "lambda.provisioned_duration_x86",
                                 "lambda.provisioned_concurrency_arm",
                                 "lambda.ephemeral_storage_over_512mb",
                                 "scales what is provisioned",
                                 "limit TooManyRequestsException",
                                 "lambda.snapstart_cache",
                                 "lambda.snapstart_restore",
                                 "apigateway_http.requests",
                                 "apigateway_rest.requests",
                                 "sqs.standard_requests",
                                 "data_transfer.internet_out",
                                 "alb.load_balancer",
                                 "alb.lcu",
                                 "ec2.on_demand.m7i.large",
                                 "ebs_gp2.storage",
                                 "ebs_gp3.iops_over_3000",
                                 "ebs_gp3.throughput_over_125",
                                 "fargate.linux_x86_vcpu",
                                 "fargate.linux_arm_memory",
                                 "fargate.ephemeral_storage_over_20gb",
                                 "fargate.spot_linux_x86_vcpu",
                                 "fargate.spot_linux_arm_memory",
                                 "external.requests",
                                 "fault",
                                 "spot",
                                 "replace",
                                 "enter_standby",
                                 "exit_standby",
                                 "a second provider scales",
                                 "job finds no room",
                                 "job is lost, or given up",
                                 "detach",
                                 "container",
                                 "refused",
                                 "ec2.spot.m7i.large",
                                 "vpc.public_ipv4_in_use"}) {
    CAPTURE(what);
    CHECK(scenarios[what] >= 10);
  }
}

}  // namespace
}  // namespace skyreplay::reference
