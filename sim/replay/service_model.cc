#include "replay/service_model.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/check.h"
#include "ecs/service_metric_names.h"
#include "pricing/tariff.h"
#include "replay/alarm_reader.h"
#include "scenario/law.h"
#include "scenario/service_monitoring.h"

namespace skyreplay::replay {
namespace {

using balancing::FleetMetric;
using std::chrono::seconds;

/// Reads one service's message into one configuration.
class Reader final : public AlarmReader {
 public:
  Reader(const proto::EcsService& service, const std::string& entity, std::string name,
         std::uint64_t seed, balancing::FleetScalingConfig& config)
      : AlarmReader(config, ecs::service_metrics(), entity, seed),
        service_(service),
        name_(std::move(name)),
        config_(config) {}

  void read() {
    std::vector<std::string> names;
    for (const proto::ServiceScalingPolicy& policy : service_.policies()) {
      names.push_back(policy.policy_name());
      scaling::Policy to{.name = policy.policy_name(), .warmup = {}, .kind = {}};
      if (policy.has_target_tracking_scaling_policy_configuration()) {
        to.kind = target_tracking(policy);
      } else if (policy.has_predictive_scaling_policy_configuration()) {
        to.kind = predictive(policy.predictive_scaling_policy_configuration());
      } else {
        to.kind = step(policy.step_scaling_policy_configuration());
      }
      config_.scaler.policies.push_back(std::move(to));
    }
    for (const proto::CloudWatchAlarm& alarm : service_.alarms()) add(alarm, names);
  }

 private:
  /// C94: with monitoring of 20 s each minute has its metric (C93) besides.
  Duration period_of(FleetMetric metric, Duration of_alarm) const override {
    return std::min(name_of(metric).period, of_alarm);
  }

  Duration publication_delay(FleetMetric metric, Duration period) const override {  // C105, E96
    const proto::ServicePublicationDelay& delay = service_.assumed().publication_delay();
    const std::string_view of = name_of(metric).metric_namespace;
    if (period < std::chrono::minutes{1}) {
      return scenario::to_duration(delay.ecs_high_resolution());
    }
    if (of == "AWS/ECS") return scenario::to_duration(delay.ecs());
    if (of == "AWS/SQS") return scenario::to_duration(delay.sqs());
    const bool is_of_balancer = of == "AWS/ApplicationELB";
    return scenario::to_duration(is_of_balancer ? delay.application_elb()
                                                : delay.container_insights());
  }

  /// C96: which metric. C97: the two alarms.
  scaling::TargetTracking target_tracking(const proto::ServiceScalingPolicy& policy) {
    const auto& from = policy.target_tracking_scaling_policy_configuration();
    TrackingAlarms alarms{.name = fmt::format("TargetTracking-service/default/{}-Alarm{{}}-{}",
                                              name_, policy.policy_name()),
                          .target_value = from.target_value(),
                          .has_low = !from.disable_scale_in()};
    const auto predefined = from.predefined_metric_specification().predefined_metric_type();
    alarms.metric = FleetMetric::kCpuUtilization;
    if (from.customized_metric_specification().metrics_size() > 0) {
      alarms.source = source_of(from.customized_metric_specification().metrics());
    } else if (from.has_customized_metric_specification()) {
      const auto& customized = from.customized_metric_specification();
      alarms.metric = find(customized.namespace_(), customized.metric_name());
      alarms.tracked.statistic = statistic_of(customized.statistic());
    } else if (predefined == proto::ServicePredefinedMetricSpecification::MEMORY ||
               predefined == proto::ServicePredefinedMetricSpecification::MEMORY_HIGH_RESOLUTION) {
      alarms.metric = FleetMetric::kMemoryUtilization;
    } else if (predefined == proto::ServicePredefinedMetricSpecification::REQUEST_COUNT) {
      alarms.metric = FleetMetric::kRequestCountPerTarget;  // C95
      alarms.tracked.statistic = metrics::Statistic::kSum;
    }
    if (scenario::is_high_resolution(predefined)) alarms.tracked.period = scenario::kShortPeriod;
    scaling::TargetTracking to =
        track(alarms, from.assumed(), static_cast<std::uint32_t>(config_.scaler.policies.size()));
    to.cooldowns = {.scale_out = seconds{from.scale_out_cooldown()},
                    .scale_in = seconds{from.scale_in_cooldown()}};
    return to;
  }

