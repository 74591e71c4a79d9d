#include "replay/alarm_reader.h"

#include <algorithm>

#include "core/check.h"
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

std::uint32_t AlarmReader::series_of(TargetMetric metric, Duration of_alarm) {
  auto& watched = config_.watched;
  const Duration period = period_of(metric, of_alarm);
  const auto same = [&](const auto& other) {
    return other.metric == metric && other.period == period;
  };
  const auto found = std::find_if(watched.begin(), watched.end(), same);
  if (found != watched.end()) return static_cast<std::uint32_t>(found - watched.begin());
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

AlarmSource AlarmReader::source_of(TargetMetric metric, Duration of_alarm) {
  return {series_of(metric, of_alarm), std::string(name_of(metric).name),
          publication_delay(metric, period_of(metric, of_alarm))};
}

/// It is known once both metrics are.
AlarmSource AlarmReader::source_of(
    const google::protobuf::RepeatedPtrField<proto::TargetTrackingMetricDataQuery>& queries) {
  const auto result = std::find_if(queries.begin(), queries.end(),
                                   [](const auto& q) { return q.has_expression(); });
  const auto expression = scaling::parse_expression(result->expression());
  SKY_CHECK(expression.has_value());  // resolved
  AlarmSource source{0, result->expression(), {}};
  const auto operand = [&](std::string_view id) {
    const auto query =
        std::find_if(queries.begin(), queries.end(), [&](const auto& q) { return q.id() == id; });
    const proto::TargetTrackingMetricStat& from = query->metric_stat();
    const AlarmSource own =
        source_of(find(from.metric().namespace_(), from.metric().metric_name()));
    source.publication_delay = std::max(source.publication_delay, own.publication_delay);
    return scaling::MetricStat{own.series, statistic_of(from.stat())};
  };
  const scaling::MetricStat left = operand(expression->left);
  const scaling::MetricStat right = operand(expression->right);
  source.series = static_cast<std::uint32_t>(config_.watched.size());
  config_.watched.push_back({TargetMetric::kExpression, minutes{1}});
  config_.scaler.resolutions.push_back(minutes{1});
  config_.scaler.math.push_back({source.series, {left, expression->operation, right}});
  return source;
}

std::uint32_t AlarmReader::add(metrics::AlarmConfig alarm, const AlarmSource& source,
                               std::optional<std::uint32_t> second,
                               std::vector<std::uint32_t> policies) {
  alarm.metric_name = source.name;
  alarm.publication_delay = source.publication_delay;
  alarm.offset = offset(alarm, second);
  config_.scaler.alarms.push_back({alarm, source.series, std::move(policies)});
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
  add(alarm, source_of(find(from.namespace_(), from.metric_name()), alarm.period), second,
      std::move(acting));
}

std::string AlarmReader::replaced(const std::string& name, const char* which) {
  std::string text = name;
  return text.replace(text.find("{}"), 2, which);
}

}  // namespace skyreplay::replay
