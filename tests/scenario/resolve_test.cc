#include <doctest/doctest.h>

#include <functional>

#include "scenario/law.h"
#include "scenario/schema.h"
#include "scenario/support.h"

using namespace std::chrono_literals;
using skyreplay::Duration;
using skyreplay::scenario::Form;
using skyreplay::scenario::Scenario;
using skyreplay::scenario::to_duration;
using skyreplay::testing::kSmall;
using skyreplay::testing::with_lambda;
namespace proto = skyreplay::proto;

namespace {

Scenario small(const std::vector<std::string>& sets = {}) {
  return Scenario::parse(kSmall, "shop.yaml", sets);
}

const proto::LambdaFunction& function_of(const Scenario& scenario) {
  return scenario.message().services().at("fn").lambda();
}

/// Calls `visit` on every message of the schema, the top level first.
void for_each_type(const google::protobuf::Descriptor& type,
                   const std::function<void(const google::protobuf::Descriptor&)>& visit) {
  visit(type);
  for (int i = 0; i < type.field_count(); ++i) {
    const auto& field = *type.field(i);
    if (skyreplay::scenario::form_of(field) != Form::kMessage) continue;
    const auto* inner = field.message_type();
    for_each_type(field.is_map() ? *inner->map_value()->message_type() : *inner, visit);
  }
}

}  // namespace

TEST_CASE("every field of the schema says what it means to leave it out") {
  for_each_type(*proto::Scenario::descriptor(), [](const auto& type) {
    for (int i = 0; i < type.field_count(); ++i) {
      const auto& field = *type.field(i);
      const proto::FieldRule& rule = skyreplay::scenario::rule_of(field);
      INFO(field.full_name());
      CHECK(!rule.doc().empty());
      const bool is_choice = field.real_containing_oneof() != nullptr;
      const bool has_fields = skyreplay::scenario::is_plain_message(field);
      const int ways = static_cast<int>(!rule.default_().empty()) + rule.required() +
                       !rule.absent().empty() + !rule.derived().empty() + !rule.not_built().empty();
      CHECK(ways <= 1);
      CHECK((ways == 1 || is_choice || has_fields));
    }
  });
}

TEST_CASE("every 32-bit field of the schema has a range of 32 bits") {
  for_each_type(*proto::Scenario::descriptor(), [](const auto& type) {
    for (int i = 0; i < type.field_count(); ++i) {
      const auto& field = *type.field(i);
      if (skyreplay::scenario::form_of(field) != Form::kUint32) continue;
      INFO(field.full_name());
      CHECK(std::stoull(skyreplay::scenario::rule_of(field).max()) <= 0xffffffffu);
    }
  });
}

TEST_CASE("a resolved message has every field set whose absence is not itself a value") {
  const std::function<void(const google::protobuf::Message&)> check =
      [&](const google::protobuf::Message& message) {
        const auto& type = *message.GetDescriptor();
        const auto& get = *message.GetReflection();
        for (int i = 0; i < type.field_count(); ++i) {
          const auto& field = *type.field(i);
          const proto::FieldRule& rule = skyreplay::scenario::rule_of(field);
          const bool may_miss = !rule.not_built().empty() || !rule.absent().empty() ||
                                field.real_containing_oneof() != nullptr;
          if (field.is_repeated()) continue;
          INFO(field.full_name());
          CHECK((may_miss || get.HasField(message, &field)));
          if (skyreplay::scenario::form_of(field) == Form::kMessage &&
              get.HasField(message, &field))
            check(get.GetMessage(message, &field));
        }
      };
  const Scenario scenario = Scenario::parse(skyreplay::testing::kEverything, "shop.yaml");
  check(scenario.message());
  for (const auto& [name, service] : scenario.message().services()) check(service);
  for (const auto& call : scenario.message().calls()) check(call);
  CHECK(small().message().routes_size() == 1);
}

