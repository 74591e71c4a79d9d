#include <doctest/doctest.h>

#include "scenario/law.h"
#include "scenario/support.h"

using namespace std::chrono_literals;
using skyreplay::scenario::Scenario;
using skyreplay::scenario::to_duration;
using skyreplay::testing::kEverything;
using skyreplay::testing::mistakes_of;

namespace proto = skyreplay::proto;

namespace {

/// A scenario of one EC2 group; what `more` adds starts in column 68 of line 2.
std::string with_ec2(const std::string& more) {
  return "version: 1\nservices: {web: {ec2: {min_size: 2, max_size: 8, instance_type: m7i.large" +
         more + "}}}\n";
}

/// A scenario of one Fargate service with a task of these fields, from column 45 of line 2.
std::string with_task(const std::string& task, const std::string& more = "") {
  return "version: 1\nservices: {app: {ecs: {task_definition: {" + task + "}" + more + "}}}\n";
}

Scenario loaded(const std::string& text) { return Scenario::parse(text, "shop.yaml"); }

/// What is said, without the file and line.
std::string told(const std::string& text) {
  const std::string all = mistakes_of(text);
  const std::string start = "shop.yaml:2:";
  return all.starts_with(start) ? all.substr(all.find(": ", start.size()) + 2) : all;
}

}  // namespace

TEST_CASE("the defaults of an Auto Scaling group are the documented ones") {
  const Scenario scenario = loaded(with_ec2(""));
  const proto::AutoScalingGroup& group = scenario.message().services().at("web").ec2();
  CHECK(group.desired_capacity() == 2);
  CHECK(group.availability_zones_size() == 3);
  CHECK(group.availability_zones(2) == "us-east-1c");
  CHECK(group.ebs().volume_type() == proto::EbsVolume::GP3);
  CHECK(group.ebs().volume_size() == 8);
  CHECK(group.ebs().iops() == 3000);
  CHECK(group.ebs().throughput() == 125);
  CHECK(group.target_group().load_balancing_algorithm_type() == proto::TargetGroup::ROUND_ROBIN);
  CHECK(to_duration(group.target_group().deregistration_delay()) == 300s);
  CHECK(group.load_balancer().rules() == 1);
  CHECK(group.load_balancer().assumed().requests_per_connection() == 100);
  CHECK_FALSE(group.assumed().has_workers());
  CHECK_FALSE(group.assumed().has_backlog());
  CHECK(to_duration(group.assumed().boot_time().constant()) == 25800ms);
  CHECK(to_duration(group.assumed().pending_time()) == 17800ms);
  CHECK(group.assumed().speed() > 1.0);  // m7i is faster than m5
}

TEST_CASE("the defaults of a Fargate service are the documented ones") {
  const Scenario scenario = loaded(with_task("cpu: 1024, memory: 2048"));
  const proto::EcsService& service = scenario.message().services().at("app").ecs();
  CHECK(service.launch_type() == proto::EcsService::FARGATE);
  CHECK(service.desired_count() == 1);
  CHECK(service.task_definition().runtime_platform().cpu_architecture() ==
        proto::RuntimePlatform::X86_64);
  CHECK(service.task_definition().ephemeral_storage().size_in_gib() == 20);
  CHECK(service.assumed().speed() == 1.0);
  CHECK(service.assumed().image_size().bytes() == 250'000'000);
  CHECK(service.assumed().pull_rate().bytes_per_second() == 30'000'000);
  CHECK(to_duration(service.assumed().infrastructure_time().lognormal().p50()) == 17s);
  CHECK(to_duration(service.assumed().container_start().constant()) == 3s);
  CHECK(service.target_group().health_check_interval_seconds() == 30);
}

TEST_CASE("C1, C2: a task says its CPU units and its memory, both") {
  CHECK(told(with_task("cpu: 1024")) == "services.app.ecs.task_definition.memory: is missing");
  CHECK(told(with_task("memory: 2048")) == "services.app.ecs.task_definition.cpu: is missing");
}

TEST_CASE("E120: a listener has at most 100 rules") {
  CHECK(mistakes_of(with_ec2(", load_balancer: {rules: 100}")) == "");
  CHECK(told(with_ec2(", load_balancer: {rules: 101}")) ==
        "services.web.ec2.load_balancer.rules: must be between 1 and 100, not '101'");
}

