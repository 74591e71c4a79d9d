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

/// What is told of a service beside two daemons, on instances of 2,048 CPU units and 7,000 MiB.
std::string beside(const std::string& service, const std::string& second = "") {
  const auto daemon = [](const std::string& name, const std::string& task,
                         const std::string& more) {
    return name + ": {ecs: {scheduling_strategy: DAEMON, cluster: hosts, task_definition: {" +
           task + "}" + more + "}}, ";
  };
  const std::string mistakes = mistakes_of(
      "version: 1\nroutes: [{match: \"*\", service: web}]\nclusters: {hosts: "
      "{auto_scaling_group: {min_size: 1, max_size: 4, instance_type: m7i.large}, "
      "auto_scaling_group_provider: {}, assumed: {registered_memory: 7000}}}\nservices: {" +
      daemon("agent", "cpu: 512, memory: 500", "") +
      daemon("logs", "cpu: 768, memory: 2000, network_mode: awsvpc", second) + "web: {" + service +
      "}}\n");
  return mistakes.substr(0, mistakes.find('\n'));
}

std::string web(const std::string& task, const std::string& more = "") {
  return "ecs: {desired_count: 1, cluster: hosts, task_definition: {" + task + "}" + more + "}";
}

TEST_CASE("C36: a task that fits an instance, but not beside its daemons, is refused") {
  CHECK(beside(web("cpu: 768, memory: 4500")) == "");
  CHECK(beside(web("cpu: 769, memory: 4500")) ==
        "shop.yaml:4:309: services.web.ecs.task_definition.cpu: does not fit beside the cluster's "
        "daemons, and would wait for ever: an instance of m7i.large has 2,048 CPU units, of which "
        "daemons reserve 1,280 (512 agent, 768 logs), which leaves 768; the task needs 769 (C36)");
  CHECK(
      beside(web("cpu: 768, memory: 4501"))
          .find(
              "services.web.ecs.task_definition.memory: does not fit beside the cluster's daemons, "
              "and would wait for ever: an instance of m7i.large has 7,000 MiB, of which daemons "
              "reserve 2,500 (500 agent, 2,000 logs), which leaves 4,500; the task needs 4,501") !=
      std::string::npos);
  // It is placed by its soft limit (C5).
  CHECK(beside(web("cpu: 768, memory: 6000, memory_reservation: 4500")) == "");
  CHECK(
      beside(web("cpu: 768, memory: 6000, memory_reservation: 4501")).find("memory_reservation") !=
      std::string::npos);
  // An m7i.large has two interfaces for tasks, one of which is the daemon's (C13).
  CHECK(beside(web("cpu: 128, memory: 100, network_mode: awsvpc")) == "");
  CHECK(beside("ecs_task: {cluster: hosts, task_definition: {cpu: 1024, memory: 100}}")
            .find("services.web.ecs_task.task_definition.cpu: does not fit") != std::string::npos);
}

TEST_CASE("C36: a deployment's task has to fit beside the daemons too") {
  CHECK(beside(web("cpu: 512, memory: 512", ", deployments: [{at: +1h, cpu: 768}]")) == "");
  CHECK(beside(web("cpu: 512, memory: 512", ", deployments: [{at: +1h, cpu: 1024}]"))
            .find("services.web.ecs.deployments[0].cpu: does not fit") != std::string::npos);
  // What a daemon takes later may leave the room.
  CHECK(beside(web("cpu: 1024, memory: 512"), ", deployments: [{at: +1h, cpu: 256}]") == "");
}

TEST_CASE("C36: a daemon that is not on every instance leaves room on others") {
  CHECK(beside(web("cpu: 1024, memory: 512"),
               ", placement_constraints: [{type: memberOf, expression: "
               "\"attribute:ecs.availability-zone == us-east-1a\"}]") == "");
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