TEST_CASE("the defaults of a Lambda function are the documented ones") {
  const Scenario scenario = small();
  const proto::LambdaFunction& fn = function_of(scenario);
  CHECK(fn.memory_size().mib() == 128);
  CHECK(fn.timeout() == 3);
  CHECK_FALSE(fn.has_reserved_concurrent_executions());
  CHECK(fn.architectures() == proto::LambdaFunction::X86_64);
  const proto::LambdaAssumed& assumed = fn.assumed();
  CHECK(to_duration(assumed.init_duration().lognormal().p50()) == 143ms);
  CHECK(to_duration(assumed.keep_alive().function_idle()) == 645s);
  CHECK(to_duration(assumed.keep_alive().environment_idle()) == 1000s);
  CHECK(to_duration(assumed.max_environment_age()) == 7200s);
  CHECK(to_duration(assumed.init_limit()) == 10s);
  CHECK(assumed.reuse() == proto::LambdaAssumed::MOST_RECENTLY_USED);
  CHECK(assumed.speed() == 1.0);
  CHECK_FALSE(assumed.has_memory_floor());
}

TEST_CASE("the account's defaults are those of Service Quotas (L40, L41, L45, L48)") {
  const Scenario scenario = small();
  const proto::LambdaAccount& account = scenario.message().account().lambda();
  CHECK(account.concurrent_executions() == 1000);
  CHECK(account.minimum_unreserved_concurrent_executions() == 100);
  CHECK(account.scaling_rate().burst() == 1000);
  CHECK(account.scaling_rate().per_second() == 100);
  CHECK(account.requests_per_second_factor() == 10);
}

TEST_CASE("a client that is not described waits for ever and tries once") {
  const Scenario scenario = small();
  const proto::Client& client = scenario.message().workload().client();
  CHECK_FALSE(client.has_timeout());
  CHECK(client.max_attempts() == 1);
}

TEST_CASE("arm64 is 1.2 times as fast unless told otherwise") {
  const auto speed = [](const std::string& body) {
    return function_of(Scenario::parse(with_lambda(body), "shop.yaml")).assumed().speed();
  };
  CHECK(speed("{architectures: [arm64]}") == 1.2);
  CHECK(speed("{architectures: arm64, assumed: {speed: 1.1}}") == 1.1);
}

TEST_CASE("a profile, a fixed lifetime and single timers give the two idle timers (L10, L14a)") {
  const auto timers = [](const std::string& rule) {
    const Scenario scenario =
        Scenario::parse(with_lambda("{assumed: {keep_alive: " + rule + "}}"), "shop.yaml");
    const proto::KeepAlive& timers_of = function_of(scenario).assumed().keep_alive();
    return std::pair(to_duration(timers_of.function_idle()),
                     to_duration(timers_of.environment_idle()));
  };
  CHECK(timers("{profile: lambda-2021}") == std::pair<Duration, Duration>(360s, 1000s));
  CHECK(timers("{fixed: 10m}") == std::pair<Duration, Duration>(600s, 600s));
  CHECK(timers("{environment_idle: 900s}") == std::pair<Duration, Duration>(645s, 900s));
  CHECK(timers("{profile: lambda-2021, function_idle: 5m}") ==
        std::pair<Duration, Duration>(300s, 1000s));
}

TEST_CASE("a scenario's name is its file's, or its folder's where the file is scenario.yaml") {
  CHECK(small().message().name() == "shop");
  CHECK(Scenario::parse(kSmall, "examples/functions/scenario.yaml").message().name() ==
        "functions");
  CHECK(Scenario::parse(kSmall + "name: own\n", "shop.yaml").message().name() == "own");
}

TEST_CASE("paths in a scenario start from its folder") {
  CHECK(Scenario::parse(kSmall, "a/b/shop.yaml").folder() == "a/b");
  CHECK(small().folder() == "");
}

