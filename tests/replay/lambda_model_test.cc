#include "replay/lambda_model.h"

#include <doctest/doctest.h>

#include "lambda/functions.h"
#include "scenario/scenario.h"

namespace skyreplay::replay {
namespace {

using namespace std::chrono_literals;

lambda::FunctionConfig config_of(const std::string& function) {
  const scenario::Scenario scenario = scenario::Scenario::parse(
      "version: 1\nservices: {fn: {lambda: " + function + "}}\n", "t.yaml");
  const scenario::ConcreteService service{"fn", &scenario.message().services().at("fn"), 512};
  return function_config(service, 7);
}

TEST_CASE("L3, L14, L14a, L15, L17, L19, L41, L90: a function's fields reach the model") {
  const lambda::FunctionConfig config = config_of(
      "{timeout: 30, reserved_concurrent_executions: 5, architectures: arm64, assumed: {"
      "init_duration: 1s, platform_init_duration: 2s, init_limit: 3s, vcpu_parallelism: 4, "
      "keep_alive: {function_idle: 5s, environment_idle: 6s}, max_environment_age: 7s, "
      "reuse: least_recently_used}}");
  CHECK(config.name == "services.fn");
  CHECK(config.service == 7);
  CHECK(config.memory_size == 512);
  CHECK(config.timeout == 30s);
  CHECK(config.reserved_concurrent_executions == 5);
  CHECK(config.init_duration.mean_s() == 1);
  CHECK(config.platform_init_duration.mean_s() == 2);
  CHECK(config.init_limit == 3s);
  CHECK(config.parallelism == 4);
  CHECK(config.cpu_speed == 1.2);
  CHECK(config.idle.function_idle == 5s);
  CHECK(config.idle.environment_idle == 6s);
  CHECK(config.max_environment_age == 7s);
  CHECK(config.reuse == lambda::Reuse::kLeastRecentlyUsed);
}

TEST_CASE("L3, L14, L14a, L15, L90: a function without a word has the defaults") {
  const lambda::FunctionConfig config = config_of("{}");
  CHECK(config.timeout == 3s);
  CHECK_FALSE(config.reserved_concurrent_executions);
  CHECK(config.init_limit == 10s);
  CHECK(config.parallelism == 1);
  CHECK(config.cpu_speed == 1);
  CHECK(config.idle.function_idle == 645s);
  CHECK(config.idle.environment_idle == 1000s);
  CHECK(config.max_environment_age == 2h);
  CHECK(config.reuse == lambda::Reuse::kMostRecentlyUsed);
  // L17, L19: medians 174 ms and 143 ms.
  CHECK(config.platform_init_duration.quantile_s(0.5) == doctest::Approx(0.174));
  CHECK(config.init_duration.quantile_s(0.5) == doctest::Approx(0.143));
}

TEST_CASE("L10, L14a: profiles and a fixed lifetime set both timers") {
  const auto timers = [](const std::string& rule) {
    const lambda::IdleRule idle = config_of("{assumed: {keep_alive: " + rule + "}}").idle;
    return std::pair{*idle.function_idle, idle.environment_idle};
  };
  CHECK(timers("{profile: lambda-2020}") == std::pair<Duration, Duration>{645s, 1000s});
  CHECK(timers("{profile: lambda-2021}") == std::pair<Duration, Duration>{360s, 1000s});
  CHECK(timers("{fixed: 10m}") == std::pair<Duration, Duration>{600s, 600s});
  CHECK(timers("{profile: lambda-2021, environment_idle: 20m}") ==
        std::pair<Duration, Duration>{360s, 1200s});
}

TEST_CASE("L40, L45, L48: the account's limits reach the model") {
  const scenario::Scenario scenario = scenario::Scenario::parse(
      "version: 1\nservices: {fn: {lambda: {}}}\naccount: {lambda: {concurrent_executions: 2000, "
      "scaling_rate: {burst: 30, per_second: 4}, requests_per_second_factor: 5}}\n",
      "t.yaml");
  const lambda::AccountConfig account =
      account_config(scenario.message().account(), scenario.message().recorder());
  CHECK(account.concurrent_executions == 2000);
  CHECK(account.scaling_burst == 30);
  CHECK(account.scaling_per_second == 4);
  CHECK(account.requests_per_second_factor == 5);
}

TEST_CASE("L80, L81: each architecture is billed by its own line items") {
  const auto items = [](const std::string& architecture) {
    const scenario::Scenario scenario = scenario::Scenario::parse(
        "version: 1\nservices: {fn: {lambda: {architectures: " + architecture + "}}}\n", "t.yaml");
    pricing::Meters meters;
    std::deque<pricing::Tariff> tariffs;
    const lambda::MeterItems at = lambda_items({"fn", &scenario.message().services().at("fn"), 128},
                                               "us-east-1", false, meters, tariffs);
    CHECK(meters.size() == 2);
    return std::pair{meters.tariff(at.requests).line_item(),
                     meters.tariff(at.duration).line_item()};
  };
  CHECK(items("x86_64") ==
        std::pair<std::string, std::string>{"lambda.requests_x86", "lambda.duration_x86"});
  CHECK(items("arm64") ==
        std::pair<std::string, std::string>{"lambda.requests_arm", "lambda.duration_arm"});
}

TEST_CASE("L84, L97: snapshots and an API are line items of their own") {
  const auto items_of = [](const std::string& function) {
    const scenario::Scenario scenario = scenario::Scenario::parse(
        "version: 1\nservices: {fn: {lambda: " + function + "}}\n", "t.yaml");
    pricing::Meters meters;
    std::deque<pricing::Tariff> tariffs;
    lambda_items({"fn", &scenario.message().services().at("fn"), 128}, "us-east-1", false, meters,
                 tariffs);
    std::string items;
    for (std::uint32_t i = 2; i < meters.size(); ++i) {
      items += std::string(meters.tariff(i).line_item()) + " ";
    }
    return items;
  };
  const std::string snap_start = "snap_start: {apply_on: PublishedVersions}, ";
  CHECK(items_of("{runtime: python3.13, " + snap_start + "rest_api: {}}") ==
        "lambda.snapstart_cache lambda.snapstart_restore apigateway_rest.requests ");
  CHECK(items_of("{runtime: java21, " + snap_start + "http_api: {}}") ==
        "apigateway_http.requests ");
}

TEST_CASE("L46, L51: the account's older scaling rate and its APIs' rate reach the model") {
  const scenario::Scenario scenario = scenario::Scenario::parse(
      "version: 1\nservices: {fn: {lambda: {}}}\naccount: {lambda: {scaling_rate: {scope: "
      "account}}, api_gateway: {throttle_burst_limit: 7, throttle_rate_limit: 2.5}}\n",
      "t.yaml");
  const lambda::AccountConfig account =
      account_config(scenario.message().account(), scenario.message().recorder());
  CHECK(account.scaling_is_shared);
  CHECK(account.scaling_burst == 3'000);
  CHECK(account.api_throttling.burst_limit == 7);
  CHECK(account.api_throttling.rate_limit == 2.5);
}

TEST_CASE("L82, L83: provisioned concurrency and storage are line items of their own") {
  const scenario::Scenario scenario = scenario::Scenario::parse(
      "version: 1\nservices: {fn: {lambda: {provisioned_concurrency_config: "
      "{provisioned_concurrent_executions: 3}, ephemeral_storage: {size: 1024}}}}\n",
      "t.yaml");
  pricing::Meters meters;
  std::deque<pricing::Tariff> tariffs;
  const lambda::MeterItems at = lambda_items({"fn", &scenario.message().services().at("fn"), 128},
                                             "us-east-1", true, meters, tariffs);
  CHECK(meters.tariff(*at.transfer).line_item() == "data_transfer.internet_out");
  CHECK(meters.tariff(*at.provisioned_duration).line_item() == "lambda.provisioned_duration_x86");
  CHECK(meters.tariff(*at.provisioned_concurrency).line_item() ==
        "lambda.provisioned_concurrency_x86");
  CHECK(meters.tariff(*at.ephemeral_storage).line_item() == "lambda.ephemeral_storage_over_512mb");
}

}  // namespace
}  // namespace skyreplay::replay
