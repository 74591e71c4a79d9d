#include "replay/provisioned_model.h"

#include <fmt/format.h>

#include <chrono>

#include "pricing/catalogue.h"
#include "replay/alarm_reader.h"
#include "replay/scaling_model.h"
#include "scenario/law.h"

namespace skyreplay::replay {
namespace {

using scaling::TargetMetric;
using std::chrono::seconds;

/// Reads one function's message into one configuration.
class Reader final : public AlarmReader {
 public:
  Reader(const proto::ProvisionedConcurrencyConfig& from, const ProvisionedScalingFacts& facts,
         lambda::ProvisionedScalingConfig& config)
      : AlarmReader(config, lambda::provisioned_metrics(), facts.entity, facts.seed),
        from_(from),
        name_(facts.name),
        config_(config) {}

  void read() {
    for (const proto::ProvisionedScalingPolicy& policy : from_.policies()) {
      config_.scaler.policies.push_back(
          {.name = policy.policy_name(), .warmup = {}, .kind = target_tracking(policy)});
    }
  }

 private:
  Duration period_of(TargetMetric metric, Duration) const override {
    return name_of(metric).period;
  }
  Duration publication_delay(TargetMetric, Duration) const override {  // E96
    return scenario::to_duration(from_.assumed().publication_delay());
  }

  /// L39: its metric and its two alarms.
  scaling::TargetTracking target_tracking(const proto::ProvisionedScalingPolicy& policy) {
    const auto& from = policy.target_tracking_scaling_policy_configuration();
    TrackingAlarms alarms{
        .name = fmt::format("TargetTracking-function:{}-Alarm{{}}-{}", name_, policy.policy_name()),
        .metric = TargetMetric::kProvisionedConcurrencyUtilization,
        .target_value = from.target_value(),
        .has_low = !from.disable_scale_in()};
    if (from.has_customized_metric_specification()) {
      alarms.tracked.statistic = statistic_of(from.customized_metric_specification().statistic());
    }
    scaling::TargetTracking to =
        track(alarms, from.assumed(), static_cast<std::uint32_t>(config_.scaler.policies.size()));
    to.cooldowns = {.scale_out = seconds{from.scale_out_cooldown()},
                    .scale_in = seconds{from.scale_in_cooldown()}};
    return to;
  }

  const proto::ProvisionedConcurrencyConfig& from_;
  std::string name_;
  lambda::ProvisionedScalingConfig& config_;
};

}  // namespace

std::optional<lambda::ProvisionedScalingConfig> provisioned_scaling(
    const proto::ProvisionedConcurrencyConfig& from, const ProvisionedScalingFacts& facts,
    pricing::Meters& meters) {
  if (from.policies_size() + from.scheduled_actions_size() == 0) return std::nullopt;
  lambda::ProvisionedScalingConfig config;
  config.bounds = {from.min_capacity(), from.max_capacity()};
  config.scheduled_actions = scheduled_actions(from.scheduled_actions(), facts.trace_start);
  config.steady = facts.steady;
  config.alarms = pricing::SteadyMeter(facts.span);
  Reader(from, facts, config).read();
  if (!config.scaler.alarms.empty()) {
    config.alarms.add(meters.add_item(pricing::Catalogue::builtin().tariff(
                          "cloudwatch.alarm_standard", facts.region)),
                      config.scaler.alarms.size());
  }
  return config;
}

}  // namespace skyreplay::replay
