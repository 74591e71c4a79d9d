#include <fmt/format.h>

#include <chrono>
#include <cmath>
#include <string>

#include "core/text.h"
#include "lambda/config.h"
#include "lambda/runtimes.h"
#include "scenario/law.h"
#include "scenario/resolve_provisioned.h"
#include "scenario/resolve_services.h"

// What a Lambda function's fields leave to one another.

namespace skyreplay::scenario {
namespace {

using std::chrono::seconds;

/// L10: what stands for no timer where lifetimes are drawn.
constexpr Duration kNoTimer = std::chrono::days{365};

constexpr const char* kUsualRuntime = "nodejs22.x";

struct IdleTimers {
  Duration function_idle{};
  Duration environment_idle{};
};

/// L10, L14a: what was measured in 2020, and in 2021 on.
IdleTimers timers_of(const proto::KeepAlive& rule) {
  if (rule.has_distribution()) return {kNoTimer, kNoTimer};
  if (rule.has_fixed()) return {to_duration(rule.fixed()), to_duration(rule.fixed())};
  if (rule.profile() == proto::KeepAlive::LAMBDA_2021) return {seconds{360}, seconds{1000}};
  return {seconds{645}, seconds{1000}};
}

/// Half up.
std::int64_t scaled_ns(Duration duration, double factor) {
  return static_cast<std::int64_t>(static_cast<double>(duration.count()) * factor + 0.5);
}

}  // namespace

void ServiceResolver::lambda(proto::LambdaFunction& function, const std::string& path) {
  proto::LambdaAssumed& assumed = *function.mutable_assumed();
  if (!assumed.has_speed()) {
    const bool is_arm = function.architectures() == proto::LambdaFunction::ARM64;
    assumed.set_speed(is_arm ? kSpeedArm : kSpeedX86);
  }
  keep_alive(*assumed.mutable_keep_alive(), path + ".assumed.keep_alive");
  event_source_mappings(function, path + ".event_source_mappings");
  if (function.has_runtime() && !lambda::is_runtime(function.runtime())) {
    mistake(path + ".runtime",
            fmt::format("{} is no runtime of Lambda; write its identifier, such as python3.13, "
                        "nodejs22.x, java21, dotnet8, ruby3.4 or provided.al2023",
                        in_quotes(function.runtime())));
    return;
  }
  init_duration(function, path);
  init_billing(function, path);
  snap_start(function, path);
  savings_plan(function, path);
  ProvisionedResolver(region_, places_, mistakes_).function(function, path);
  front(function, path);
}

void ServiceResolver::event_source_mappings(proto::LambdaFunction& function,
                                            const std::string& path) {
  if (function.event_source_mappings_size() == 0) return;
  if (function.event_source_mappings_size() > 1) {
    return mistake(path, "a function has at most one: several are not built yet");
  }
  proto::EventSourceMapping& mapping = *function.mutable_event_source_mappings(0);
  const std::string own = path + "[0]";
  if (!mapping.has_queue() && !mapping.has_stream()) mistake(own, "needs a queue or a stream");
  if (!mapping.has_batch_size()) mapping.set_batch_size(mapping.has_stream() ? 100 : 10);
  if (mapping.has_stream()) {
    if (mapping.has_scaling_config()) {
      mistake(own + ".scaling_config", "is of a queue, not of streams");
    }
    return;
  }
  of_streams(mapping, own);
  if (mapping.batch_size() > 10 && mapping.maximum_batching_window_in_seconds() == 0) {
    mistake(own + ".batch_size",
            "above 10 needs maximum_batching_window_in_seconds of at least 1 s (L63)");
  }
  if (mapping.has_queue() && function.timeout() > mapping.queue().visibility_timeout()) {
    mistake(
        own + ".queue.visibility_timeout",
        fmt::format("must not be below the function's timeout, {} s (L65)", function.timeout()));
  }
}

/// What a queue has no use for.
void ServiceResolver::of_streams(const proto::EventSourceMapping& mapping,
                                 const std::string& path) {
  const std::pair<bool, const char*> fields[] = {
      {mapping.has_parallelization_factor(), "parallelization_factor"},
      {mapping.has_bisect_batch_on_function_error(), "bisect_batch_on_function_error"},
      {mapping.has_maximum_retry_attempts(), "maximum_retry_attempts"},
      {mapping.has_maximum_record_age_in_seconds(), "maximum_record_age_in_seconds"},
      {mapping.has_destination_config(), "destination_config"}};
  for (const auto& [is_given, name] : fields) {
    if (is_given) mistake(path + "." + name, "is of streams, not of a queue");
  }
}

void ServiceResolver::keep_alive(proto::KeepAlive& rule, const std::string& path) {
  const bool is_one = rule.has_fixed() || rule.has_distribution();
  const auto fill = [&](bool is_given, const char* name, proto::Duration& timer, Duration value) {
    const bool clashes = is_given && is_one && timer.ns() != value.count();
    if (clashes) {
      mistake(path + "." + name, fmt::format("excludes '{}', which is given too",
                                             rule.has_fixed() ? "fixed" : "distribution"));
    }
    if (!is_given) timer.set_ns(value.count());
  };
  const IdleTimers timers = timers_of(rule);
  const bool has_function_idle = rule.has_function_idle();
  const bool has_environment_idle = rule.has_environment_idle();
  fill(has_function_idle, "function_idle", *rule.mutable_function_idle(), timers.function_idle);
  fill(has_environment_idle, "environment_idle", *rule.mutable_environment_idle(),
       timers.environment_idle);
}

/// L19 to L21: what was observed, unless the scenario says.
void ServiceResolver::init_duration(proto::LambdaFunction& function, const std::string& path) {
  proto::LambdaAssumed& assumed = *function.mutable_assumed();
  const bool is_image = function.package_type() == proto::LambdaFunction::IMAGE;
  const bool is_arm = function.architectures() == proto::LambdaFunction::ARM64;
  const std::string runtime = function.has_runtime() ? function.runtime() : kUsualRuntime;
  const auto package = is_image ? lambda::PackageType::kImage : lambda::PackageType::kZip;
  // Without a runtime nobody has said that it is this one.
  const auto observed = lambda::observed_init(runtime, package, is_arm && function.has_runtime());
  const bool is_given = assumed.has_init_duration();
  if (!observed && !is_given) {
    mistake(path + ".assumed.init_duration",
            fmt::format("is missing: nobody observed the Init of {} from {} on {}", runtime,
                        is_image ? "an image" : "a zip file", is_arm ? "arm64" : "x86_64"));
    return;
  }
  if (is_given && !assumed.has_loaded_code()) return;
  proto::Distribution law;
  if (observed) {
    const double factor =
        assumed.has_loaded_code()
            ? lambda::init_factor(static_cast<std::uint64_t>(assumed.loaded_code().bytes()))
            : 1.0;
    proto::Distribution::Lognormal& quantiles = *law.mutable_lognormal();
    quantiles.mutable_p50()->set_ns(scaled_ns(observed->p50, factor));
    quantiles.mutable_p99()->set_ns(scaled_ns(observed->p99, factor));
  }
  if (!is_given) *assumed.mutable_init_duration() = law;
  if (is_given && assumed.init_duration().SerializeAsString() != law.SerializeAsString()) {
    mistake(path + ".assumed.loaded_code", "excludes 'init_duration', which is given too");
  }
}

/// L22: until August 2025 only managed runtimes from a zip file had theirs for nothing.
void ServiceResolver::init_billing(const proto::LambdaFunction& function, const std::string& path) {
  const bool is_old = function.assumed().init_billing() == proto::LambdaAssumed::BEFORE_2025_08;
  if (!is_old || !function.has_provisioned_concurrency_config()) return;
  mistake(
      path + ".assumed.init_billing",
      "must be since_2025_08 with provisioned concurrency: its Init was always billed, and that "
      "of what spills over is not told apart");
}

/// L30.
void ServiceResolver::snap_start(const proto::LambdaFunction& function, const std::string& path) {
  if (function.snap_start().apply_on() != proto::SnapStart::PUBLISHED_VERSIONS) return;
  const std::string own = path + ".snap_start";
  if (!function.has_runtime() || !lambda::has_snap_start(function.runtime())) {
    mistake(own, "needs a runtime of java11, python3.12, dotnet8 or later");
  } else if (lambda::snap_start_is_charged(function.runtime())) {
    price("lambda.snapstart_cache", own);
  }
  if (function.package_type() == proto::LambdaFunction::IMAGE) {
    mistake(own, "is not for container images");
  }
  if (function.has_provisioned_concurrency_config()) {
    mistake(own, "excludes 'provisioned_concurrency_config', which is given too");
  }
  if (function.ephemeral_storage().size() > lambda::kFreeStorage) {
    mistake(own, "is not for more than 512 MB of ephemeral storage");
  }
}

/// L95: prices less a discount are exact in thousandths.
void ServiceResolver::savings_plan(const proto::LambdaFunction& function, const std::string& path) {
  if (!function.has_savings_plan()) return;
  const double permille = function.savings_plan().discount() * 1000;
  if (std::abs(permille - std::round(permille)) < 1e-6) return;
  mistake(path + ".savings_plan.discount", "has at most three decimals");
}

void ServiceResolver::front(const proto::LambdaFunction& function, const std::string& path) {
  if (function.has_http_api()) price("apigateway_http.requests", path + ".http_api");
  if (function.has_rest_api()) price("apigateway_rest.requests", path + ".rest_api");
  if (!function.has_load_balancer()) return;
  price("alb.load_balancer", path + ".load_balancer");
  price("alb.lcu", path + ".load_balancer");
}

}  // namespace skyreplay::scenario