TEST_CASE("every law converts to core's") {
  const auto law = [](const std::string& text) {
    const Scenario scenario =
        Scenario::parse(with_lambda("{assumed: {init_duration: " + text + "}}"), "shop.yaml");
    return skyreplay::to_string(
        skyreplay::scenario::to_distribution(function_of(scenario).assumed().init_duration()));
  };
  for (const std::string text :
       {"25s", "{uniform: [1s, 2s]}", "{exponential: {mean: 300ms}}",
        "{lognormal: {p50: 250ms, p99: 800ms}}", "{weibull: {mean: 1s, cv: 0.5}}",
        "{gamma: {mean: 1s, cv: 2}}", "{percentiles: {0: 1s, 50: 2s, 99.5: 4s, 100: 5s}}"}) {
    CHECK(law(text) == text);
  }
}

TEST_CASE("show names every default of the schema") {
  const std::string openers = " \n{";
  const std::string policies =
      "services.web.ec2.policies=[{policy_name: p, target_tracking_configuration: {target_value: "
      "50, "
      "customized_metric_specification: {namespace: AWS/EC2, metric_name: CPUUtilization, "
      "statistic: "
      "Average}}}, {policy_name: q, predictive_scaling_configuration: {metric_specifications: "
      "[{target_value: 50, predefined_metric_pair_specification: {predefined_metric_type: "
      "ASGCPUUtilization}}]}}]";
  const std::string alarms =
      "services.web.ec2.alarms=[{alarm_name: a, namespace: AWS/EC2, metric_name: CPUUtilization, "
      "statistic: Average, period: 60, evaluation_periods: 1, threshold: 1, comparison_operator: "
      "LessThanThreshold}]";
  const std::string hooks =
      "services.web.ec2.lifecycle_hook_specification_list=[{lifecycle_hook_name: h, "
      "lifecycle_transition: \"autoscaling:EC2_INSTANCE_LAUNCHING\"}]";
  std::string shown =
      Scenario::parse(skyreplay::testing::kEverything +
                          "expectations: [{name: scales, activity: scale_out, within: "
                          "5m}]\nworkload: {counts: {file: x, service_time: 5ms}}\n",
                      "shop.yaml",
                      {policies, alarms, hooks, "services.fn.lambda.event_invoke_config={}",
                       "services.fn.lambda.event_source_mappings=[{batch_size: 1, queue: {}}]",
                       "services.web.ec2.reserved_instances.instance_count=1",
                       "services.web.ec2.savings_plan.commitment=\"0.1\""})
          .to_yaml();
  for (const char* more : {"http_api: {}", "rest_api: {}",
                           "runtime: java21, snap_start: {apply_on: PublishedVersions}",
                           "savings_plan: {discount: 0.1}"}) {
    shown +=
        Scenario::parse(skyreplay::testing::with_lambda("{" + std::string(more) + "}"), "shop.yaml")
            .to_yaml();
  }
  // What is paid for in advance is no Spot Instance.
  shown += Scenario::parse(
               "version: 1\nservices: {web: {ec2: {min_size: 1, max_size: 1, "
               "instance_type: m7i.large, instance_market_options: {market_type: "
               "spot}}}, app: {ecs: {task_definition: {cpu: 256, memory: 512}, "
               "capacity_provider_strategy: [{capacity_provider: FARGATE_SPOT, weight: 1}], "
               "min_capacity: 1, "
               "max_capacity: 2, policies: [{policy_name: p, "
               "target_tracking_scaling_policy_configuration: {target_value: 50, "
               "predefined_metric_specification: {predefined_metric_type: "
               "ALBRequestCountPerTarget}}}, {policy_name: s, step_scaling_policy_configuration: "
               "{adjustment_type: ExactCapacity, step_adjustments: [{metric_interval_lower_bound: "
               "0, scaling_adjustment: 2}]}}], alarms: [{alarm_name: a, namespace: AWS/ECS, "
               "metric_name: CPUUtilization, statistic: Average, period: 60, evaluation_periods: "
               "1, threshold: 1, comparison_operator: LessThanThreshold, alarm_actions: "
               "[s]}]}}}\noperations: [{at: +1s, enter_standby: {service: web}}]\nfaults: [{at: "
               "+1s, kill_instances: {service: web}}]\nroutes: [{match: a, "
               "service: web}, {match: b, service: app}]\n",
               "shop.yaml")
               .to_yaml();
  shown += Scenario::parse(with_lambda("{event_source_mappings: [{stream: {}}]}"), "shop.yaml")
               .to_yaml();
  shown += Scenario::parse(
               "version: 1\nservices: {app: {ecs: {task_definition: {cpu: 256, memory: 512, "
               "health_check: {}, container_definitions: [{name: a, restart_policy: {enabled: "
               "true}}]}, deployments: [{at: +1h}]}}, batch: {ecs_task: {task_definition: "
               "{cpu: 256, memory: "
               "512}}}}\nroutes: [{match: a, service: app}, {match: b, service: batch}]\n",
               "shop.yaml")
               .to_yaml();
  shown += Scenario::parse(
               "version: 1\nservices: {web: {ecs: {cluster: c, task_definition: {cpu: 256, memory: "
               "512}}}}\nclusters: {c: {auto_scaling_group: {min_size: 1, max_size: 1, "
               "instance_type: m7i.large}, auto_scaling_group_provider: {managed_scaling: {}}}}\n",
               "shop.yaml")
               .to_yaml();
  for_each_type(*proto::Scenario::descriptor(), [&](const auto& type) {
    for (int i = 0; i < type.field_count(); ++i) {
      const auto& field = *type.field(i);
      const std::string& text = skyreplay::scenario::rule_of(field).default_();
      if (text.empty() || field.name() == "speed") continue;
      INFO(field.full_name());
      const bool is_there = std::any_of(openers.begin(), openers.end(), [&](char before) {
        return shown.find(before + field.name() + ": ") != std::string::npos;
      });
      CHECK(is_there);
    }
  });
}

