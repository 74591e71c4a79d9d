#include "replay/lambda_model.h"

#include "scenario/law.h"

namespace skyreplay::replay {
namespace {

Duration to_duration(const proto::Duration& duration) { return Duration{duration.ns()}; }

}  // namespace

lambda::FunctionConfig function_config(const scenario::ConcreteService& service,
                                       std::uint32_t index) {
  const proto::LambdaFunction& function = service.config->lambda();
  const proto::LambdaAssumed& assumed = function.assumed();
  lambda::FunctionConfig config;
  config.name = "services." + service.name;
  config.service = index;
  config.memory_size = service.memory_mib;
  config.timeout = std::chrono::seconds{function.timeout()};
  if (function.has_reserved_concurrent_executions()) {
    config.reserved_concurrent_executions = function.reserved_concurrent_executions();
  }
  config.init_duration = scenario::to_distribution(assumed.init_duration());
  config.platform_init_duration = scenario::to_distribution(assumed.platform_init_duration());
  config.init_limit = to_duration(assumed.init_limit());
  config.cpu_speed = assumed.speed();
  config.parallelism = assumed.vcpu_parallelism();
  config.idle = {.function_idle = to_duration(assumed.keep_alive().function_idle()),
                 .environment_idle = to_duration(assumed.keep_alive().environment_idle())};
  config.max_environment_age = to_duration(assumed.max_environment_age());
  config.reuse = assumed.reuse() == proto::LambdaAssumed::LEAST_RECENTLY_USED
                     ? lambda::Reuse::kLeastRecentlyUsed
                     : lambda::Reuse::kMostRecentlyUsed;
  return config;
}

lambda::AccountConfig account_config(const proto::LambdaAccount& account) {
  return {.concurrent_executions = account.concurrent_executions(),
          .scaling_burst = account.scaling_rate().burst(),
          .scaling_per_second = account.scaling_rate().per_second(),
          .requests_per_second_factor = account.requests_per_second_factor()};
}

pricing::Meters lambda_meters(const proto::LambdaFunction& function, const std::string& region,
                              bool has_bytes) {
  const bool arm = function.architectures() == proto::LambdaFunction::ARM64;
  const pricing::Catalogue& catalogue = pricing::Catalogue::builtin();
  pricing::Meters meters;
  meters.add_item(catalogue.tariff(arm ? "lambda.requests_arm" : "lambda.requests_x86", region));
  meters.add_item(catalogue.tariff(arm ? "lambda.duration_arm" : "lambda.duration_x86", region));
  if (has_bytes) meters.add_item(catalogue.tariff("data_transfer.internet_out", region));
  return meters;
}

}  // namespace skyreplay::replay
