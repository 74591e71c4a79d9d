#include "sweep/assumptions.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

namespace skyreplay::sweep {
namespace {

std::vector<Assumption> assumptions(const std::string& services) {
  return assumptions_of(
      scenario::Scenario::parse("version: 1\nservices:\n" + services, "test.yaml"));
}

/// "value" or "value (default)" of each entry of that path.
std::vector<std::string> values(const std::vector<Assumption>& all, const std::string& path) {
  std::vector<std::string> found;
  for (const Assumption& one : all) {
    if (one.path == path) found.push_back(one.value + (one.is_default ? " (default)" : ""));
  }
  return found;
}

using Values = std::vector<std::string>;

TEST_CASE(
    "work share, recorded speed, init law and Lambda's speed are told, and which were given") {
  const auto all = assumptions("  fn: {lambda: {assumed: {speed: 1.1}}}\n");
  CHECK(values(all, "workload.work_share") == Values{"0.5 (default)"});
  CHECK(values(all, "workload.recorded_on.speed") == Values{"1 (default)"});
  CHECK(values(all, "services.fn.lambda.assumed.init_duration") ==
        Values{"{lognormal: {p50: 143ms, p99: 220ms}}"});
  CHECK(values(all, "services.fn.lambda.assumed.speed") == Values{"1.1"});
  CHECK(values(all, "services.fn.lambda.memory_size").empty());
}

TEST_CASE("where an instance's speed comes from is told also when no one gave it") {
  const auto all =
      assumptions("  web: {ec2: {min_size: 1, max_size: 1, instance_type: m7i.large}}\n");
  CHECK(values(all, "services.web.ec2.assumed.speed") ==
        Values{"1.518"});  // as sim/compute/data/cpu_speed.tsv has m7i
}

TEST_CASE("services of equal values share an entry") {
  const auto all = assumptions(
      "  a: {lambda: {}}\n  b: {lambda: {}}\n  c: {lambda: {assumed: {speed: 2}}}\n"
      "routes: [{match: a, service: a}, {match: b, service: b}, {match: c, service: c}]\n");
  CHECK(values(all, "services.*.lambda.assumed.speed") == Values{"1", "2"});
}

TEST_CASE("what acts with a queue alone is told of services that have one") {
  const std::string service =
      "  web: {ecs: {desired_count: 1, task_definition: {cpu: 256, memory: 512}, ";
  const std::string assumed = "services.web.ecs.assumed.";
  const auto direct = assumptions(service + "}}\n");
  for (const char* field : {"failure_probability", "receive_time", "publication_delay.sqs",
                            "publication_delay.container_insights", "high_resolution_metric_price",
                            "publication_delay.ecs_high_resolution"}) {
    CAPTURE(field);
    CHECK(values(direct, assumed + field).empty());
  }
  CHECK(values(direct, assumed + "publication_delay.ecs").size() == 1);
  const auto queued = assumptions(service + "queue: {}, assumed: {workers: 1}}}\n");
  CHECK(values(queued, assumed + "failure_probability") == Values{"0 with a queue (default)"});
  CHECK(values(queued, assumed + "receive_time") == Values{"0s with a queue (default)"});
  CHECK(values(queued, assumed + "publication_delay.sqs").empty());  // nothing looks at its metrics
}

TEST_CASE("delays are told of services whose policies or alarms look at such metrics") {
  const std::string alarm =
      "statistic: Average, period: 60, evaluation_periods: 1, comparison_operator: "
      "GreaterThanThreshold, threshold: 5, alarm_actions: [s]}";
  const auto all = assumptions(
      "  web: {ecs: {desired_count: 1, min_capacity: 1, max_capacity: 2, task_definition: {cpu: "
      "256, memory: 512}, queue: {}, assumed: {workers: 1}, policies: [{policy_name: s, "
      "step_scaling_policy_configuration: {adjustment_type: ChangeInCapacity, step_adjustments: "
      "[{metric_interval_lower_bound: 0, scaling_adjustment: 1}]}}], alarms: [{alarm_name: a, "
      "namespace: AWS/SQS, metric_name: ApproximateNumberOfMessagesVisible, " +
      alarm + "]}}\n");
  const std::string delay = "services.web.ecs.assumed.publication_delay.";
  CHECK(values(all, delay + "sqs").size() == 1);
  CHECK(values(all, delay + "container_insights").empty());
}

TEST_CASE("what a metric of 20 s costs is told of services that have some") {
  const auto all = assumptions(
      "  web: {ecs: {desired_count: 1, task_definition: {cpu: 256, memory: 512}, monitoring: "
      "{metric_configurations: [{metric_names: [CPUUtilization], resolution_seconds: 20}]}}}\n");
  CHECK(values(all, "services.web.ecs.assumed.high_resolution_metric_price").size() == 1);
}

}  // namespace
}  // namespace skyreplay::sweep