TEST_CASE("E141: a load balancer faces the internet where the Region has a price of addresses") {
  const auto in = [](const std::string& region) {
    return mistakes_of(
        "version: 1\nregion: " + region +
        "\nservices: {web: {ec2: {min_size: 1, max_size: 2, instance_type: m5.large, "
        "load_balancer: {scheme: internet-facing}}}}\n");
  };
  CHECK(in("us-west-2") == "");
  CHECK(in("eu-west-1")
            .find("load_balancer.scheme: no price of vpc.public_ipv4_in_use in eu-west-1") !=
        std::string::npos);
}

TEST_CASE("C35: more vCPUs pull an image faster, from 30 MB/s at one to 80 MB/s at four") {
  const auto rate = [](const std::string& task) {
    return loaded(with_task(task)).message().services().at("app").ecs().assumed().pull_rate();
  };
  CHECK(rate("cpu: 256, memory: 512").bytes_per_second() == 30'000'000);
  CHECK(rate("cpu: 2048, memory: 4096").bytes_per_second() == 46'000'000);  // 30 + 50/3, whole MB
  CHECK(rate("cpu: 4096, memory: 8192").bytes_per_second() == 80'000'000);
  CHECK(rate("cpu: 16384, memory: 32768").bytes_per_second() == 80'000'000);
}

TEST_CASE("an ARM task is 1.2 times as fast, and a given speed stands") {
  const std::string arm = "cpu: 1024, memory: 2048, runtime_platform: {cpu_architecture: ARM64}";
  CHECK(loaded(with_task(arm)).message().services().at("app").ecs().assumed().speed() == 1.2);
  CHECK(loaded(with_task(arm, ", assumed: {speed: 1.5}"))
            .message()
            .services()
            .at("app")
            .ecs()
            .assumed()
            .speed() == 1.5);
}

TEST_CASE("a capacity outside the group's sizes is refused") {
  CHECK(
      told(with_ec2(", desired_capacity: 9")) ==
      "services.web.ec2.desired_capacity: must lie between min_size, 2, and max_size, 8; it is 9");
  CHECK(mistakes_of("version: 1\nservices: {web: {ec2: {min_size: 5, max_size: 4, instance_type: "
                    "m7i.large}}}\n") ==
        "shop.yaml:2:47: services.web.ec2.max_size: must not be below min_size, 5");
}

TEST_CASE("an instance type that is not known, or has no price in the Region, is refused by name") {
  const auto typed = [](const std::string& type, const std::string& more = "") {
    return told("version: 1\nservices: {web: {ec2: {min_size: 1, max_size: 1, instance_type: " +
                type + "}}}\n" + more);
  };
  CHECK(typed("m7i.lrage").starts_with("services.web.ec2.instance_type: "));
  CHECK(typed("m7i.lrage").find("did you mean 'm7i.large'?") != std::string::npos);
  CHECK(typed("m7i.large", "region: eu-moon-1\n").find("eu-moon-1") != std::string::npos);
}

TEST_CASE("zones must lie in the Region, each once") {
  CHECK(told(with_ec2(", availability_zones: [us-east-1a, eu-west-1a]")) ==
        "services.web.ec2.availability_zones[1]: 'eu-west-1a' is no zone of us-east-1; write "
        "us-east-1a, us-east-1b, ...");
  CHECK(told(with_ec2(", availability_zones: [us-east-1a, us-east-1a]")) ==
        "services.web.ec2.availability_zones[1]: 'us-east-1a' is listed twice");
  CHECK(told(with_ec2(", availability_zones: [3, {}]")).find("must be a text, not a map") !=
        std::string::npos);
}

TEST_CASE("a volume keeps to its kind's limits") {
  const auto ebs = [](const std::string& fields) {
    return told(with_ec2(", ebs: {" + fields + "}"));
  };
  CHECK(ebs("volume_type: gp2") == "");
  CHECK(ebs("volume_type: gp2, iops: 3000") ==
        "services.web.ec2.ebs.iops: is for gp3; of a gp2 volume it follows from the size");
  CHECK(ebs("volume_size: 8, iops: 4001") ==
        "services.web.ec2.ebs.iops: must be at most 4,000, 500 for each GiB of the volume");
  CHECK(ebs("throughput: 751") ==
        "services.web.ec2.ebs.throughput: must be at most 750 MiB/s, a quarter of iops");
  CHECK(loaded(with_ec2(", ebs: {volume_type: gp2}")).to_yaml().find("iops") == std::string::npos);
}

