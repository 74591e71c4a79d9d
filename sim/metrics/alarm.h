#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "metrics/metric_series.h"

namespace skyreplay::metrics {

/// E85.
enum class AlarmState : std::uint8_t { kOk, kAlarm, kInsufficientData };
/// E86: what a period without a datapoint counts as.
enum class MissingData : std::uint8_t { kMissing, kIgnore, kBreaching, kNotBreaching };
enum class Comparison : std::uint8_t { kGreater, kGreaterOrEqual, kLess, kLessOrEqual };

/// "OK", "ALARM", "INSUFFICIENT_DATA".
const char* to_string(AlarmState state);
/// ">", ">=", "<", "<=".
const char* to_string(Comparison comparison);

struct AlarmConfig {
  std::string name;
  std::string metric_name;  ///< for causes
  Statistic statistic = Statistic::kAverage;
  Comparison comparison = Comparison::kGreater;
  double threshold = 0;
  Duration period = std::chrono::minutes{1};  ///< 10, 20, 30 s or a multiple of 60 s (E84)
  std::uint32_t evaluation_periods = 3;       ///< N
  std::uint32_t datapoints_to_alarm = 3;      ///< M; REQUIRES 1 <= M <= N
  MissingData missing = MissingData::kMissing;
  /// From the end of a period until the alarm can see its datapoint (E96).
  Duration publication_delay{};
  /// When it is evaluated: so long after each multiple of interval() (E94).
  Duration offset{};
};

/// How many periods an alarm looks back for datapoints (E87, E91): AWS documents 5 for N = 3, and
/// that there are more than N. ASSUMED: N + 2.
constexpr std::uint32_t evaluation_range(std::uint32_t evaluation_periods) {
  return evaluation_periods + 2;
}

/// The state after an evaluation (E82, E87, E88, E89, E90). `newest_first` says of each period of
/// the range whether its datapoint breaches, nothing where it has none; `before` is the state so
/// far.
AlarmState judge(std::span<const std::optional<bool>> newest_first, std::uint32_t n,
                 std::uint32_t m, MissingData missing, AlarmState before);

/// A CloudWatch alarm on one metric.
///
/// **Method** It is evaluated at a second of its own of every minute, every 10 s where its period
/// is below a minute, every hour where it looks over more than a day (E83, E94). Its newest period
/// is the last that ended `publication_delay` ago, so periods slide with the evaluations: with a
/// period of 300 s each evaluation looks at five other minutes.
/// **Cost** O(range x period / resolution) an evaluation, no allocation.
class Alarm {
 public:
  Alarm(const AlarmConfig& config, AlarmState state);

  const AlarmConfig& config() const { return config_; }
  AlarmState state() const { return state_; }

  /// From one evaluation to the next.
  Duration interval() const;
  /// The first evaluation at which a whole period that began at or after `start` is known.
  TimePoint first_evaluation(TimePoint start) const;
  /// Evaluates at `now`. The state may be another afterwards. REQUIRES a series that keeps kept().
  void evaluate(const MetricSeries& series, TimePoint now);
  /// How much of its metric an alarm looks at, what is not yet known included.
  Duration kept() const;

  /// Of the last evaluation, the values it saw, the newest first, at most N.
  std::span<const double> values() const { return values_; }
  /// How many of those breach.
  std::uint32_t breaching() const { return breaching_; }
  /// "CPUUtilization 71.3 > 50 for 3 of 3 datapoints", of the last evaluation; where the state is
  /// not ALARM, "CPUUtilization 45; > 50 for 1 of 3 datapoints".
  std::string reason() const;

 private:
  bool breaches(double value) const;

  AlarmConfig config_;
  AlarmState state_;
  std::vector<std::optional<bool>> range_;
  std::vector<double> values_;
  std::uint32_t breaching_ = 0;
};

}  // namespace skyreplay::metrics
