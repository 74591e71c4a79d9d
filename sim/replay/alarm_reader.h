#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "scaling/scaler.h"
#include "skyreplay/scenario.pb.h"

namespace skyreplay::replay {

metrics::Statistic statistic_of(proto::CloudWatchAlarm::Statistic statistic);

/// The steps of a policy.
std::vector<scaling::StepAdjustment> steps_of(
    const google::protobuf::RepeatedPtrField<proto::StepAdjustment>& steps);
scaling::Adjustment adjustment_of(proto::ScalingPolicy::AdjustmentType type,
                                  std::uint32_t min_magnitude);
metrics::Statistic aggregation_of(proto::ScalingPolicy::MetricAggregationType type);

/// What an alarm looks at.
struct AlarmSource {
  std::uint32_t series = 0;
  std::string name;  ///< for causes
  Duration publication_delay{};
};

/// The two alarms of a target tracking policy, as all platforms spell them.
struct TrackingAlarms {
  std::string name;  ///< with {} for High and Low
  metrics::AlarmConfig tracked{};
  scaling::TargetMetric metric{};
  std::optional<AlarmSource> source{};  ///< metric math in the place of the metric
  double target_value = 0;
  bool has_low = true;
};

/// Reads the alarms of a scalable target into the configuration of what scales it, with a series
/// for each metric that one looks at. How often a metric is reported, and when it is published, is
/// the platform's.
class AlarmReader {
 public:
  virtual ~AlarmReader() = default;

 protected:
  /// `entity` is the target's name path, of which each alarm's second is drawn (E94).
  AlarmReader(scaling::WatchingConfig& config, scaling::MetricNames names, std::string entity,
              std::uint64_t seed)
      : config_(config), names_(names), entity_(std::move(entity)), seed_(seed) {}

  /// How often a metric is reported, for alarms of a period.
  virtual Duration period_of(scaling::TargetMetric metric, Duration of_alarm) const = 0;
  /// E96: of one that is reported so often.
  virtual Duration publication_delay(scaling::TargetMetric metric, Duration period) const = 0;

  const scaling::MetricName& name_of(scaling::TargetMetric metric) const {
    return scaling::name_of(names_, metric);
  }
  scaling::TargetMetric find(const std::string& metric_namespace, const std::string& name) const {
    return scaling::find_metric(names_, metric_namespace, name)->metric;
  }
  /// The series of a metric, one for all that look at it so closely.
  std::uint32_t series_of(scaling::TargetMetric metric,
                          Duration of_alarm = std::chrono::minutes{1});
  AlarmSource source_of(scaling::TargetMetric metric, Duration of_alarm = std::chrono::minutes{1});
  /// A series of metric math: what two metrics make of each period. REQUIRES an expression that is
  /// one, and both its ids among the queries.
  AlarmSource source_of(
      const google::protobuf::RepeatedPtrField<proto::TargetTrackingMetricDataQuery>& queries);
  /// The index of the alarm. `second` is when it is evaluated, where that is given.
  std::uint32_t add(metrics::AlarmConfig alarm, const AlarmSource& source,
                    std::optional<std::uint32_t> second, std::vector<std::uint32_t> policies);
  /// An alarm that acts on those of the policies, named in their order, that it names.
  void add(const proto::CloudWatchAlarm& alarm, const std::vector<std::string>& policies);

  /// Target tracking of the policy of that index; `Assumed` says the shape of its alarms.
  template <typename Assumed>
  scaling::TargetTracking track(const TrackingAlarms& alarms, const Assumed& assumed,
                                std::uint32_t policy);

  /// A predictive policy by a load metric and that of what is kept at the target, both as totals.
  template <typename Config>
  scaling::PredictiveScaling foresee(const Config& from, scaling::TargetMetric load,
                                     scaling::TargetMetric scaling, double target_value);

 private:
  Duration offset(const metrics::AlarmConfig& alarm, std::optional<std::uint32_t> given) const;
  static std::string replaced(const std::string& name, const char* which);

  scaling::WatchingConfig& config_;
  scaling::MetricNames names_;
  std::string entity_;
  std::uint64_t seed_;
};

template <typename Assumed>
scaling::TargetTracking AlarmReader::track(const TrackingAlarms& alarms, const Assumed& assumed,
                                           std::uint32_t policy) {
  scaling::TargetTracking to{.target_value = alarms.target_value};
  metrics::AlarmConfig alarm = alarms.tracked;
  const AlarmSource source =
      alarms.source ? *alarms.source : source_of(alarms.metric, alarm.period);
  std::optional<std::uint32_t> second;
  if (assumed.has_high_evaluation_second()) second = assumed.high_evaluation_second();
  alarm.name = replaced(alarms.name, "High");
  alarm.comparison = metrics::Comparison::kGreater;  // E57, C97
  alarm.threshold = alarms.target_value;
  alarm.evaluation_periods = assumed.high_evaluation_periods();
  alarm.datapoints_to_alarm = assumed.high_datapoints_to_alarm();
  to.high_alarm = add(alarm, source, second, {policy});
  if (!alarms.has_low) return to;  // E63
  second.reset();
  if (assumed.has_low_evaluation_second()) second = assumed.low_evaluation_second();
  alarm.name = replaced(alarms.name, "Low");
  alarm.comparison = metrics::Comparison::kLess;  // E58, C97
  alarm.threshold = assumed.low_threshold_ratio() * alarms.target_value;
  alarm.evaluation_periods = assumed.low_evaluation_periods();
  alarm.datapoints_to_alarm = assumed.low_datapoints_to_alarm();
  to.low_alarm = add(alarm, source, second, {policy});
  return to;
}

template <typename Config>
scaling::PredictiveScaling AlarmReader::foresee(const Config& from, scaling::TargetMetric load,
                                                scaling::TargetMetric scaling,
                                                double target_value) {
  scaling::PredictiveScaling to;
  to.series = series_of(load);
  to.metric_name = name_of(load).name;
  const std::uint32_t scaling_series = series_of(scaling);
  if (scaling != load) to.scaling_series = scaling_series;
  to.scaling_name = name_of(scaling).name;
  const Duration period = config_.watched[scaling_series].period;
  to.load_per_unit = target_value * static_cast<double>(std::chrono::hours{1} / period);  // E81
  to.publication_delay =
      std::max(publication_delay(load, period), publication_delay(scaling, period));
  to.scales = from.mode() == proto::PredictiveScalingConfiguration::FORECAST_AND_SCALE;
  to.scheduling_buffer_time = std::chrono::seconds{from.scheduling_buffer_time()};
  if (from.has_max_capacity_buffer()) to.max_capacity_buffer = from.max_capacity_buffer();
  const auto& history = from.assumed().load_history();
  to.load_history.assign(history.begin(), history.end());
  const auto& scaled = from.assumed().scaling_history();
  to.scaling_history.assign(scaled.begin(), scaled.end());
  return to;
}

}  // namespace skyreplay::replay