TEST_CASE("a size that Fargate does not have is refused with those it has") {
  CHECK(told(with_task("cpu: 1024, memory: 1024")) ==
        "services.app.ecs.task_definition: Fargate has no size of 1,024 CPU units with 1,024 MiB; "
        "1024 CPU units go with 2 GiB to 8 GiB of memory in steps of 1 GiB");
  CHECK(told(with_task("cpu: 1000, memory: 2048")).find("Fargate has 256, 512, 1024") !=
        std::string::npos);
}

TEST_CASE("what AWS has and this version does not is refused by its CloudFormation name") {
  CHECK(told(with_ec2(", warm_pool: {min_size: 2}")) ==
        "services.web.ec2.warm_pool: warm pools are not built yet");
  CHECK(told(with_ec2(", mixed_instances_policy: {a: b}")) ==
        "services.web.ec2.mixed_instances_policy: mixed instances are not built yet; a group has "
        "one instance_type");
  CHECK(told(with_task("cpu: 1024, memory: 2048, network_mode: host")) ==
        "services.app.ecs.task_definition.network_mode: ports of the host are not modeled; use "
        "distinctInstance and bridge");
  CHECK(told(with_task("cpu: 1024, memory: 2048", ", deployment_controller: {a: b}")) ==
        "services.app.ecs.deployment_controller: only the rolling deployments of ECS itself are "
        "built, which need no deployment_controller");
}

TEST_CASE("sizes and rates of data need a unit") {
  const auto assumed = [](const std::string& fields) {
    return told(with_task("cpu: 1024, memory: 2048", ", assumed: {" + fields + "}"));
  };
  CHECK(assumed("image_size: 1.5GiB, pull_rate: 0.5GB/s") == "");
  CHECK(assumed("image_size: 250") ==
        "services.app.ecs.assumed.image_size: must be a size such as 250MB or 1.5GiB, not '250'");
  CHECK(assumed("image_size: 1TB") ==
        "services.app.ecs.assumed.image_size: must be between 0B and 200GiB, not '1TB'");
  CHECK(assumed("pull_rate: 30MB") ==
        "services.app.ecs.assumed.pull_rate: must be a rate such as 30MB/s, not '30MB'");
  CHECK(loaded(with_task("cpu: 1024, memory: 2048", ", assumed: {image_size: 1.5GiB}"))
            .to_yaml()
            .find("image_size: 1536MiB\n") != std::string::npos);
}

TEST_CASE("an external service's price is an exact decimal") {
  const auto priced = [](const std::string& price) {
    return told("version: 1\nservices: {db: {external: {latency: 2ms, price_per_request: " + price +
                "}}}\n");
  };
  CHECK(priced("0.0000002") == "");
  CHECK(priced("2e-7") ==
        "services.db.external.price_per_request: must be a decimal number of USD such as "
        "0.0000002, not '2e-7'");
}

TEST_CASE("only a Lambda function is made for each route") {
  CHECK(told("version: 1\nservices: {db: {for_each_route: true, external: {latency: 2ms}}}\n") ==
        "services.db.for_each_route: is for Lambda functions alone");
}

TEST_CASE("a scenario of every platform shows as one of the same digest") {
  const Scenario scenario = loaded(kEverything);
  CHECK(Scenario::parse(scenario.to_yaml(), "a.yaml").digest() == scenario.digest());
}

TEST_CASE("L35: provisioned concurrency is not above what is reserved") {
  const auto function = [](const std::string& of) {
    return "version: 1\nservices: {fn: {lambda: {provisioned_concurrency_config: "
           "{provisioned_concurrent_executions: 5}" +
           of + "}}}\n";
  };
  CHECK(mistakes_of(function(", reserved_concurrent_executions: 5")).empty());
  CHECK(told(function(", reserved_concurrent_executions: 4")) ==
        "services.fn.lambda.provisioned_concurrency_config.provisioned_concurrent_executions: must "
        "not be above reserved_concurrent_executions, 4 (L35)");
  CHECK(mistakes_of(function("") + "account: {lambda: {concurrent_executions: 104}}\n")
            .find("reserved and provisioned concurrency adds up to 5, and 100 of the account's 104 "
                  "concurrent executions must stay unreserved") != std::string::npos);
}
