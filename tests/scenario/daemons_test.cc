// Daemons: what is derived, what is refused.
#include <doctest/doctest.h>

#include "scenario/support.h"

namespace skyreplay::scenario {
namespace {

using testing::mistakes_of;

/// A daemon that nothing reaches beside a function that has all routes.
std::string text(const std::string& daemon, const std::string& top = "") {
  return "version: 1\n" + top +
         "routes: [{match: \"*\", service: web}]\nclusters: {hosts: {auto_scaling_group: "
         "{min_size: 1, max_size: 4, instance_type: m7i.large}, auto_scaling_group_provider: "
         "{}}}\nservices: {agent: {ecs: {scheduling_strategy: DAEMON, cluster: hosts, "
         "task_definition: {cpu: 256, memory: 500}" +
         daemon + "}}, web: {lambda: {memory_size: 512}}}\n";
}

/// The first mistake, without its place.
std::string told(const std::string& daemon, const std::string& top = "") {
  std::string mistakes = mistakes_of(text(daemon, top));
  mistakes = mistakes.substr(0, mistakes.find('\n'));
  const std::string prefix = "services.agent.ecs.";
  const std::size_t at = mistakes.find(prefix);
  return at == std::string::npos ? mistakes : mistakes.substr(at + prefix.size());
}

TEST_CASE(
    "C36, C37, C53: a daemon is of launch type EC2, at 0 and 100 percent, and not evened out") {
  const Scenario scenario = Scenario::parse(text(""), "shop.yaml");
  const proto::EcsService& agent = scenario.message().services().at("agent").ecs();
  CHECK(agent.launch_type() == proto::EcsService::EC2);
  CHECK(agent.deployment_configuration().minimum_healthy_percent() == 0);
  CHECK(agent.deployment_configuration().maximum_percent() == 100);
  CHECK(agent.availability_zone_rebalancing() == proto::EcsService::DISABLED);
  CHECK(!agent.has_desired_count());
  CHECK(Scenario::parse(scenario.replayed_yaml(), "shop.yaml").digest() == scenario.digest());
}

TEST_CASE("C36: of a daemon a number of tasks, who sets it, and where they go are refused") {
  struct Given {
    const char* field;
    const char* text;
  };
  for (const Given& given :
       {Given{"desired_count", "desired_count: 2"}, Given{"min_capacity", "min_capacity: 2"},
        Given{"max_capacity", "max_capacity: 2"},
        Given{"placement_strategies[0]", "placement_strategies: [{type: random}]"},
        Given{"capacity_provider_strategy[0]",
              "capacity_provider_strategy: [{capacity_provider: FARGATE, weight: 1}]"},
        Given{"scheduled_actions[0]",
              "scheduled_actions: [{scheduled_action_name: a, schedule: \"rate(1 hour)\", "
              "scalable_target_action: {min_capacity: 1}}]"},
        Given{"policies[0]",
              "policies: [{policy_name: a, target_tracking_scaling_policy_configuration: "
              "{target_value: 50, predefined_metric_specification: {predefined_metric_type: "
              "ECSServiceAverageCPUUtilization}}}]"}}) {
    CAPTURE(given.field);
    const std::string mistakes = mistakes_of(text(", " + std::string(given.text)));
    const std::size_t at = mistakes.find("services.agent.ecs." + std::string(given.field) + ": ");
    REQUIRE(at != std::string::npos);
    CHECK(mistakes.substr(at, mistakes.find('\n', at) - at).find("not of a DAEMON") !=
          std::string::npos);
  }
  const std::string changes =
      "changes: [{at: +1m, field: services.agent.ecs.desired_count, value: 3}]\n";
  CHECK(told("", changes).find("not of a DAEMON") != std::string::npos);
}

TEST_CASE("C37: of a daemon at most 100 percent are there, and deployments are rolling") {
  CHECK(told(", deployment_configuration: {maximum_percent: 200}")
            .starts_with("deployment_configuration.maximum_percent: of a DAEMON is 100"));
  CHECK(told(", deployment_configuration: {strategy: BLUE_GREEN}")
            .starts_with("deployment_configuration.strategy: of a DAEMON is ROLLING"));
  CHECK(told(", deployment_configuration: {minimum_healthy_percent: 50}") == "");
}

TEST_CASE("C53: zones of a daemon are not rebalanced") {
  CHECK(told(", availability_zone_rebalancing: ENABLED")
            .starts_with("availability_zone_rebalancing: is for REPLICA"));
}

TEST_CASE("C36: there is no daemon on Fargate") {
  CHECK(mistakes_of("version: 1\nservices: {agent: {ecs: {scheduling_strategy: DAEMON, "
                    "task_definition: {cpu: 256, memory: 512}}}}\n")
            .find("services.agent.ecs.scheduling_strategy: DAEMON needs a cluster") !=
        std::string::npos);
}

TEST_CASE(
    "C36: a daemon that nothing reaches has no load balancer, and no other service may be so") {
  const Scenario scenario = Scenario::parse(text(""), "shop.yaml");
  CHECK(!scenario.message().services().at("agent").ecs().has_load_balancer());
  CHECK(told(", load_balancer: {rules: 2}") ==
        "load_balancer: is for requests: no route and no call reaches it");
  CHECK(told(", target_group: {}").starts_with("target_group: is for requests"));
  std::string replica = text("");
  replica.replace(replica.find("DAEMON"), 6, "REPLICA");
  CHECK(mistakes_of(replica).find("no route and no call reaches it") != std::string::npos);
  const std::string call = "calls: [{from: web, to: agent}]\n";
  CHECK(Scenario::parse(text("", call), "shop.yaml")
            .message()
            .services()
            .at("agent")
            .ecs()
            .has_load_balancer());
}

}  // namespace
}  // namespace skyreplay::scenario
