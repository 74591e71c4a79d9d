#include <doctest/doctest.h>

#include "core/error.h"
#include "scenario/scenario.h"

namespace skyreplay::scenario {
namespace {

void parse(const std::string& ecs) {
  Scenario::parse(
      "version: 1\nservices: {web: {ecs: {task_definition: {cpu: 1024, memory: 2048}, " + ecs +
          "}}}\n",
      "test.yaml");
}

TEST_CASE("C9: a deployment's size must be one that Fargate has, with what it leaves as it is") {
  CHECK_NOTHROW(parse("deployments: [{at: +1h, memory: 4096}]"));
  CHECK_THROWS_WITH_AS(parse("deployments: [{at: +1h, cpu: 4096}]"),
                       doctest::Contains("8 GiB to 30 GiB"), InputError);
}

TEST_CASE("C45: a rollback needs a circuit breaker") {
  CHECK_THROWS_WITH_AS(
      parse("deployment_configuration: {deployment_circuit_breaker: {rollback: true}}"),
      doctest::Contains("is for a circuit breaker that is enabled"), InputError);
}

TEST_CASE("C37: the percentages of a deployment have their bounds") {
  CHECK_THROWS_AS(parse("deployment_configuration: {minimum_healthy_percent: 101}"), InputError);
  CHECK_THROWS_AS(parse("deployment_configuration: {maximum_percent: 99}"), InputError);
}

TEST_CASE("C53: zones are not rebalanced where there is no room for one task more") {
  const std::string full = "deployment_configuration: {maximum_percent: 100}, ";
  CHECK_NOTHROW(parse(full + "desired_count: 2"));
  CHECK_NOTHROW(parse(full + "availability_zone_rebalancing: DISABLED"));
  CHECK_THROWS_WITH_AS(parse(full + "availability_zone_rebalancing: ENABLED"),
                       doctest::Contains("needs a maximum_percent above 100"), InputError);
}

TEST_CASE("C58: what is of one strategy is refused with another") {
  CHECK_NOTHROW(parse("deployment_configuration: {strategy: BLUE_GREEN, bake_time_in_minutes: 5}"));
  CHECK_NOTHROW(
      parse("deployment_configuration: {strategy: LINEAR, linear_configuration: "
            "{step_percent: 20}}"));
  CHECK_THROWS_WITH_AS(parse("deployment_configuration: {bake_time_in_minutes: 5}"),
                       doctest::Contains("is for BLUE_GREEN, LINEAR and CANARY deployments"),
                       InputError);
  CHECK_THROWS_WITH_AS(parse("deployment_configuration: {strategy: CANARY, linear_configuration: "
                             "{step_percent: 20}}"),
                       doctest::Contains("is for LINEAR deployments"), InputError);
  CHECK_THROWS_WITH_AS(parse("deployment_configuration: {strategy: LINEAR, canary_configuration: "
                             "{canary_percent: 20}}"),
                       doctest::Contains("is for CANARY deployments"), InputError);
}

TEST_CASE("a deployment's pull rate is the service's, or follows from the deployment's own cpu") {
  const auto rate = [](const std::string& assumed) {
    const Scenario scenario = Scenario::parse(
        "version: 1\nservices: {web: {ecs: {task_definition: {cpu: 1024, memory: 2048}, "
        "deployments: [{at: +1h, cpu: 4096, memory: 8192}], assumed: {" +
            assumed + "}}}}\n",
        "test.yaml");
    return scenario.message()
        .services()
        .at("web")
        .ecs()
        .deployments(0)
        .assumed()
        .pull_rate()
        .bytes_per_second();
  };
  CHECK(rate("") == 80'000'000);
  CHECK(rate("pull_rate: 20MB/s") == 20'000'000);
}

}  // namespace
}  // namespace skyreplay::scenario
