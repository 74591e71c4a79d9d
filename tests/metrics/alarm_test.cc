#include "metrics/alarm.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

namespace skyreplay::metrics {
namespace {

using namespace std::chrono_literals;
using enum AlarmState;

/// A row of AWS's tables of missing data: 0 is fine, X breaches, - is missing; the newest last.
AlarmState judged(const std::string& row, std::uint32_t m, MissingData missing,
                  AlarmState before = kInsufficientData) {
  std::vector<std::optional<bool>> range;
  for (auto at = row.rbegin(); at != row.rend(); ++at) {
    if (*at == ' ') continue;
    range.push_back(*at == '-' ? std::nullopt : std::optional(*at == 'X'));
  }
  return judge(range, 3, m, missing, before);
}

/// The four settings in the order of AWS's columns: missing, ignore, breaching, notBreaching.
void check_row(const std::string& row, std::uint32_t m, AlarmState missing,
               std::optional<AlarmState> ignore, AlarmState breaching, AlarmState not_breaching) {
  CAPTURE(row);
  CHECK(judged(row, m, MissingData::kMissing) == missing);
  for (const AlarmState before : {kOk, kAlarm, kInsufficientData}) {
    CHECK(judged(row, m, MissingData::kIgnore, before) == ignore.value_or(before));
  }
  CHECK(judged(row, m, MissingData::kBreaching) == breaching);
  CHECK(judged(row, m, MissingData::kNotBreaching) == not_breaching);
}

TEST_CASE("E82, E87: with N datapoints in the range the newest N decide, whatever is missing") {
  check_row("0 - X - X", 3, kOk, kOk, kOk, kOk);
  check_row("0 X X - X", 3, kAlarm, kAlarm, kAlarm, kAlarm);
  check_row("0 - X - X", 2, kAlarm, kAlarm, kAlarm, kAlarm);
  check_row("0 0 X 0 X", 2, kAlarm, kAlarm, kAlarm, kAlarm);
}

TEST_CASE("E90: with fewer than N datapoints as many are filled in as are needed") {
  check_row("- - - - 0", 3, kOk, kOk, kOk, kOk);  // 0 and two that breach: 2 of 3
  check_row("0 - X - -", 2, kOk, kOk, kAlarm, kOk);
  check_row("- - - - 0", 2, kOk, kOk, kAlarm, kOk);
}

TEST_CASE("E88: with no datapoint at all the setting alone decides") {
  check_row("- - - - -", 3, kInsufficientData, std::nullopt, kAlarm, kOk);
}

TEST_CASE("E89: a breaching datapoint that has been followed by silence for M periods alarms") {
  check_row("- - X - -", 3, kAlarm, std::nullopt, kAlarm, kOk);
  check_row("- - - X -", 2, kAlarm, std::nullopt, kAlarm, kOk);
  // One period younger it does not: a lone breach is no alarm.
  CHECK(judged("- - - X -", 3, MissingData::kMissing, kOk) == kOk);
  CHECK(judged("- - - - X", 2, MissingData::kMissing, kOk) == kOk);
}

/// CPUUtilization of 60-s periods from the epoch on.
MetricSeries minutes(std::initializer_list<double> values) {
  MetricSeries series(60s, 2h);
  TimePoint start{};
  for (const double value : values) {
    Datapoint datapoint;
    datapoint.add(value);
    series.put(start, start + 60s, datapoint);
    start += 60s;
  }
  return series;
}

AlarmConfig cpu_above(double threshold, std::uint32_t n = 3) {
  return {.name = "high",
          .metric_name = "CPUUtilization",
          .threshold = threshold,
          .evaluation_periods = n,
          .datapoints_to_alarm = n,
          .publication_delay = 90s,
          .offset = 40s};
}

TEST_CASE("E94, E96: an alarm sees a datapoint at its own second, once it has been published") {
  const MetricSeries series = minutes({10, 80, 80, 80});
  Alarm alarm(cpu_above(50), kOk);
  // The third breach ends at 240 s and is published at 330 s: the evaluation at 5:40 sees it.
  CHECK(alarm.first_evaluation(TimePoint{}) == TimePoint{160s});
  alarm.evaluate(series, TimePoint{280s});
  CHECK(alarm.state() == kOk);
  alarm.evaluate(series, TimePoint{340s});
  CHECK(alarm.state() == kAlarm);
  CHECK(alarm.reason() == "CPUUtilization 80 > 50 for 3 of 3 datapoints");
  CHECK(alarm.breaching() == 3);
}

TEST_CASE("E83: a period of 300 s slides by a minute") {
  // Minutes 1 to 5 have mean 10, minutes 2 to 6 mean 60.
  const MetricSeries series = minutes({10, 10, 10, 10, 10, 260});
  AlarmConfig config = cpu_above(50, 1);
  config.period = 300s;
  config.publication_delay = 0s;
  config.offset = 0s;
  Alarm alarm(config, kOk);
  CHECK(alarm.interval() == 60s);
  alarm.evaluate(series, TimePoint{300s});
  CHECK(alarm.state() == kOk);
  CHECK(alarm.values()[0] == 10);
  alarm.evaluate(series, TimePoint{360s});
  CHECK(alarm.state() == kAlarm);
  CHECK(alarm.values()[0] == 60);
}

TEST_CASE("E83, E84: short periods are evaluated every 10 s, those of more than a day every hour") {
  AlarmConfig config = cpu_above(50);
  config.period = 10s;
  CHECK(Alarm(config, kOk).interval() == 10s);
  config.period = 6h;
  config.evaluation_periods = config.datapoints_to_alarm = 5;
  CHECK(Alarm(config, kOk).interval() == 1h);
}

TEST_CASE("E97, E98: one breaching point of five minutes trips an alarm of three minutes") {
  // The period [0, 300 s) is stamped 0 and known at 390 s with a delay of 90 s; five minutes of the
  // range are its own and four without a stamp.
  MetricSeries series(60s, 2h);
  Datapoint datapoint;
  datapoint.add(80);
  series.put(TimePoint{}, TimePoint{300s}, datapoint);
  AlarmConfig config = cpu_above(50);
  config.offset = 30s;
  Alarm alarm(config, kOk);
  alarm.evaluate(series, TimePoint{330s});  // knows of what ended by 240 s
  CHECK(alarm.state() == kInsufficientData);
  alarm.evaluate(series, TimePoint{390s});
  CHECK(alarm.state() == kAlarm);
  alarm.evaluate(series, TimePoint{450s});  // its stamp has left the range
  CHECK(alarm.state() == kInsufficientData);
}

TEST_CASE("E91: after the last datapoint the same ones are looked at again while in the range") {
  const MetricSeries series = minutes({80, 80, 80});
  Alarm alarm(cpu_above(50), kOk);
  int alarms = 0;
  for (TimePoint at{280s}; at < TimePoint{900s}; at += 60s) {
    alarm.evaluate(series, at);
    alarms += alarm.state() == kAlarm ? 1 : 0;
  }
  // As of 180, 240 and 300 s all three are in the range of five; as of 360 s two, the older of
  // them five periods old, and as of 420 s one, which is five old: E89.
  CHECK(alarms == 5);
  CHECK(alarm.state() == kInsufficientData);
}

TEST_CASE("E92: statistics are over all samples of a period") {
  Datapoint datapoint;
  for (const double sample : {30.0, 50.0, 100.0}) datapoint.add(sample);
  CHECK(datapoint.value(Statistic::kAverage) == 60);
  CHECK(datapoint.value(Statistic::kSum) == 180);
  CHECK(datapoint.value(Statistic::kMinimum) == 30);
  CHECK(datapoint.value(Statistic::kMaximum) == 100);
  CHECK(datapoint.value(Statistic::kSampleCount) == 3);
}

TEST_CASE("E101: a datapoint is stamped with its period's start and forgotten after a while") {
  MetricSeries series(60s, 120s);
  Datapoint datapoint;
  datapoint.add(1);
  for (TimePoint at{}; at < TimePoint{300s}; at += 60s) series.put(at, at + 60s, datapoint);
  CHECK(series.over(TimePoint{240s}, 60s, TimePoint{300s})->sample_count == 1);
  CHECK_FALSE(series.over(TimePoint{240s}, 60s, TimePoint{299s}));  // not over yet
  CHECK_FALSE(series.over(TimePoint{0s}, 60s, TimePoint{300s}));
  CHECK(series.over(TimePoint{180s}, 120s, TimePoint{300s})->sum == 2);
}

}  // namespace
}  // namespace skyreplay::metrics