TEST_CASE("show is the resolved scenario, absent fields as comments") {
  CHECK(
      Scenario::parse(kSmall + "name: \"a: b\"\nworkload: {trace: x.skytrace}\n", "shop.yaml",
                      {"services.fn.lambda.assumed.keep_alive.fixed=10m"})
          .to_yaml() ==
      "version: 1\n"
      "name: \"a: b\"\n"
      "region: us-east-1\n"
      "seed: 1\n"
      "start: warm\n"
      "drain: 15m\n"
      "workload:\n"
      "  trace: x.skytrace\n"
      "  # counts: not given: the requests come from elsewhere\n"
      "  # synth: not given: the requests come from elsewhere\n"
      "  work_share: 0.5\n"
      "  recorded_on:\n"
      "    speed: 1\n"
      "  client:\n"
      "    # timeout: not given: clients wait for ever\n"
      "    max_attempts: 1\n"
      "    backoff:\n"
      "      base: 100ms\n"
      "      cap: 20s\n"
      "      jitter: full\n"
      "routes:\n"
      "  - {match: \"*\", service: fn}\n"
      "services:\n"
      "  fn:\n"
      "    for_each_route: false\n"
      "    lambda:\n"
      "      memory_size: 128\n"
      "      timeout: 3\n"
      "      # reserved_concurrent_executions: not given: the function shares what the account has "
      "unreserved\n"
      "      architectures: [x86_64]\n"
      "      assumed:\n"
      "        init_duration: {lognormal: {p50: 143ms, p99: 220ms}}\n"
      "        platform_init_duration: {lognormal: {p50: 174ms, p99: 640ms}}\n"
      "        keep_alive:\n"
      "          fixed: 10m\n"
      "          function_idle: 10m\n"
      "          environment_idle: 10m\n"
      "        max_environment_age: 2h\n"
      "        reuse: most_recently_used\n"
      "        vcpu_parallelism: 1\n"
      "        speed: 1\n"
      "        # memory_floor: not given: 128 MB, and a route whose memory the trace does not know "
      "is an error\n"
      "        init_limit: 10s\n"
      "        provisioned_preparation_time: 1m30s\n"
      "        # loaded_code: not given: next to none\n"
      "        init_billing: since_2025_08\n"
      "        crash_probability: 0\n"
      "      # provisioned_concurrency_config: not given: every environment is created for a "
      "request\n"
      "      # snap_start: not given: new environments run Init\n"
      "      ephemeral_storage:\n"
      "        size: 512\n"
      "      # event_invoke_config: not given: requests of kind async and schedule are replayed as "
      "synchronous ones\n"
      "      # event_source_mappings: not given: requests of kind queue and stream are replayed as "
      "synchronous ones\n"
      "      # savings_plan: not given: everything is on demand\n"
      "      recursive_loop: Terminate\n"
      "      # runtime: not given: Init takes as long as that of nodejs22.x\n"
      "      package_type: Zip\n"
      "      # http_api: not given: clients come by a function URL or by Invoke, which cost "
      "nothing and let through what the function takes\n"
      "      # rest_api: not given: as http_api\n"
      "      # load_balancer: not given: as http_api\n"
      "account:\n"
      "  lambda:\n"
      "    concurrent_executions: 1000\n"
      "    minimum_unreserved_concurrent_executions: 100\n"
      "    scaling_rate:\n"
      "      burst: 1000\n"
      "      per_second: 100\n"
      "      scope: function\n"
      "    requests_per_second_factor: 10\n"
      "  api_gateway:\n"
      "    throttle_burst_limit: 5000\n"
      "    throttle_rate_limit: 10000\n"
      "  sqs:\n"
      "    in_flight_messages: 120000\n"
      "  fargate:\n"
      "    launch_burst: 100\n"
      "    launch_rate: 20\n"
      "    spot_launch_burst: 100\n"
      "    spot_launch_rate: 20\n"
      "  free_tier: true\n"
      "# calls: not given: no service calls another\n"
      "recorder:\n"
      "  window: 1m\n"
      "  warm_up: 0s\n"
      "  lambda_metrics: false\n"
      "# changes: not given: nothing changes\n"
      "# expectations: not given: `skyreplay check` only holds that the scenario runs to its end\n"
      "# faults: not given: nothing fails\n"
      "# operations: not given: nobody does anything by hand\n"
      "# clusters: not given: there are none\n"
      "# extends: not given: the file stands by itself; so does a resolved scenario, which holds "
      "what it extended\n");
}

