#include "replay/alarm_reader.h"

#include <algorithm>

#include "core/random.h"

namespace skyreplay::replay {

using scaling::TargetMetric;
using std::chrono::minutes;
using std::chrono::seconds;

metrics::Statistic statistic_of(proto::CloudWatchAlarm::Statistic statistic) {
  return static_cast<metrics::Statistic>(statistic - proto::CloudWatchAlarm::AVERAGE);
}

std::vector<scaling::StepAdjustment> steps_of(
    const google::protobuf::RepeatedPtrField<proto::StepAdjustment>& steps) {
  std::vector<scaling::StepAdjustment> read;
  for (const proto::StepAdjustment& from : steps) {
    scaling::StepAdjustment& step = read.emplace_back();
    if (from.has_metric_interval_lower_bound()) step.lower = from.metric_interval_lower_bound();
    if (from.has_metric_interval_upper_bound()) step.upper = from.metric_interval_upper_bound();
    step.scaling_adjustment = static_cast<std::int32_t>(from.scaling_adjustment());
  }
  return read;
}

scaling::Adjustment adjustment_of(proto::ScalingPolicy::AdjustmentType type,
                                  std::uint32_t min_magnitude) {
  return {
      .type = static_cast<scaling::AdjustmentType>(type - proto::ScalingPolicy::CHANGE_IN_CAPACITY),
      .min_adjustment_magnitude = min_magnitude};
}

metrics::Statistic aggregation_of(proto::ScalingPolicy::MetricAggregationType type) {
  if (type == proto::ScalingPolicy::MINIMUM) return metrics::Statistic::kMinimum;
  if (type == proto::ScalingPolicy::MAXIMUM) return metrics::Statistic::kMaximum;
  return metrics::Statistic::kAverage;
}

std::uint32_t AlarmReader::series_of(TargetMetric metric) {
  auto& watched = config_.watched;
  const auto same = [metric](const auto& other) { return other.metric == metric; };
  const auto found = std::find_if(watched.begin(), watched.end(), same);
  if (found != watched.end()) return static_cast<std::uint32_t>(found - watched.begin());
  const Duration period = period_of(metric);
  watched.push_back({metric, period});
  config_.scaler.resolutions.push_back(std::min<Duration>(period, minutes{1}));
  return static_cast<std::uint32_t>(watched.size() - 1);
}

/// E94: the alarm's own second, of ten where its period is short.
Duration AlarmReader::offset(const metrics::AlarmConfig& alarm,
                             std::optional<std::uint32_t> given) const {
  const std::uint64_t most = alarm.period < minutes{1} ? 10 : 60;
  if (given) return seconds{*given % most};
  RandomEngine draw = RandomStream(seed_, entity_ + ".alarms." + alarm.name, "second").at(0);
  return seconds{draw() % most};
}

std::uint32_t AlarmReader::add(metrics::AlarmConfig alarm, TargetMetric metric,
                               std::optional<std::uint32_t> second,
                               std::vector<std::uint32_t> policies) {
  alarm.metric_name = name_of(metric).name;
  alarm.publication_delay = publication_delay(metric);
  alarm.offset = offset(alarm, second);
  config_.scaler.alarms.push_back({alarm, series_of(metric), std::move(policies)});
  return static_cast<std::uint32_t>(config_.scaler.alarms.size() - 1);
}

void AlarmReader::add(const proto::CloudWatchAlarm& from,
                      const std::vector<std::string>& policies) {
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
  std::vector<std::uint32_t> acting;
  for (std::uint32_t i = 0; i < policies.size(); ++i) {
    const auto& actions = from.alarm_actions();
    if (std::find(actions.begin(), actions.end(), policies[i]) != actions.end()) {
      acting.push_back(i);
    }
  }
  std::optional<std::uint32_t> second;
  if (from.assumed().has_evaluation_second()) second = from.assumed().evaluation_second();
  add(alarm, find(from.namespace_(), from.metric_name()), second, std::move(acting));
}

std::string AlarmReader::replaced(const std::string& name, const char* which) {
  std::string text = name;
  return text.replace(text.find("{}"), 2, which);
}

}  // namespace skyreplay::replay
