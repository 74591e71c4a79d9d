// Several capacity providers of a cluster: what is derived, what is refused.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include "scenario/support.h"

namespace skyreplay::scenario {
namespace {

using testing::mistakes_of;

struct Text {
  std::string a = "instance_type: m7i.large";
  std::string b = "instance_type: m7i.large";
  std::string provider{};  ///< what else a says
  std::string cluster{};
  std::string service{};
  std::string task = "cpu: 1024, memory: 2000";
  std::string top{};
  std::string name = "a";

  std::string yaml() const {
    return fmt::format(
        "version: 1\nclusters: {{pool: {{capacity_providers: {{{}: {{auto_scaling_group: "
        "{{min_size: 1, max_size: 4, {}}}{}}}, b: {{auto_scaling_group: {{min_size: 1, max_size: "
        "4, {}}}}}}}{}}}}}\nservices: {{web: {{ecs: {{cluster: pool, task_definition: "
        "{{{}}}{}}}}}}}\n{}",
        name, a, provider, b, cluster, task, service, top);
  }
};

std::string strategy(const std::string& items) {
  return ", capacity_provider_strategy: [" + items + "]";
}

/// The first mistake, without its place and what the path begins with.
std::string told(const Text& text) {
  std::string mistakes = mistakes_of(text.yaml());
  mistakes = mistakes.substr(0, mistakes.find('\n'));
  for (const char* prefix : {"services.web.ecs.", "clusters.pool.", "clusters.pool: "}) {
    const std::size_t at = mistakes.find(prefix);
    if (at != std::string::npos) return mistakes.substr(at + std::string(prefix).size());
  }
  return mistakes;
}

proto::Scenario resolved(const Text& text) {
  return Scenario::parse(text.yaml(), "shop.yaml").message();
}

TEST_CASE("C71: of several providers a service takes the default strategy, or launch type EC2") {
  CHECK(resolved({}).services().at("web").ecs().launch_type() == proto::EcsService::EC2);
  const Text standard{.cluster =
                          ", default_capacity_provider_strategy: [{capacity_provider: b, base: 2, "
                          "weight: 1}]"};
  const proto::EcsService web = resolved(standard).services().at("web").ecs();
  CHECK(!web.has_launch_type());
  REQUIRE(web.capacity_provider_strategy_size() == 1);
  CHECK(web.capacity_provider_strategy(0).capacity_provider() == "b");
  CHECK(web.capacity_provider_strategy(0).base() == 2);
  Text ec2 = standard;
  ec2.service = ", launch_type: EC2";
  CHECK(resolved(ec2).services().at("web").ecs().capacity_provider_strategy().empty());
}

TEST_CASE("each provider has what a cluster's group has, by its own type") {
  const proto::Cluster pool =
      resolved({.b = "instance_type: t3.small", .task = "cpu: 512, memory: 500"})
          .clusters()
          .at("pool");
  CHECK(pool.capacity_providers().at("a").assumed().registered_memory() == 7782);  // C21
  CHECK(pool.capacity_providers().at("b").assumed().registered_memory() == 1945);
  const auto& provider = pool.capacity_providers().at("a").auto_scaling_group_provider();
  CHECK(provider.managed_draining() == proto::AutoScalingGroupProvider::ENABLED);
  CHECK(!pool.has_auto_scaling_group());
  CHECK(!pool.has_assumed());
}

TEST_CASE("a resolved scenario with several providers reads as itself") {
  const Text text{.b = "instance_type: m5.large",
                  .provider = ", auto_scaling_group_provider: {managed_scaling: {}}",
                  .cluster =
                      ", default_capacity_provider_strategy: [{capacity_provider: a, weight: 1}, "
                      "{capacity_provider: b, weight: 3}]"};
  const Scenario scenario = Scenario::parse(text.yaml(), "shop.yaml");
  CHECK(Scenario::parse(scenario.replayed_yaml(), "shop.yaml").digest() == scenario.digest());
}

TEST_CASE("a task on groups of one speed has it, on groups of several its instance's") {
  CHECK(resolved({}).services().at("web").ecs().assumed().has_speed());
  const Text two{.b = "instance_type: m5.large"};
  CHECK(!resolved(two).services().at("web").ecs().assumed().has_speed());
  Text one = two;
  one.service = strategy("{capacity_provider: b, weight: 1}");
  CHECK(resolved(one).services().at("web").ecs().assumed().speed() == 1);
}

TEST_CASE("C71: a strategy that AWS would refuse is refused") {
  const auto of = [](const std::string& items) { return told({.service = strategy(items)}); };
  CHECK(of("{capacity_provider: a, base: 1}") ==
        "capacity_provider_strategy: has no weight above 0");
  CHECK(of("{capacity_provider: a, weight: 1, base: 1}, {capacity_provider: b, base: 1}") ==
        "capacity_provider_strategy[1].base: only one provider may have a base");
  CHECK(of("{capacity_provider: a, weight: 1}, {capacity_provider: a, weight: 1}") ==
        "capacity_provider_strategy[1].capacity_provider: is listed twice");
  CHECK(of("{capacity_provider: steady, weight: 1}") ==
        "capacity_provider_strategy[0].capacity_provider: the cluster has no capacity provider "
        "'steady'");
  CHECK(of("{capacity_provider: a, weight: 1}, {capacity_provider: FARGATE, weight: 1}") ==
        "capacity_provider_strategy[1].capacity_provider: FARGATE cannot be beside capacity "
        "providers of a cluster (C71)");
  CHECK(of("{capacity_provider: a, weight: 1001}") != "");
  CHECK(of("{capacity_provider: a, base: 100001, weight: 1}") != "");
  std::string many;
  for (int i = 0; i < 21; ++i) many += "{capacity_provider: a, weight: 1}, ";
  CHECK(of(many) == "capacity_provider_strategy: must be at most 20 providers");
  CHECK(told({.service = ", launch_type: EC2" + strategy("{capacity_provider: a, weight: 1}")})
            .starts_with("launch_type: must be left out"));
  CHECK(told({.cluster = ", default_capacity_provider_strategy: [{capacity_provider: a}]"}) ==
        "default_capacity_provider_strategy: has no weight above 0");
}

TEST_CASE("what is of one group is refused beside several, and the other way round") {
  CHECK(told({.cluster = ", auto_scaling_group: {min_size: 1, max_size: 2, instance_type: "
                         "m7i.large}"}) ==
        "auto_scaling_group: is each provider's own beside capacity_providers");
  CHECK(told({.cluster = ", assumed: {reserved_memory: 10}"}).starts_with("assumed: is each"));
  const std::string one =
      "version: 1\nservices: {web: {external: {latency: 1ms}}}\nclusters: {pool: {";
  CHECK(mistakes_of(one + "}}\n").find("needs an auto_scaling_group, or capacity_providers") !=
        std::string::npos);
  CHECK(mistakes_of(one +
                    "auto_scaling_group: {min_size: 1, max_size: 2, instance_type: m7i.large}, "
                    "default_capacity_provider_strategy: [{capacity_provider: a, weight: 1}]}}\n")
            .find("needs capacity_providers") != std::string::npos);
}

TEST_CASE("names of providers are plain, and not AWS's own") {
  CHECK(told({.name = "fargate-like"}).find("must not begin with aws") != std::string::npos);
  CHECK(told({.name = "AWS"}).find("must not begin with aws") != std::string::npos);
  CHECK(told({.name = "\"x/y\""}).find("no '/' and no '*'") != std::string::npos);
}

TEST_CASE("providers of two architectures in one cluster are refused by name") {
  CHECK(told({.b = "instance_type: m7g.large"}) ==
        "capacity_providers: of two CPU architectures in one cluster are not built");
}

TEST_CASE("a task must fit an instance of each provider that it may be on") {
  const std::string small = "instance_type: t3.small";
  CHECK(told({.b = small}).starts_with("task_definition.memory: must be at most 1,945 MiB"));
  CHECK(told({.b = small, .service = strategy("{capacity_provider: a, weight: 1}")}) == "");
}

TEST_CASE("faults, changes and expectations name a provider's group as results do") {
  const std::string kill = "faults: [{at: +1m, kill_instances: {service: ";
  CHECK(told({.top = kill + "pool/b}}]\n"}) == "");
  CHECK(told({.top = kill + "pool}}]\n"})
            .find("'pool' has several groups of instances: name 'pool/a' or 'pool/b'") !=
        std::string::npos);
  CHECK(told({.top = "faults: [{at: +1m, interrupt_spot: {service: pool/b, share: 1}}]\n"})
            .find("has no Spot Instances") != std::string::npos);
  CHECK(told({.top = "faults: [{at: +1m, zone_loss: {zone: us-east-1a, service: web}}]\n"})
            .find("name 'pool/a' or 'pool/b'") != std::string::npos);
  CHECK(told({.top = "changes: [{at: +1m, field: clusters.pool.capacity_providers.b."
                     "auto_scaling_group.desired_capacity, value: 3}]\n"}) == "");
  CHECK(told({.top = "operations: [{at: +1m, enter_standby: {service: pool/b}}]\n"})
            .find("are not built") != std::string::npos);
}

}  // namespace
}  // namespace skyreplay::scenario
