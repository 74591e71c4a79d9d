#include "replay/scaling_model.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/error.h"
#include "ec2/group_metric_names.h"
#include "replay/alarm_reader.h"
#include "scenario/field_path.h"
#include "scenario/law.h"

namespace skyreplay::replay {
namespace {

using balancing::FleetMetric;
using std::chrono::minutes;
using std::chrono::seconds;

FleetMetric predefined(proto::PredefinedMetricSpecification::Type type) {
  switch (type) {
    case proto::PredefinedMetricSpecification::NETWORK_IN:
      return FleetMetric::kNetworkIn;
    case proto::PredefinedMetricSpecification::NETWORK_OUT:
      return FleetMetric::kNetworkOut;
    case proto::PredefinedMetricSpecification::REQUEST_COUNT:
      return FleetMetric::kRequestCountPerTarget;
    default:
      return FleetMetric::kCpuUtilization;
  }
}

/// Reads one group's message into one configuration.
class Reader final : public AlarmReader {
 public:
  Reader(const proto::AutoScalingGroup& group, std::string entity, std::string service,
         std::uint64_t seed, ec2::GroupScalingConfig& config)
      : AlarmReader(config, ec2::group_metrics(), std::move(entity), seed),
        group_(group),
        service_(std::move(service)),
        config_(config) {}

  void read() {
    std::vector<std::string> names;
    for (const proto::ScalingPolicy& policy : group_.policies()) {
      names.push_back(policy.policy_name());
      add(policy);
    }
    for (const proto::CloudWatchAlarm& alarm : group_.alarms()) AlarmReader::add(alarm, names);
    config_.warmup = metrics_warmup();
  }

 private:
  Duration warmup_of(const proto::ScalingPolicy& policy) const {  // E49
    if (policy.has_estimated_instance_warmup()) return seconds{policy.estimated_instance_warmup()};
    if (group_.has_default_instance_warmup()) return seconds{group_.default_instance_warmup()};
    return seconds{group_.cooldown()};
  }

  /// E50: the group's own, else the longest that a policy has.
  Duration metrics_warmup() const {
    if (group_.has_default_instance_warmup()) return seconds{group_.default_instance_warmup()};
    Duration longest{};
    for (const proto::ScalingPolicy& policy : group_.policies()) {
      if (has_warmup(policy)) longest = std::max(longest, warmup_of(policy));
    }
    return longest;
  }

  /// Neither simple nor predictive policies have one of their own.
  static bool has_warmup(const proto::ScalingPolicy& policy) {
    return !policy.has_scaling_adjustment() && !policy.has_predictive_scaling_configuration();
  }

  Duration period_of(FleetMetric metric, Duration) const override {
    const Duration period = name_of(metric).period;
    if (period != Duration{}) return period;
    const bool is_detailed = group_.monitoring() == proto::AutoScalingGroup::DETAILED;  // E97
    return is_detailed ? minutes{1} : minutes{5};
  }

  Duration publication_delay(FleetMetric metric, Duration) const override {  // E96
    const proto::PublicationDelay& delay = group_.assumed().publication_delay();
    if (metric <= FleetMetric::kNetworkOut) return scenario::to_duration(delay.ec2());
    if (metric == FleetMetric::kCpuUsageActive) return scenario::to_duration(delay.cw_agent());
    if (metric <= FleetMetric::kTarget5xx) return scenario::to_duration(delay.application_elb());
    return scenario::to_duration(delay.auto_scaling());
  }

  void add(const proto::ScalingPolicy& policy) {
    scaling::Policy to{.name = policy.policy_name(), .warmup = warmup_of(policy), .kind = {}};
    if (policy.has_target_tracking_configuration()) {
      to.kind = target_tracking(policy);
    } else if (policy.has_scaling_adjustment()) {
      to.kind = scaling::SimpleScaling{
          adjustment(policy), static_cast<std::int32_t>(policy.scaling_adjustment()),
          seconds{policy.has_cooldown() ? policy.cooldown() : group_.cooldown()}};
    } else if (policy.has_predictive_scaling_configuration()) {
      to.kind = predictive(policy.predictive_scaling_configuration());
    } else {
      to.kind = step(policy);
    }
    config_.scaler.policies.push_back(std::move(to));
  }

