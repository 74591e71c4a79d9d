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
  if (function.has_provisioned_concurrency_config()) {
    config.provisioned = {
        .concurrent_executions =
            function.provisioned_concurrency_config().provisioned_concurrent_executions(),
        .preparation = to_duration(assumed.provisioned_preparation_time())};
  }
  config.ephemeral_storage = function.ephemeral_storage().size();
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

lambda::MeterItems lambda_items(const proto::LambdaFunction& function, const std::string& region,
                                bool has_bytes, pricing::Meters& meters) {
  const std::string processor =
      function.architectures() == proto::LambdaFunction::ARM64 ? "arm" : "x86";
  const auto add = [&](const std::string& item) {
    return meters.add_item(pricing::Catalogue::builtin().tariff(item, region));
  };
  lambda::MeterItems items;
  items.requests = add("lambda.requests_" + processor);
  items.duration = add("lambda.duration_" + processor);
  if (has_bytes) items.transfer = add("data_transfer.internet_out");
  if (function.has_provisioned_concurrency_config()) {
    items.provisioned_duration = add("lambda.provisioned_duration_" + processor);
    items.provisioned_concurrency = add("lambda.provisioned_concurrency_" + processor);
  }
  if (function.ephemeral_storage().size() > lambda::kFreeStorage) {
    items.ephemeral_storage = add("lambda.ephemeral_storage_over_512mb");
  }
  return items;
}

}  // namespace skyreplay::replay
