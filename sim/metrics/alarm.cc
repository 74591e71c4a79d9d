#include "metrics/alarm.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/check.h"

namespace skyreplay::metrics {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

TimePoint floor_to(TimePoint time, Duration unit) { return time - time.time_since_epoch() % unit; }

TimePoint ceil_to(TimePoint time, Duration unit) {
  return floor_to(time + unit - Duration{1}, unit);
}

/// Neither N real datapoints nor none, and missing ones count as themselves (E89, E90).
AlarmState judge_few(std::uint32_t breaching, bool has_good, std::uint32_t oldest_age,
                     std::uint32_t m, MissingData missing, AlarmState before) {
  if (breaching >= m) return AlarmState::kAlarm;
  if (has_good) return AlarmState::kOk;
  if (oldest_age >= m && missing == MissingData::kMissing) return AlarmState::kAlarm;
  return before;
}

}  // namespace

const char* to_string(AlarmState state) {
  if (state == AlarmState::kOk) return "OK";
  return state == AlarmState::kAlarm ? "ALARM" : "INSUFFICIENT_DATA";
}

const char* to_string(Comparison comparison) {
  constexpr const char* kSigns[] = {">", ">=", "<", "<="};
  return kSigns[static_cast<std::size_t>(comparison)];
}

AlarmState judge(std::span<const std::optional<bool>> newest_first, std::uint32_t n,
                 std::uint32_t m, MissingData missing, AlarmState before) {
  std::uint32_t real = 0;
  std::uint32_t breaching = 0;
  std::uint32_t oldest_age = 0;  // of the oldest breaching one, the newest period being 1
  for (std::uint32_t i = 0; i < newest_first.size() && real < n; ++i) {
    if (!newest_first[i]) continue;
    ++real;
    if (!*newest_first[i]) continue;
    ++breaching;
    oldest_age = i + 1;
  }
  const auto alarm_if = [](bool is) { return is ? AlarmState::kAlarm : AlarmState::kOk; };
  if (real == n) return alarm_if(breaching >= m);  // E87: the setting counts for nothing
  if (missing == MissingData::kBreaching) return alarm_if(breaching + (n - real) >= m);
  if (missing == MissingData::kNotBreaching) return alarm_if(breaching >= m);
  if (real == 0) {  // E88
    return missing == MissingData::kIgnore ? before : AlarmState::kInsufficientData;
  }
  return judge_few(breaching, breaching < real, oldest_age, m, missing, before);
}

Alarm::Alarm(const AlarmConfig& config, AlarmState state) : config_(config), state_(state) {
  SKY_CHECK(config.datapoints_to_alarm >= 1);
  SKY_CHECK(config.datapoints_to_alarm <= config.evaluation_periods);
  range_.resize(evaluation_range(config.evaluation_periods));
  values_.reserve(config.evaluation_periods);
}

Duration Alarm::interval() const {
  if (config_.period < minutes{1}) return seconds{10};
  if (config_.period * config_.evaluation_periods > hours{24}) return hours{1};
  return minutes{1};
}

TimePoint Alarm::first_evaluation(TimePoint start) const {
  const TimePoint known = ceil_to(start, config_.period) + config_.period;
  return ceil_to(known + config_.publication_delay - config_.offset, interval()) + config_.offset;
}

Duration Alarm::kept() const {
  return config_.period * (range_.size() + 1) + config_.publication_delay + 2 * interval();
}

bool Alarm::breaches(double value) const {
  switch (config_.comparison) {
    case Comparison::kGreater:
      return value > config_.threshold;
    case Comparison::kGreaterOrEqual:
      return value >= config_.threshold;
    case Comparison::kLess:
      return value < config_.threshold;
    case Comparison::kLessOrEqual:
      break;
  }
  return value <= config_.threshold;
}

void Alarm::evaluate(const MetricSeries& series, TimePoint now) {
  const TimePoint as_of = floor_to(now - config_.publication_delay, interval());
  values_.clear();
  breaching_ = 0;
  TimePoint end = floor_to(as_of, series.resolution());  // of 20 s, which 10 s are no part of
  for (std::optional<bool>& period : range_) {
    const auto datapoint = series.over(end - config_.period, config_.period, as_of);
    end -= config_.period;
    period.reset();
    if (!datapoint) continue;
    const double value = datapoint->value(config_.statistic);
    period = breaches(value);
    if (values_.size() == config_.evaluation_periods) continue;
    values_.push_back(value);
    breaching_ += *period ? 1 : 0;
  }
  state_ = judge(range_, config_.evaluation_periods, config_.datapoints_to_alarm, config_.missing,
                 state_);
}

std::string Alarm::reason() const {
  if (values_.empty()) return config_.metric_name + " has no datapoint";
  const char* semicolon = state_ == AlarmState::kAlarm ? "" : ";";  // else it is not so
  return fmt::format("{} {:.6g}{} {} {:.6g} for {} of {} datapoints", config_.metric_name,
                     values_.front(), semicolon, to_string(config_.comparison), config_.threshold,
                     breaching_, values_.size());
}

}  // namespace skyreplay::metrics