  /// The kinds of all three lists are numbered alike.
  static FleetMetric total_of(int kind) {
    if (kind == proto::ServicePredictiveScalingMetricPair::REQUEST_COUNT) {
      return FleetMetric::kRequestCount;
    }
    return kind == proto::ServicePredictiveScalingMetricPair::MEMORY
               ? FleetMetric::kMemoryUtilization
               : FleetMetric::kCpuUtilization;
  }

  /// C111.
  scaling::PredictiveScaling predictive(
      const proto::ServicePredictiveScalingPolicyConfiguration& from) {
    const proto::ServicePredictiveScalingMetricSpecification& metrics =
        from.metric_specifications(0);
    const bool is_pair = metrics.has_predefined_metric_pair_specification();
    const int pair = metrics.predefined_metric_pair_specification().predefined_metric_type();
    const int load = metrics.predefined_load_metric_specification().predefined_metric_type();
    const int scaling = metrics.predefined_scaling_metric_specification().predefined_metric_type();
    return foresee(from, total_of(is_pair ? pair : load), total_of(is_pair ? pair : scaling),
                   metrics.target_value());
  }

  static scaling::StepScaling step(const proto::StepScalingPolicyConfiguration& from) {
    return {.adjustment = adjustment_of(from.adjustment_type(), from.min_adjustment_magnitude()),
            .metric_aggregation_type = aggregation_of(from.metric_aggregation_type()),
            .steps = steps_of(from.step_adjustments()),
            .cooldown = seconds{from.cooldown()}};
  }

  const proto::EcsService& service_;
  std::string name_;
  balancing::FleetScalingConfig& config_;
};

}  // namespace

std::optional<balancing::FleetScalingConfig> service_scaling(const proto::EcsService& service,
                                                             const std::string& entity,
                                                             const std::string& name,
                                                             std::uint64_t seed) {
  if (service.policies_size() + service.alarms_size() == 0) return std::nullopt;
  balancing::FleetScalingConfig config;
  Reader(service, entity, name, seed, config).read();
  return config;
}

pricing::Tariff short_metric_tariff(const proto::EcsService& service) {
  const auto price = pricing::Decimal::parse(service.assumed().high_resolution_metric_price());
  SKY_CHECK(price.has_value());  // resolved
  return {"cloudwatch.high_resolution_metric",
          "*",
          "metric-month",
          {{.usd = *price, .source = "the scenario", .as_of = "undated"}}};
}

template <typename Message>
balancing::MemberMix provider_mix(const Message& service, std::vector<bool>& is_spot) {
  if (service.capacity_provider_strategy().empty()) {
    is_spot = {false};
    return {};
  }
  is_spot.clear();
  std::vector<balancing::MemberMix::Share> shares;
  for (const proto::CapacityProviderStrategyItem& item : service.capacity_provider_strategy()) {
    shares.push_back({.base = item.base(), .weight = item.weight()});
    is_spot.push_back(item.capacity_provider() == "FARGATE_SPOT");
  }
  return balancing::MemberMix(std::move(shares));
}

template balancing::MemberMix provider_mix(const proto::EcsService&, std::vector<bool>&);
template balancing::MemberMix provider_mix(const proto::EcsTask&, std::vector<bool>&);

template <typename Message>
std::vector<pricing::Tariff> spot_task_tariffs(const Message& service) {
  std::vector<pricing::Tariff> tariffs;
  if (!service.assumed().has_fargate_spot()) return tariffs;
  const bool is_arm = service.task_definition().runtime_platform().cpu_architecture() ==
                      proto::RuntimePlatform::ARM64;
  const auto add = [&](const char* what, const char* unit, const std::string& usd) {
    const auto price = pricing::Decimal::parse(usd);
    SKY_CHECK(price.has_value());  // resolved
    tariffs.emplace_back(
        fmt::format("fargate.spot_linux_{}_{}", is_arm ? "arm" : "x86", what), "*", unit,
        std::vector<pricing::Tier>{{.usd = *price, .source = "the scenario", .as_of = "undated"}});
  };
  add("vcpu", "vCPU-hour", service.assumed().fargate_spot().vcpu_hour());
  add("memory", "GB-hour", service.assumed().fargate_spot().gb_hour());
  return tariffs;
}

template std::vector<pricing::Tariff> spot_task_tariffs(const proto::EcsService&);
template std::vector<pricing::Tariff> spot_task_tariffs(const proto::EcsTask&);

}  // namespace skyreplay::replay
