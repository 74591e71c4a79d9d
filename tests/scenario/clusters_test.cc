// Clusters, and services on them: what is derived, what is refused.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include "scenario/support.h"

namespace skyreplay::scenario {
namespace {

using testing::mistakes_of;

struct Text {
  std::string group{};    ///< what else the group says
  std::string cluster{};  ///< and the cluster
  std::string service{};
  std::string task = "cpu: 1024, memory: 2000";
  std::string type = "m7i.large";

  std::string yaml() const {
    return "version: 1\nclusters: {hosts: {auto_scaling_group: {min_size: 1, max_size: 4, "
           "instance_type: " +
           type + group + "}" + cluster +
           "}}\nservices: {web: {ecs: {cluster: hosts, task_definition: {" + task + "}" + service +
           "}}}\n";
  }
};

/// The first mistake, without its place.
std::string told(const Text& text) {
  std::string mistakes = mistakes_of(text.yaml());
  mistakes = mistakes.substr(0, mistakes.find('\n'));
  for (const char* prefix : {"services.web.ecs.", "clusters.hosts."}) {
    const std::size_t at = mistakes.find(prefix);
    if (at != std::string::npos) return mistakes.substr(at + std::string(prefix).size());
  }
  return mistakes;
}

proto::Scenario resolved(const Text& text) {
  return Scenario::parse(text.yaml(), "shop.yaml").message();
}

TEST_CASE("a service on a cluster takes its launch type, network, speed and start from it") {
  const proto::Scenario scenario = resolved({});
  const proto::EcsService& web = scenario.services().at("web").ecs();
  CHECK(web.launch_type() == proto::EcsService::EC2);
  CHECK(web.task_definition().network_mode() == proto::TaskDefinition::BRIDGE);
  CHECK(web.assumed().speed() ==
        scenario.clusters().at("hosts").auto_scaling_group().assumed().speed());
  CHECK(web.assumed().infrastructure_time().constant().ns() == 0);
  CHECK(web.assumed().container_start().uniform().high().ns() == 3'000'000'000);
  CHECK(web.availability_zones().empty());
  CHECK(scenario.clusters().at("hosts").assumed().registered_memory() == 7782);  // C21
  CHECK(
      scenario.clusters().at("hosts").auto_scaling_group().assumed().boot_time().constant().ns() ==
      90'000'000'000);  // C92
}

TEST_CASE("C90: on a cluster with a provider a service has no launch type, unless it says EC2") {
  const std::string provider = ", auto_scaling_group_provider: {}";
  CHECK(!resolved({.cluster = provider}).services().at("web").ecs().has_launch_type());
  CHECK(resolved({.cluster = provider, .service = ", launch_type: EC2"})
            .services()
            .at("web")
            .ecs()
            .launch_type() == proto::EcsService::EC2);
}

TEST_CASE("a resolved scenario with a cluster reads as itself") {
  const Scenario scenario = Scenario::parse(
      Text{.cluster = ", auto_scaling_group_provider: {managed_scaling: {}}"}.yaml(), "shop.yaml");
  CHECK(Scenario::parse(scenario.replayed_yaml(), "shop.yaml").digest() == scenario.digest());
}

TEST_CASE("of a cluster's group what is about requests or metrics is refused") {
  for (const char* given :
       {"target_group: {}", "load_balancer: {}", "cooldown: 60", "default_instance_warmup: 60",
        "health_check_type: ELB", "health_check_grace_period: 60", "capacity_rebalance: true",
        "assumed: {workers: 4}", "assumed: {backlog: 4}"}) {
    CAPTURE(given);
    CHECK(told({.group = ", " + std::string(given)}).starts_with("auto_scaling_group."));
  }
}

TEST_CASE("C87: termination protection needs managed scaling") {
  CHECK(
      told({.cluster = ", auto_scaling_group_provider: {managed_termination_protection: ENABLED}"})
          .ends_with("needs managed_scaling (C87)"));
}

TEST_CASE("a task that no instance takes is refused") {
  CHECK(told({.task = "cpu: 4096, memory: 2000"})
            .starts_with("task_definition.cpu: must be at most 2,048"));
  CHECK(told({.task = "cpu: 1024, memory: 8000"})
            .starts_with("task_definition.memory: must be at most 7,782 MiB"));
  CHECK(told({.task = "cpu: 1024, memory: 2000, network_mode: awsvpc", .type = "c1.medium"}) != "");
}

TEST_CASE("what is for Fargate is refused on a cluster, and the other way round") {
  CHECK(told({.service = ", launch_type: FARGATE"}).starts_with("launch_type: FARGATE needs no"));
  CHECK(told({.service = ", availability_zones: [us-east-1a]"})
            .starts_with("availability_zones: are the cluster's"));
  CHECK(told({.service = ", capacity_provider_strategy: [{capacity_provider: FARGATE, weight: 1}]"})
            .starts_with("capacity_provider_strategy: is for Fargate"));
  CHECK(told({.task = "cpu: 1024, memory: 2000, ephemeral_storage: {size_in_gib: 30}"})
            .starts_with("task_definition.ephemeral_storage"));
  const std::string fargate =
      "version: 1\nservices: {web: {ecs: {task_definition: {cpu: 1024, memory: 2048";
  CHECK(mistakes_of(fargate + "}, launch_type: EC2}}}\n").find("EC2 needs a cluster") !=
        std::string::npos);
  CHECK(mistakes_of(fargate + ", network_mode: bridge}}}}\n").find("always awsvpc") !=
        std::string::npos);
  CHECK(mistakes_of(fargate + "}, placement_strategies: [{type: random}]}}}\n")
            .find("is for tasks on a cluster") != std::string::npos);
}

TEST_CASE("C22: what is deployed on a cluster fits its instances, whatever Fargate has") {
  CHECK_NOTHROW(resolved({.service = ", deployments: [{at: +1h, cpu: 300, memory: 777}]"}));
  CHECK(told({.service = ", deployments: [{at: +1h, cpu: 4096}]"}) ==
        "deployments[0].cpu: must be at most 2,048: what an instance of m7i.large has");
  CHECK(told({.service = ", deployments: [{at: +1h, memory: 9000}]"}) ==
        "deployments[0].memory: must be at most 7,782 MiB: what an instance of m7i.large registers "
        "(C18)");
}

TEST_CASE("C58: deployments on a cluster shift traffic like those on Fargate") {
  CHECK(told({.service = ", deployment_configuration: {strategy: CANARY}"}) == "");
}

TEST_CASE("C53: zones are rebalanced on a cluster unless placement says otherwise") {
  const auto rebalancing = [](const std::string& service) {
    return resolved({.service = service})
        .services()
        .at("web")
        .ecs()
        .availability_zone_rebalancing();
  };
  const std::string zones = "{type: spread, field: \"attribute:ecs.availability-zone\"}";
  const std::string packed = "{type: binpack, field: cpu}";
  CHECK(rebalancing("") == proto::EcsService::ENABLED);
  CHECK(rebalancing(", placement_strategies: [" + zones + ", " + packed + "]") ==
        proto::EcsService::ENABLED);
  CHECK(rebalancing(", placement_strategies: [" + packed + ", " + zones + "]") ==
        proto::EcsService::DISABLED);
  const std::string not_a =
      ", placement_constraints: [{type: memberOf, expression: \"attribute:ecs.availability-zone != "
      "us-east-1a\"}]";
  CHECK(rebalancing(not_a) == proto::EcsService::DISABLED);
  const std::string enabled = ", availability_zone_rebalancing: ENABLED";
  CHECK(told({.service = enabled}) == "");
  CHECK(told({.service = enabled + ", placement_strategies: [" + packed + "]"})
            .starts_with("availability_zone_rebalancing: needs a spread over"));
  CHECK(told({.service = enabled + not_a}) ==
        "availability_zone_rebalancing: excludes placement constraints that ask for the zone");
}

TEST_CASE("C62, C63, C66, C67: strategies and constraints have the fields that are theirs") {
  const auto strategy = [](const std::string& item) {
    return told({.service = ", placement_strategies: [" + item + "]"});
  };
  CHECK(strategy("{type: binpack, field: memory}") == "");
  CHECK(strategy("{type: binpack}").find("is cpu or memory") != std::string::npos);
  CHECK(strategy("{type: spread, field: cpu}").find("instanceId") != std::string::npos);
  CHECK(strategy("{type: random, field: cpu}").find("is not for random") != std::string::npos);
  const auto constraint = [](const std::string& item) {
    return told({.service = ", placement_constraints: [" + item + "]"});
  };
  CHECK(constraint("{type: distinctInstance}") == "");
  CHECK(constraint("{type: memberOf}").ends_with("memberOf needs an expression"));
  CHECK(constraint("{type: memberOf, expression: runningTasksCount == 0}").find("not built") !=
        std::string::npos);
  CHECK(constraint("{type: memberOf, expression: \"attribute:x ==\"}") != "");
}

/// Jobs on the cluster; the first mistake, from its field on.
std::string told_of_jobs(const std::string& job, const std::string& cluster = "",
                         const std::string& task = "") {
  const std::string text = mistakes_of(
      "version: 1\nclusters: {hosts: {auto_scaling_group: {min_size: 1, max_size: 4, "
      "instance_type: m7i.large}" +
      cluster + "}}\nservices: {batch: {ecs_task: {task_definition: {cpu: 300, memory: 700" + task +
      "}" + job + "}}}\n");
  const std::size_t at = text.find("ecs_task.");
  return at == std::string::npos ? text : text.substr(at + std::string("ecs_task.").size());
}

constexpr const char* kManaged = ", auto_scaling_group_provider: {managed_scaling: {}}";

TEST_CASE("jobs on a cluster take their network, speed, start and rate from it") {
  const auto jobs = [](const std::string& cluster) {
    return Scenario::parse(
               "version: 1\nclusters: {hosts: {auto_scaling_group: {min_size: 1, "
               "max_size: 4, instance_type: m7g.large}" +
                   cluster +
                   "}}\nservices: {batch: {ecs_task: {cluster: hosts, task_definition: "
                   "{cpu: 300, memory: 700}}}}\n",
               "shop.yaml")
        .message()
        .services()
        .at("batch")
        .ecs_task();
  };
  const proto::EcsTask fixed = jobs("");
  CHECK(fixed.launch_type() == proto::EcsService::EC2);
  CHECK(fixed.task_definition().network_mode() == proto::TaskDefinition::BRIDGE);
  CHECK(fixed.task_definition().runtime_platform().cpu_architecture() ==
        proto::RuntimePlatform::ARM64);
  CHECK(fixed.assumed().infrastructure_time().constant().ns() == 0);
  CHECK(fixed.assumed().container_start().uniform().high().ns() == 3'000'000'000);
  CHECK(fixed.assumed().launch_rate() == 40);  // C114
  CHECK(fixed.assumed().when_full() == proto::EcsTaskAssumed::REFUSE);
  CHECK(!fixed.assumed().has_provisioning_timeout());
  const proto::EcsTask managed = jobs(kManaged);
  CHECK(!managed.has_launch_type());
  CHECK(managed.assumed().provisioning_timeout().uniform().low().ns() == 600'000'000'000);  // C89
}

TEST_CASE("a resolved scenario with jobs on a cluster reads as itself") {
  const std::string jobs =
      "}}\nservices: {batch: {ecs_task: {cluster: hosts, task_definition: {cpu: 300, memory: "
      "700}}}}\n";
  for (const std::string_view cluster : {std::string_view(), std::string_view(kManaged)}) {
    const Scenario once = Scenario::parse(
        fmt::format(
            "version: 1\nclusters: {{hosts: {{auto_scaling_group: {{min_size: 1, max_size: 4, "
            "instance_type: m7i.large}}{}{}",
            cluster, jobs),
        "shop.yaml");
    CHECK(Scenario::parse(once.to_yaml(), "shop.yaml").to_yaml() == once.to_yaml());
  }
}

TEST_CASE("of jobs, too, what is for Fargate is refused on a cluster, and the other way round") {
  const std::string on = ", cluster: hosts";
  CHECK(told_of_jobs(on) == "");
  CHECK(told_of_jobs(", cluster: hots").starts_with("cluster: there is no cluster 'hots'"));
  CHECK(told_of_jobs(on + ", launch_type: FARGATE").starts_with("launch_type: FARGATE needs no"));
  CHECK(told_of_jobs(on +
                     ", capacity_provider_strategy: [{capacity_provider: FARGATE_SPOT, weight: "
                     "1}]")
            .starts_with("capacity_provider_strategy: is for Fargate"));
  CHECK(told_of_jobs(on, "", ", stop_timeout: 60").find("is for jobs on FARGATE_SPOT") !=
        std::string::npos);
  CHECK(told_of_jobs(on + ", placement_strategies: [{type: binpack}]")
            .starts_with("placement_strategies[0].field: of binpack is cpu or memory"));
  CHECK(told_of_jobs("").find("Fargate has no size") != std::string::npos);
  CHECK(told_of_jobs(", assumed: {when_full: queue}").find("is for tasks on a cluster") !=
        std::string::npos);
  CHECK(told_of_jobs(", placement_constraints: [{type: distinctInstance}]")
            .find("is for tasks on a cluster") != std::string::npos);
}

TEST_CASE("C89: only tasks on a provider with managed scaling have a time in PROVISIONING") {
  const std::string timeout = ", cluster: hosts, assumed: {provisioning_timeout: 20m}";
  CHECK(told_of_jobs(timeout, kManaged) == "");
  CHECK(told_of_jobs(timeout).starts_with(
      "assumed.provisioning_timeout: is for tasks on a provider"));
  CHECK(told_of_jobs(timeout + ", launch_type: EC2", kManaged)
            .starts_with("assumed.provisioning_timeout: is for tasks on a provider"));
}

TEST_CASE("names of clusters are told apart from those of services, and must exist") {
  CHECK(mistakes_of("version: 1\nservices: {web: {ecs: {cluster: hots, task_definition: {cpu: 256, "
                    "memory: 512}}}}\nclusters: {hosts: {auto_scaling_group: {min_size: 1, "
                    "max_size: 1, instance_type: m7i.large}}}\n")
            .find("there is no cluster 'hots', did you mean 'hosts'?") != std::string::npos);
  CHECK(mistakes_of("version: 1\nservices: {web: {external: {latency: 1ms}}}\nclusters: {web: "
                    "{auto_scaling_group: {min_size: 1, max_size: 1, instance_type: m7i.large}}}\n")
            .find("a service has this name") != std::string::npos);
}

TEST_CASE("faults and changes name a cluster, and no service that is on one loses a zone") {
  const std::string loss = "faults: [{at: +1m, zone_loss: {zone: us-east-1a, service: ";
  CHECK(mistakes_of(Text{}.yaml() + loss + "hosts}}]\n") == "");
  CHECK(mistakes_of(Text{}.yaml() + loss + "web}}]\n").find("is on a cluster") !=
        std::string::npos);
  CHECK(mistakes_of(Text{}.yaml() +
                    "faults: [{at: +1m, kill_instances: {service: hosts}}]\nchanges: [{at: +2m, "
                    "field: clusters.hosts.auto_scaling_group.desired_capacity, value: 3}]\n") ==
        "");
}

}  // namespace
}  // namespace skyreplay::scenario
