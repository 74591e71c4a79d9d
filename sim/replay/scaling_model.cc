#include "replay/scaling_model.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/error.h"
#include "core/random.h"
#include "scenario/field_path.h"
#include "scenario/law.h"

namespace skyreplay::replay {
namespace {

using ec2::GroupMetric;
using std::chrono::minutes;
using std::chrono::seconds;

metrics::Statistic statistic_of(proto::CloudWatchAlarm::Statistic statistic) {
  return static_cast<metrics::Statistic>(statistic - proto::CloudWatchAlarm::AVERAGE);
}

GroupMetric predefined(proto::PredefinedMetricSpecification::Type type) {
  switch (type) {
    case proto::PredefinedMetricSpecification::NETWORK_IN:
      return GroupMetric::kNetworkIn;
    case proto::PredefinedMetricSpecification::NETWORK_OUT:
      return GroupMetric::kNetworkOut;
    case proto::PredefinedMetricSpecification::REQUEST_COUNT:
      return GroupMetric::kRequestCountPerTarget;
    default:
      return GroupMetric::kCpuUtilization;
  }
}

/// Reads one group's message into one configuration.
class Reader {
 public:
  Reader(const proto::AutoScalingGroup& group, std::string entity, std::string service,
         std::uint64_t seed)
      : group_(group), entity_(std::move(entity)), service_(std::move(service)), seed_(seed) {}

