#include "replay/lambda_model.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "core/check.h"
#include "lambda/runtimes.h"
#include "replay/fleet_models.h"
#include "replay/queue_model.h"
#include "scenario/law.h"

namespace skyreplay::replay {
namespace {

Duration to_duration(const proto::Duration& duration) { return Duration{duration.ns()}; }

/// L22: before August 2025 not that of a managed runtime from a zip file. A function that names no
/// runtime is taken for one of those.
bool init_is_billed(const proto::LambdaFunction& function) {
  if (function.assumed().init_billing() == proto::LambdaAssumed::SINCE_2025_08) return true;
  return function.package_type() == proto::LambdaFunction::IMAGE ||
         (function.has_runtime() && !lambda::is_managed(function.runtime()));
}

lambda::Throttling throttling(const proto::RouteSettings& settings) {
  return {settings.throttling_burst_limit(), settings.throttling_rate_limit()};
}

lambda::FrontConfig api_config(const proto::LambdaFunction& function) {
  using Kind = lambda::FrontConfig::Kind;
  lambda::FrontConfig config;
  config.kind = function.has_http_api() ? Kind::kHttpApi : Kind::kRestApi;
  config.timeout =
      std::chrono::milliseconds{function.has_http_api() ? function.http_api().timeout_in_millis()
                                                        : function.rest_api().timeout_in_millis()};
  if (function.http_api().has_default_route_settings()) {
    config.throttling = throttling(function.http_api().default_route_settings());
  }
  if (function.rest_api().has_method_settings()) {
    config.throttling = throttling(function.rest_api().method_settings());
  }
  return config;
}

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
  if (assumed.keep_alive().has_distribution()) {
    config.idle.lifetime = scenario::to_distribution(assumed.keep_alive().distribution());
  }
  config.init_is_billed = init_is_billed(function);
  if (function.snap_start().apply_on() == proto::SnapStart::PUBLISHED_VERSIONS) {
    config.snap_start = {.restore_duration = scenario::to_distribution(
                             function.snap_start().assumed().restore_duration()),
                         .billed_share = function.snap_start().assumed().billed_restore_share(),
                         .is_charged = lambda::snap_start_is_charged(function.runtime())};
  }
  if (function.has_provisioned_concurrency_config()) {
    config.provisioned = {
        .concurrent_executions =
            function.provisioned_concurrency_config().provisioned_concurrent_executions(),
        .preparation = to_duration(assumed.provisioned_preparation_time())};
  }
  config.ephemeral_storage = function.ephemeral_storage().size();
  config.max_environment_age = to_duration(assumed.max_environment_age());
  config.crash_probability = assumed.crash_probability();
  config.reuse = assumed.reuse() == proto::LambdaAssumed::LEAST_RECENTLY_USED
                     ? lambda::Reuse::kLeastRecentlyUsed
                     : lambda::Reuse::kMostRecentlyUsed;
  return config;
}

lambda::EventInvokeConfig event_invoke_config(const proto::LambdaFunction& function) {
  const proto::EventInvokeConfig& config = function.event_invoke_config();
  return {.maximum_retry_attempts = config.maximum_retry_attempts(),
          .maximum_event_age = std::chrono::seconds{config.maximum_event_age_in_seconds()},
          .has_destination = config.destination_config().has_on_failure()};
}

namespace {

bool reports_item_failures(const proto::EventSourceMapping& mapping) {
  const auto& types = mapping.function_response_types();
  return std::find(types.begin(), types.end(),
                   proto::EventSourceMapping::REPORT_BATCH_ITEM_FAILURES) != types.end();
}

}  // namespace

lambda::SqsConfig sqs_config(const scenario::ConcreteService& service, std::uint32_t index,
                             const proto::Account& account) {
  const proto::EventSourceMapping& mapping = service.config->lambda().event_source_mappings(0);
  lambda::SqsConfig config;
  config.queue = queue_config(service, index, mapping.queue(), account);
  config.queue.failure_probability = mapping.assumed().failure_probability();
  config.batch_size = mapping.batch_size();
  config.maximum_batching_window =
      std::chrono::seconds{mapping.maximum_batching_window_in_seconds()};
  if (mapping.has_scaling_config()) {
    config.maximum_concurrency = mapping.scaling_config().maximum_concurrency();
  }
  config.reports_item_failures = reports_item_failures(mapping);
  return config;
}

lambda::StreamConfig stream_config(const scenario::ConcreteService& service) {
  const proto::EventSourceMapping& mapping = service.config->lambda().event_source_mappings(0);
  const proto::StreamSource& stream = mapping.stream();
  lambda::StreamConfig config;
  config.name = "services." + service.name;
  config.shards = stream.shard_count();
  if (mapping.has_parallelization_factor()) {
    config.parallelization_factor = mapping.parallelization_factor();
  }
  config.batch_size = mapping.batch_size();
  config.maximum_batching_window =
      std::chrono::seconds{mapping.maximum_batching_window_in_seconds()};
  // L66: once a second, or four times.
  config.polling_interval = stream.type() == proto::StreamSource::DYNAMODB
                                ? std::chrono::milliseconds{250}
                                : std::chrono::milliseconds{1000};
  config.partition_keys = stream.assumed().partition_keys();
  if (mapping.has_maximum_retry_attempts()) {
    config.maximum_retry_attempts = mapping.maximum_retry_attempts();
  }
  if (mapping.has_maximum_record_age_in_seconds()) {
    config.maximum_record_age = std::chrono::seconds{mapping.maximum_record_age_in_seconds()};
  }
  config.bisects = mapping.bisect_batch_on_function_error();
  config.reports_item_failures = reports_item_failures(mapping);
  config.has_destination = mapping.destination_config().has_on_failure();
  config.failure_probability = mapping.assumed().failure_probability();
  return config;
}

lambda::AccountConfig account_config(const proto::Account& account,
                                     const proto::Recorder& recorder) {
  const proto::LambdaAccount& lambda = account.lambda();
  return {.concurrent_executions = lambda.concurrent_executions(),
          .scaling_burst = lambda.scaling_rate().burst(),
          .scaling_per_second = lambda.scaling_rate().per_second(),
          .scaling_is_shared = lambda.scaling_rate().scope() == proto::ScalingRate::ACCOUNT,
          .requests_per_second_factor = lambda.requests_per_second_factor(),
          .api_throttling = {account.api_gateway().throttle_burst_limit(),
                             account.api_gateway().throttle_rate_limit()},
          .counts_metrics = recorder.lambda_metrics()};
}

std::unique_ptr<lambda::Front> front_of(const proto::LambdaFunction& function,
                                        const FrontBilling& billing) {
  if (function.has_http_api() || function.has_rest_api()) {
    return std::make_unique<lambda::Front>(api_config(function), std::nullopt);
  }
  if (!function.has_load_balancer()) return nullptr;
  const proto::FunctionLoadBalancer& balancer = function.load_balancer();
  const pricing::LoadBalancer priced{
      .requests_per_connection_milli = requests_per_connection_milli(balancer.assumed()),
      .rules = balancer.rules(),
      .has_functions = true};
  lambda::FrontConfig config;
  config.kind = lambda::FrontConfig::Kind::kLoadBalancer;
  return std::make_unique<lambda::Front>(
      config, pricing::LoadBalancerMeter(pricing::Catalogue::builtin(), priced, billing.region,
                                         billing.span, billing.meters));
}

namespace {

/// "lambda.savings_plan_duration_x86" at the discount, tier by tier.
pricing::Tariff plan_tariff(const pricing::Tariff& on_demand, std::uint32_t permille) {
  std::vector<pricing::Tier> tiers = on_demand.tiers();
  for (pricing::Tier& tier : tiers) {
    const auto discounted = tier.usd.less_permille(permille);
    SKY_CHECK(discounted.has_value());  // list prices have at most ten decimals
    tier.usd = *discounted;
    tier.source += ", and the scenario's discount";
  }
  const std::string what = on_demand.line_item().substr(std::string_view("lambda.").size());
  return {"lambda.savings_plan_" + what, on_demand.region(), on_demand.unit(), std::move(tiers)};
}

/// L95.
void add_plan(const proto::LambdaSavingsPlan& plan, lambda::MeterItems& items,
              pricing::Meters& meters, std::deque<pricing::Tariff>& tariffs) {
  const auto permille = static_cast<std::uint32_t>(plan.discount() * 1e3 + 0.5);
  const auto add = [&](std::uint32_t item) {
    tariffs.push_back(plan_tariff(meters.tariff(item), permille));
    return meters.add_item(tariffs.back());
  };
  items.plan_coverage_ppm = static_cast<std::uint32_t>(plan.coverage() * 1e6 + 0.5);
  items.plan_duration = add(items.duration);
  if (!items.provisioned_concurrency) return;
  items.plan_provisioned_duration = add(*items.provisioned_duration);
  items.plan_provisioned_concurrency = add(*items.provisioned_concurrency);
}

}  // namespace

lambda::MeterItems lambda_items(const scenario::ConcreteService& service, const std::string& region,
                                bool has_bytes, pricing::Meters& meters,
                                std::deque<pricing::Tariff>& tariffs) {
  const proto::LambdaFunction& function = service.config->lambda();
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
  const bool sends_on = service.events == scenario::Delivery::kAsynchronous &&
                        event_invoke_config(function).has_destination;
  const bool sends_records_on =
      service.events == scenario::Delivery::kStream && stream_config(service).has_destination;
  if (sends_on || sends_records_on || service.events == scenario::Delivery::kQueue) {
    items.queue_requests = add("sqs.standard_requests");
  }
  if (function.snap_start().apply_on() == proto::SnapStart::PUBLISHED_VERSIONS &&
      lambda::snap_start_is_charged(function.runtime())) {
    items.snapstart_cache = add("lambda.snapstart_cache");
    items.snapstart_restore = add("lambda.snapstart_restore");
  }
  if (function.has_http_api()) items.api_requests = add("apigateway_http.requests");
  if (function.has_rest_api()) items.api_requests = add("apigateway_rest.requests");
  if (function.has_savings_plan()) add_plan(function.savings_plan(), items, meters, tariffs);
  return items;
}

std::vector<std::string> memory_notes(const scenario::Wiring& wiring,
                                      const trace::TraceInfo& trace) {
  std::vector<double> used(wiring.services.size(), 0.0);
  for (std::size_t i = 0; i < trace.routes.size(); ++i) {
    double& most = used[wiring.route_to_service[i]];
    most = std::max(most, trace.routes[i].memory_used_max_mib.value_or(0));
  }
  std::size_t short_of_it = 0;
  std::string example;
  for (std::size_t i = 0; i < used.size(); ++i) {
    const scenario::ConcreteService& service = wiring.services[i];
    if (!service.config->has_lambda() || used[i] <= service.memory_mib) continue;
    if (short_of_it++ > 0) continue;
    example = fmt::format("{} has {} MB, and the trace has a request that used {:.0f} MB",
                          service.name, service.memory_mib, std::ceil(used[i]));
  }
  if (short_of_it == 0) return {};
  const std::string others =
      short_of_it == 1 ? "" : fmt::format(" (and {} others likewise)", short_of_it - 1);
  return {fmt::format("{}{}: Lambda ends such invocations, which is not modeled", example, others)};
}

}  // namespace skyreplay::replay