  scaling::TargetTracking target_tracking(const proto::ScalingPolicy& policy) {
    const proto::TargetTrackingConfiguration& from = policy.target_tracking_configuration();
    TrackingAlarms alarms{
        .name = fmt::format("TargetTracking-{}-Alarm{{}}-{}", service_, policy.policy_name()),
        .target_value = from.target_value(),
        .has_low = !from.disable_scale_in()};
    alarms.tracked = tracked(from, alarms.metric);
    return track(alarms, from.assumed(),
                 static_cast<std::uint32_t>(config_.scaler.policies.size()));
  }

  /// What all instances bear of a kind of metric.
  static FleetMetric total_of(int kind) {
    const FleetMetric metric =
        predefined(static_cast<proto::PredefinedMetricSpecification::Type>(kind));
    return metric == FleetMetric::kRequestCountPerTarget ? FleetMetric::kRequestCount : metric;
  }

  scaling::PredictiveScaling predictive(const proto::PredictiveScalingConfiguration& from) {
    const proto::PredictiveScalingMetricSpecification& metrics = from.metric_specifications(0);
    // The kinds of all three lists are numbered alike.
    const bool is_pair = metrics.has_predefined_metric_pair_specification();
    const int pair = metrics.predefined_metric_pair_specification().predefined_metric_type();
    const FleetMetric load = total_of(
        is_pair ? pair
                : int{metrics.predefined_load_metric_specification().predefined_metric_type()});
    const FleetMetric scaling = total_of(
        is_pair ? pair
                : int{metrics.predefined_scaling_metric_specification().predefined_metric_type()});
    return foresee(from, load, scaling, metrics.target_value());
  }

  /// What both alarms of a policy have: metric, statistic and period (E56, E64).
  metrics::AlarmConfig tracked(const proto::TargetTrackingConfiguration& from,
                               FleetMetric& metric) const {
    metrics::AlarmConfig alarm;
    if (from.has_customized_metric_specification()) {
      const auto& customized = from.customized_metric_specification();
      metric = find(customized.namespace_(), customized.metric_name());
      alarm.statistic = statistic_of(customized.statistic());
      alarm.period = seconds{customized.period()};
      return alarm;
    }
    metric = predefined(from.predefined_metric_specification().predefined_metric_type());
    const bool is_count = metric == FleetMetric::kRequestCountPerTarget;
    alarm.statistic = is_count ? metrics::Statistic::kSum : metrics::Statistic::kAverage;
    return alarm;
  }

  static scaling::Adjustment adjustment(const proto::ScalingPolicy& policy) {
    return adjustment_of(policy.adjustment_type(), policy.min_adjustment_magnitude());
  }

  static scaling::StepScaling step(const proto::ScalingPolicy& policy) {
    return {.adjustment = adjustment(policy),
            .metric_aggregation_type = aggregation_of(policy.metric_aggregation_type()),
            .steps = steps_of(policy.step_adjustments())};
  }

  const proto::AutoScalingGroup& group_;
  std::string service_;
  ec2::GroupScalingConfig& config_;
};

}  // namespace

std::optional<ec2::GroupScalingConfig> scaling_config(const proto::AutoScalingGroup& group,
                                                      const std::string& entity,
                                                      const std::string& service,
                                                      std::uint64_t seed, bool has_bytes) {
  if (group.policies_size() + group.alarms_size() == 0) return std::nullopt;
  ec2::GroupScalingConfig config;
  Reader(group, entity, service, seed, config).read();
  for (const scaling::Watched& watched : config.watched) {
    const bool counts_bytes =
        watched.metric == FleetMetric::kNetworkIn || watched.metric == FleetMetric::kNetworkOut;
    if (!counts_bytes || has_bytes) continue;
    throw InputError(
        fmt::format("{}.ec2: the trace says nothing of bytes, so there is no {} to watch",
                    scenario::join_path("services", service),
                    scaling::name_of(ec2::group_metrics(), watched.metric).name));
  }
  return config;
}

ec2::Suspended suspended_processes(const proto::AutoScalingGroup& group) {
  const auto& names = group.suspended_processes();
  const auto has = [&](const char* name) {
    return std::find(names.begin(), names.end(), name) != names.end();
  };
  return {.launch = has("Launch"),
          .terminate = has("Terminate"),
          .alarm_notification = has("AlarmNotification"),
          .scheduled_actions = has("ScheduledActions"),
          .health_check = has("HealthCheck"),
          .replace_unhealthy = has("ReplaceUnhealthy"),
          .az_rebalance = has("AZRebalance")};
}

}  // namespace skyreplay::replay
