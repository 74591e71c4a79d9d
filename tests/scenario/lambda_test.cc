// Functions: what is derived, and what is refused.
#include <doctest/doctest.h>

#include "scenario/law.h"
#include "scenario/support.h"

using namespace std::chrono_literals;
using skyreplay::Duration;
using skyreplay::scenario::Scenario;
using skyreplay::scenario::to_duration;
using skyreplay::testing::mistakes_of;
using skyreplay::testing::with_lambda;

namespace proto = skyreplay::proto;

namespace {

proto::LambdaFunction function_of(const std::string& body) {
  return Scenario::parse(with_lambda(body), "shop.yaml").message().services().at("fn").lambda();
}

Duration median(const proto::LambdaFunction& function) {
  return to_duration(function.assumed().init_duration().lognormal().p50());
}

/// What is said, without the file and position.
std::string told(const std::string& body) {
  const std::string all = mistakes_of(with_lambda(body));
  return all.empty() ? all : all.substr(all.find(": ") + 2);
}

proto::ScalingRate rate_of(const std::string& top) {
  return Scenario::parse(with_lambda("{}") + top, "shop.yaml")
      .message()
      .account()
      .lambda()
      .scaling_rate();
}

}  // namespace

TEST_CASE("a runtime says how long Init takes (L19, L20)") {
  CHECK(median(function_of("{}")) == 143ms);
  CHECK(median(function_of("{architectures: arm64}")) == 143ms);  // nobody said which runtime
  CHECK(median(function_of("{runtime: python3.13}")) == 101ms);
  CHECK(median(function_of("{runtime: python3.13, architectures: [arm64]}")) == 82ms);
  CHECK(median(function_of("{runtime: java21, package_type: Image}")) == 510ms);
  const proto::LambdaFunction own =
      function_of("{runtime: provided.al2023, assumed: {init_duration: 7ms}}");
  CHECK(to_duration(own.assumed().init_duration().constant()) == 7ms);
}

TEST_CASE("code that Init loads makes it longer (L21)") {
  // 391 ms of 171 ms with 8 MB.
  CHECK(median(function_of("{runtime: python3.13, assumed: {loaded_code: 8MB}}")) ==
        Duration{static_cast<std::int64_t>(101e6 * 391.0 / 171.0 + 0.5)});
}

TEST_CASE("an Init that nobody observed is asked for") {
  CHECK(told("{runtime: java21, architectures: arm64}") ==
        "services.fn.lambda.assumed.init_duration: is missing: nobody observed the Init of java21 "
        "from a zip file on arm64");
  CHECK(
      told("{runtime: cobol}") ==
      "services.fn.lambda.runtime: 'cobol' is no runtime of Lambda; write its identifier, such as "
      "python3.13, nodejs22.x, java21, dotnet8, ruby3.4 or provided.al2023");
  CHECK(told("{assumed: {loaded_code: 8MB, init_duration: 1s}}") ==
        "services.fn.lambda.assumed.loaded_code: excludes 'init_duration', which is given too");
}

TEST_CASE("SnapStart is refused where AWS has none (L30)") {
  const std::string on = "snap_start: {apply_on: PublishedVersions}";
  const std::string at = "services.fn.lambda.snap_start: ";
  CHECK(told("{runtime: java21, " + on + "}").empty());
  CHECK(told("{snap_start: {apply_on: None}}").empty());
  CHECK(told("{" + on + "}") == at + "needs a runtime of java11, python3.12, dotnet8 or later");
  CHECK(told("{runtime: nodejs22.x, " + on + "}") ==
        at + "needs a runtime of java11, python3.12, dotnet8 or later");
  CHECK(told("{runtime: java21, package_type: Image, " + on + "}") ==
        at + "is not for container images");
  CHECK(told("{runtime: java21, ephemeral_storage: {size: 513}, " + on + "}") ==
        at + "is not for more than 512 MB of ephemeral storage");
  CHECK(told("{runtime: java21, provisioned_concurrency_config: "
             "{provisioned_concurrent_executions: 1}, " +
             on + "}") == at + "excludes 'provisioned_concurrency_config', which is given too");
}

TEST_CASE("a function has one front at most, and its load balancer for itself") {
  CHECK(told("{http_api: {}, rest_api: {}}") ==
        "services.fn.lambda.rest_api: excludes 'http_api', which is given too");
  const std::string for_each =
      "version: 1\nservices: {fn: {for_each_route: true, lambda: {load_balancer: {}}}}\n";
  CHECK(mistakes_of(for_each).find(
            "excludes 'for_each_route', which would give each route's function a load balancer of "
            "its own") != std::string::npos);
  CHECK(function_of("{rest_api: {}}").rest_api().timeout_in_millis() == 29'000);
  CHECK(function_of("{http_api: {}}").http_api().timeout_in_millis() == 30'000);
}

TEST_CASE("an API that has no price in the Region is refused") {
  const std::string text =
      "version: 1\nregion: eu-west-1\nservices: {fn: {lambda: {rest_api: {}}}}\n";
  CHECK(mistakes_of(text).find("apigateway_rest.requests") != std::string::npos);
}

TEST_CASE("L45, L46: whose rate it is decides how fast environments may be added") {
  const proto::ScalingRate now = rate_of("");
  CHECK(now.burst() == 1'000);
  CHECK(now.per_second() == 100);
  const std::string older = "account: {lambda: {scaling_rate: {scope: account}}}\n";
  CHECK(rate_of(older).burst() == 3'000);
  CHECK(rate_of(older).per_second() == 8.333);
  CHECK(rate_of("region: us-east-2\n" + older).burst() == 1'000);
  CHECK(rate_of("region: sa-east-1\n" + older).burst() == 500);
}

TEST_CASE("L10: a drawn lifetime takes the place of both timers") {
  CHECK(told("{assumed: {keep_alive: {distribution: {exponential: {mean: 10m}}}}}").empty());
  CHECK(told("{assumed: {keep_alive: {distribution: 10m, function_idle: 5m}}}") ==
        "services.fn.lambda.assumed.keep_alive.function_idle: excludes 'distribution', which is "
        "given too");
  CHECK(told("{assumed: {keep_alive: {distribution: 10m, fixed: 5m}}}") ==
        "services.fn.lambda.assumed.keep_alive.fixed: excludes 'distribution', which is given too");
}

TEST_CASE("L22: the older rule of billing Init is not for provisioned concurrency") {
  CHECK(told("{assumed: {init_billing: before_2025_08}}").empty());
  CHECK(told("{provisioned_concurrency_config: {provisioned_concurrent_executions: 1}, assumed: "
             "{init_billing: before_2025_08}}")
            .starts_with("services.fn.lambda.assumed.init_billing: must be since_2025_08"));
}