  ec2::GroupScalingConfig read() {
    for (const proto::ScalingPolicy& policy : group_.policies()) add(policy);
    for (const proto::CloudWatchAlarm& alarm : group_.alarms()) add(alarm);
    config_.warmup = metrics_warmup();
    return std::move(config_);
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

  /// The series of a metric, one for all that look at it.
  std::uint32_t series_of(GroupMetric metric) {
    auto& watched = config_.watched;
    const auto same = [metric](const auto& other) { return other.metric == metric; };
    const auto found = std::find_if(watched.begin(), watched.end(), same);
    if (found != watched.end()) return static_cast<std::uint32_t>(found - watched.begin());
    const bool is_detailed = group_.monitoring() == proto::AutoScalingGroup::DETAILED;  // E97
    Duration period = ec2::name_of(metric).period;
    if (period == Duration{}) period = is_detailed ? minutes{1} : minutes{5};
    watched.push_back({metric, period});
    config_.scaler.resolutions.push_back(std::min<Duration>(period, minutes{1}));
    return static_cast<std::uint32_t>(watched.size() - 1);
  }

  Duration publication_delay(GroupMetric metric) const {  // E96
    const proto::PublicationDelay& delay = group_.assumed().publication_delay();
    if (metric <= GroupMetric::kNetworkOut) return scenario::to_duration(delay.ec2());
    if (metric == GroupMetric::kCpuUsageActive) return scenario::to_duration(delay.cw_agent());
    if (metric <= GroupMetric::kTarget5xx) return scenario::to_duration(delay.application_elb());
    return scenario::to_duration(delay.auto_scaling());
  }

  /// E94: the alarm's own second, of ten where its period is short.
  Duration offset(const metrics::AlarmConfig& alarm, const std::uint32_t* given) const {
    const std::uint64_t most = alarm.period < minutes{1} ? 10 : 60;
    if (given != nullptr) return seconds{*given % most};
    RandomEngine draw = RandomStream(seed_, entity_ + ".alarms." + alarm.name, "second").at(0);
    return seconds{draw() % most};
  }

  std::uint32_t add(metrics::AlarmConfig alarm, GroupMetric metric, const std::uint32_t* second,
                    std::vector<std::uint32_t> policies) {
    alarm.metric_name = ec2::name_of(metric).name;
    alarm.publication_delay = publication_delay(metric);
    alarm.offset = offset(alarm, second);
    config_.scaler.alarms.push_back({alarm, series_of(metric), std::move(policies)});
    return static_cast<std::uint32_t>(config_.scaler.alarms.size() - 1);
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
    const proto::TargetTrackingAssumed& assumed = from.assumed();
    const auto own = static_cast<std::uint32_t>(config_.scaler.policies.size());
    const std::uint32_t high_second = assumed.high_evaluation_second();
    const std::uint32_t low_second = assumed.low_evaluation_second();
    GroupMetric metric = GroupMetric::kCpuUtilization;
    metrics::AlarmConfig alarm = tracked(from, metric);
    scaling::TargetTracking to{.target_value = from.target_value()};
    alarm.name = alarm_name("High", policy);
    alarm.comparison = metrics::Comparison::kGreater;  // E57
    alarm.threshold = from.target_value();
    alarm.evaluation_periods = assumed.high_evaluation_periods();
    alarm.datapoints_to_alarm = assumed.high_datapoints_to_alarm();
    to.high_alarm =
        add(alarm, metric, assumed.has_high_evaluation_second() ? &high_second : nullptr, {own});
    if (from.disable_scale_in()) return to;  // E63
    alarm.name = alarm_name("Low", policy);
    alarm.comparison = metrics::Comparison::kLess;  // E58
    alarm.threshold = assumed.low_threshold_ratio() * from.target_value();
    alarm.evaluation_periods = assumed.low_evaluation_periods();
    alarm.datapoints_to_alarm = assumed.low_datapoints_to_alarm();
    to.low_alarm =
        add(alarm, metric, assumed.has_low_evaluation_second() ? &low_second : nullptr, {own});
    return to;
  }

  scaling::PredictiveScaling predictive(const proto::PredictiveScalingConfiguration& from) {
    const proto::PredictiveScalingMetricSpecification& metrics = from.metric_specifications(0);
    // The kinds of all three lists are numbered alike, and both metrics are of one.
    const int kind =
        metrics.has_predefined_metric_pair_specification()
            ? int{metrics.predefined_metric_pair_specification().predefined_metric_type()}
            : int{metrics.predefined_load_metric_specification().predefined_metric_type()};
    GroupMetric load = predefined(static_cast<proto::PredefinedMetricSpecification::Type>(kind));
    if (load == GroupMetric::kRequestCountPerTarget) load = GroupMetric::kRequestCount;
    scaling::PredictiveScaling to;
    to.series = series_of(load);
    to.metric_name = ec2::name_of(load).name;
    const Duration period = config_.watched[to.series].period;
    to.load_per_unit =  // E81
        metrics.target_value() * static_cast<double>(std::chrono::hours{1} / period);
    to.publication_delay = publication_delay(load);
    to.scales = from.mode() == proto::PredictiveScalingConfiguration::FORECAST_AND_SCALE;
    to.scheduling_buffer_time = seconds{from.scheduling_buffer_time()};
    if (from.has_max_capacity_buffer()) to.max_capacity_buffer = from.max_capacity_buffer();
    const auto& history = from.assumed().load_history();
    to.load_history.assign(history.begin(), history.end());
    return to;
  }

  /// What both alarms of a policy have: metric, statistic and period (E56, E64).
  static metrics::AlarmConfig tracked(const proto::TargetTrackingConfiguration& from,
                                      GroupMetric& metric) {
    metrics::AlarmConfig alarm;
    if (from.has_customized_metric_specification()) {
      const auto& customized = from.customized_metric_specification();
      metric = ec2::find_group_metric(customized.namespace_(), customized.metric_name())->metric;
      alarm.statistic = statistic_of(customized.statistic());
      alarm.period = seconds{customized.period()};
      return alarm;
    }
    metric = predefined(from.predefined_metric_specification().predefined_metric_type());
    const bool is_count = metric == GroupMetric::kRequestCountPerTarget;
    alarm.statistic = is_count ? metrics::Statistic::kSum : metrics::Statistic::kAverage;
    return alarm;
  }

  std::string alarm_name(const char* which, const proto::ScalingPolicy& policy) const {
    return fmt::format("TargetTracking-{}-Alarm{}-{}", service_, which, policy.policy_name());
  }

  static scaling::Adjustment adjustment(const proto::ScalingPolicy& policy) {
    return {.type = static_cast<scaling::AdjustmentType>(policy.adjustment_type() -
                                                         proto::ScalingPolicy::CHANGE_IN_CAPACITY),
            .min_adjustment_magnitude = policy.min_adjustment_magnitude()};
  }

  static scaling::StepScaling step(const proto::ScalingPolicy& policy) {
    scaling::StepScaling to{.adjustment = adjustment(policy)};
    if (policy.metric_aggregation_type() == proto::ScalingPolicy::MINIMUM) {
      to.metric_aggregation_type = metrics::Statistic::kMinimum;
    } else if (policy.metric_aggregation_type() == proto::ScalingPolicy::MAXIMUM) {
      to.metric_aggregation_type = metrics::Statistic::kMaximum;
    }
    for (const proto::StepAdjustment& from : policy.step_adjustments()) {
      scaling::StepAdjustment& step = to.steps.emplace_back();
      if (from.has_metric_interval_lower_bound()) step.lower = from.metric_interval_lower_bound();
      if (from.has_metric_interval_upper_bound()) step.upper = from.metric_interval_upper_bound();
      step.scaling_adjustment = static_cast<std::int32_t>(from.scaling_adjustment());
    }
    return to;
  }

  void add(const proto::CloudWatchAlarm& from) {
    metrics::AlarmConfig alarm;
    alarm.name = from.alarm_name();
    alarm.statistic = statistic_of(from.statistic());
    alarm.comparison = static_cast<metrics::Comparison>(from.comparison_operator() -
                                                        proto::CloudWatchAlarm::GREATER);
    alarm.threshold = from.threshold();
    alarm.period = seconds{from.period()};
    alarm.evaluation_periods = from.evaluation_periods();
    alarm.datapoints_to_alarm = from.datapoints_to_alarm();
    alarm.missing = static_cast<metrics::MissingData>(from.treat_missing_data() -
                                                      proto::CloudWatchAlarm::MISSING);
    std::vector<std::uint32_t> policies;
    for (int i = 0; i < group_.policies_size(); ++i) {
      const auto& actions = from.alarm_actions();
      const bool acts = std::find(actions.begin(), actions.end(),
                                  group_.policies(i).policy_name()) != actions.end();
      if (acts) policies.push_back(static_cast<std::uint32_t>(i));
    }
    const std::uint32_t second = from.assumed().evaluation_second();
    add(alarm, ec2::find_group_metric(from.namespace_(), from.metric_name())->metric,
        from.assumed().has_evaluation_second() ? &second : nullptr, std::move(policies));
  }

  const proto::AutoScalingGroup& group_;
  std::string entity_;
  std::string service_;
  std::uint64_t seed_;
  ec2::GroupScalingConfig config_;
};

}  // namespace

std::optional<ec2::GroupScalingConfig> scaling_config(const proto::AutoScalingGroup& group,
                                                      const std::string& entity,
                                                      const std::string& service,
                                                      std::uint64_t seed, bool has_bytes) {
  if (group.policies_size() + group.alarms_size() == 0) return std::nullopt;
  ec2::GroupScalingConfig config = Reader(group, entity, service, seed).read();
  for (const ec2::GroupMetrics::Watched& watched : config.watched) {
    const bool counts_bytes =
        watched.metric == GroupMetric::kNetworkIn || watched.metric == GroupMetric::kNetworkOut;
    if (!counts_bytes || has_bytes) continue;
    throw InputError(
        fmt::format("{}.ec2: the trace says nothing of bytes, so there is no {} to watch",
                    scenario::join_path("services", service), ec2::name_of(watched.metric).name));
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
