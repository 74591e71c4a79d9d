#include <doctest/doctest.h>

#include <string>

#include "core/error.h"
#include "scenario/scenario.h"

namespace skyreplay::scenario {
namespace {

/// What is wrong with a service of tasks of 512 MiB; nothing, or the first mistake.
std::string told(const std::string& assumed, const std::string& more = "") {
  const std::string yaml =
      "version: 1\nservices:\n  web:\n    ecs: {task_definition: {cpu: 256, memory: 512}, " + more +
      "assumed: {" + assumed + "}}\n";
  try {
    Scenario::parse(yaml, "shop.yaml");
  } catch (const InputError& error) {
    return error.what();
  }
  return "";
}
bool complains(const std::string& error, const std::string& of) {
  return error.find(of) != std::string::npos;
}

TEST_CASE("C4: a task needs no more with no request inside than it has") {
  CHECK(told("memory_base: 512MiB, memory_per_request: 1GiB") == "");
  CHECK(complains(told("memory_base: 513MiB"), "a task has 512 MiB"));
  const std::string smaller = "deployments: [{at: +1m, memory: 1024, assumed: {memory_base: ";
  CHECK(told("memory_base: 100MiB", smaller + "1GiB}}], ") == "");
  CHECK(complains(told("memory_base: 100MiB", smaller + "1025MiB}}], "), "a task has 1,024 MiB"));
}

TEST_CASE("C4: what a request takes needs what a task takes beside it") {
  CHECK(complains(told("memory_per_request: 1MiB"), "needs memory_base"));
  CHECK(complains(told("", "deployments: [{at: +1m, assumed: {memory_base: 1MiB}}], "),
                  "the service's own assumed.memory_base is missing"));
}

TEST_CASE("C4, C5: a soft limit is for tasks on a cluster, and at most the hard one") {
  const auto told_on_cluster = [](const std::string& task, const std::string& more = "") {
    try {
      Scenario::parse(
          "version: 1\nclusters: {c: {auto_scaling_group: {min_size: 1, max_size: 1, "
          "instance_type: "
          "m7i.large}, assumed: {registered_memory: 1000}}}\nservices:\n  web:\n    ecs: {cluster: "
          "c, task_definition: {cpu: 256, " +
              task + "}" + more + "}\n",
          "shop.yaml");
    } catch (const InputError& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  CHECK(told_on_cluster("memory: 512, memory_reservation: 512") == "");
  // What is reserved has to fit an instance; the hard limit need not.
  CHECK(told_on_cluster("memory: 2000, memory_reservation: 1000") == "");
  CHECK(complains(told_on_cluster("memory: 2000, memory_reservation: 1001"),
                  "task_definition.memory_reservation: must be at most 1,000 MiB"));
  CHECK(complains(told_on_cluster("memory: 512, memory_reservation: 513"),
                  "is 513 MiB, and must be at most memory, 512 MiB"));
  CHECK(complains(told_on_cluster("memory: 512, memory_reservation: 300",
                                  ", deployments: [{at: +1m, memory: 256}]"),
                  "deployments[0].memory_reservation: is 300 MiB, and must be at most memory"));
  CHECK(complains(told("memory_base: 1MiB", "deployments: [{at: +1m, memory_reservation: 100}], "),
                  "is for tasks on a cluster"));
}

TEST_CASE("C93: MemoryUtilization is for services that say what their tasks use") {
  const std::string alarm =
      "min_capacity: 1, max_capacity: 2, alarms: [{alarm_name: a, namespace: AWS/ECS, metric_name: "
      "MemoryUtilization, statistic: Average, period: 60, evaluation_periods: 1, "
      "comparison_operator: GreaterThanThreshold, threshold: 80, alarm_actions: [s]}], policies: "
      "[{policy_name: s, step_scaling_policy_configuration: {adjustment_type: ChangeInCapacity, "
      "step_adjustments: [{metric_interval_lower_bound: 0, scaling_adjustment: 1}]}}], ";
  CHECK(told("memory_base: 1MiB", alarm) == "");
  CHECK(complains(told("", alarm), "MemoryUtilization needs assumed.memory_base"));
}

}  // namespace
}  // namespace skyreplay::scenario