TEST_CASE("what show writes loads again to the same digest") {
  const std::string rich =
      "version: 1\nname: \"nu\\\"ll\\\\\"\nseed: 18446744073709551615\nstart: cold\n"
      "workload: {work_share: 0.1, recorded_on: {lambda_memory: from_trace},\n"
      "           client: {timeout: 30s, max_attempts: 3, backoff: {jitter: none}}}\n"
      "routes: [{match: \"GET /\\u00e9?\", service: b.c},\n"
      "         {match: \"x\", service: \"null\"}, {match: \"*\", service: a}]\n"
      "services:\n"
      "  b.c: {lambda: {architectures: arm64, assumed: {keep_alive: {fixed: 7m}, speed: 1.3}}}\n"
      "  \"null\": {lambda: {reserved_concurrent_executions: 0}}\n"
      "  a: {for_each_route: true, lambda: {memory_size: from_trace, assumed: {memory_floor: "
      "1769,\n"
      "      init_duration: {percentiles: {0: 1ms, 99.9: 2s, 100: 3s}}}}}\n";
  for (const std::string& text : {kSmall, rich}) {
    const Scenario first = Scenario::parse(text, "shop.yaml");
    const Scenario second = Scenario::parse(first.to_yaml(), "elsewhere.yaml");
    CHECK(second.digest() == first.digest());
    CHECK(second.to_yaml() == first.to_yaml());
    CHECK(first.digest().size() == 32);
  }
}

TEST_CASE("the digest depends on what a scenario says, not on how it is spelled") {
  const std::string digest = small().digest();
  CHECK(Scenario::parse("{\"services\": {\"fn\": {\"lambda\": {\"timeout\": 3}}}, \"version\": 1}",
                        "shop.yaml")
            .digest() == digest);
  CHECK(small({"drain=900s"}).digest() == digest);
  CHECK(small({"drain=901s"}).digest() != digest);
  CHECK(small({"seed=2"}).digest() != digest);
}
