#include "scaling/scaler.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace skyreplay::scaling {
namespace {

using metrics::AlarmState;
using metrics::Comparison;
using namespace std::chrono_literals;

/// Something that does as it is told, and remembers it.
struct Told final : Scaled {
  ScalableTarget now{.desired = 4, .minimum = 1, .maximum = 20, .current = 4};
  std::vector<std::string> causes;
  std::vector<std::string> alarms;
  std::vector<std::string> forecasts;
  std::vector<TimePoint> times;
  TimePoint clock{};

  ScalableTarget target(Duration) const override { return now; }
  void scale(const Decision& decision) override {
    now.desired = decision.desired;
    if (decision.maximum) now.maximum = *decision.maximum;
    causes.push_back(decision.cause);
    times.push_back(clock);
  }
  void alarm_changed(const std::string& what) override { alarms.push_back(what); }
  void forecast_made(const std::string& what) override { forecasts.push_back(what); }
};

ScalerAlarm alarm(const std::string& name, Comparison comparison, double threshold, std::uint32_t n,
                  std::uint32_t series, std::vector<std::uint32_t> policies) {
  return {{.name = name,
           .metric_name = "CPUUtilization",
           .comparison = comparison,
           .threshold = threshold,
           .evaluation_periods = n,
           .datapoints_to_alarm = n},
          series,
          std::move(policies)};
}

/// Target tracking at 50, of one series for each policy.
ScalerConfig tracking(std::uint32_t policies) {
  ScalerConfig config;
  for (std::uint32_t i = 0; i < policies; ++i) {
    config.resolutions.push_back(60s);
    config.alarms.push_back(alarm("high", Comparison::kGreater, 50, 3, i, {i}));
    config.alarms.push_back(alarm("low", Comparison::kLess, 35, 15, i, {i}));
    config.policies.push_back({"p", 0s, TargetTracking{50, 2 * i, 2 * i + 1}});
  }
  return config;
}

/// Minutes in which each series has its value; every alarm sees them at once.
void play(Scaler& scaler, Told& told, int minutes, const std::vector<double>& values) {
  for (int i = 0; i < minutes; ++i) {
    for (std::uint32_t series = 0; series < values.size(); ++series) {
      metrics::Datapoint datapoint;
      datapoint.add(values[series]);
      scaler.put(series, told.clock, told.clock + 60s, datapoint);
    }
    told.clock += 60s;
    if (scaler.next() <= told.clock) scaler.evaluate(told.clock, told);
  }
}

TEST_CASE("E57, E60: three minutes above the target add capacity in proportion, rounded up") {
  Told told;
  Scaler scaler(tracking(1), {}, AlarmState::kOk);
  play(scaler, told, 2, {71.25});
  CHECK(told.causes.empty());
  play(scaler, told, 1, {71.25});
  CHECK(told.now.desired == 6);  // 4 x 71.25 / 50 = 5.7
  REQUIRE(told.causes.size() == 1);
  CHECK(told.causes[0] ==
        "alarm high in ALARM: CPUUtilization 71.25 > 50 for 3 of 3 datapoints; desired 4 → 6");
  CHECK(told.alarms[0] ==
        "alarm high: OK → ALARM: CPUUtilization 71.25 > 50 for 3 of 3 datapoints");
}

TEST_CASE("E60: what a double adds above a whole number is no reason for one more") {
  CHECK(proportional(3, 100.0 / 3, 50) == 2);
  CHECK(proportional(3, 50, 50) == 3);
  CHECK(proportional(3, 50.1, 50) == 4);
  CHECK(proportional(4, 1e300, 50) == 1'000'000'000);
}

TEST_CASE("E93: an alarm that stays acts again every minute, on what has warmed up by then") {
  Told told;
  Scaler scaler(tracking(1), {}, AlarmState::kOk);
  play(scaler, told, 3, {75});
  CHECK(told.now.desired == 6);
  play(scaler, told, 3, {75});  // the two are warming: four still want six
  CHECK(told.causes.size() == 1);
  told.now.current = 6;
  play(scaler, told, 1, {75});
  CHECK(told.now.desired == 9);
  CHECK(told.times[1] - told.times[0] == 4min);
}

TEST_CASE("E58, E60: fifteen minutes below 0.7 of the target take away what is not needed") {
  Told told;
  Scaler scaler(tracking(1), {}, AlarmState::kOk);
  play(scaler, told, 14, {26});
  CHECK(told.causes.empty());
  play(scaler, told, 1, {26});
  CHECK(told.now.desired == 3);  // 4 x 26 / 50 = 2.08: a whole instance less, not two
}

TEST_CASE("E62: what is not needed goes once a minute, and only while the low alarm is in ALARM") {
  Told told;
  Scaler scaler(tracking(1), {}, AlarmState::kOk);
  play(scaler, told, 14, {26});
  play(scaler, told, 1, {36});  // 4 x 36 / 50 = 2.88, and no alarm
  CHECK(told.causes.empty());
  play(scaler, told, 15, {26});
  CHECK(told.now.desired == 3);
  told.now.current = 3;
  play(scaler, told, 1, {26});
  CHECK(told.now.desired == 2);  // 3 x 26 / 50 = 1.56
  CHECK(told.times[1] - told.times[0] == 1min);
}

TEST_CASE("E60: where one instance less would push the metric above the target, none goes") {
  Told told;
  told.now.desired = told.now.current = 2;
  Scaler scaler(tracking(1), {}, AlarmState::kOk);
  play(scaler, told, 20, {30});  // 2 x 30 / 50 = 1.2
  CHECK(told.causes.empty());
}

TEST_CASE("E51: while an instance is warming nothing is taken away") {
  Told told;
  told.now.warming = 1;
  Scaler scaler(tracking(1), {}, AlarmState::kOk);
  play(scaler, told, 20, {10});
  CHECK(told.causes.empty());
  told.now.warming = 0;
  play(scaler, told, 1, {10});
  CHECK(told.now.desired == 1);
}

TEST_CASE("E1: what policies want is bounded by the minimum and the maximum") {
  Told told;
  told.now.maximum = 5;
  Scaler scaler(tracking(1), {}, AlarmState::kOk);
  play(scaler, told, 3, {100});
  CHECK(told.now.desired == 5);
}

TEST_CASE("C103: in proportion to none there is none, and a service goes to one") {
  for (const bool is_service : {false, true}) {
    Told told;
    told.now = {.desired = 0, .minimum = 0, .maximum = 20, .current = 0};
    ScalerConfig config = tracking(1);
    if (is_service) std::get<TargetTracking>(config.policies[0].kind).cooldowns = Cooldowns{};
    Scaler scaler(config, {}, AlarmState::kOk);
    play(scaler, told, 3, {75});
    CHECK(told.now.desired == (is_service ? 1 : 0));
  }
}

TEST_CASE("E54: any target tracking policy adds capacity, all of them must agree to take it away") {
  Told told;
  Scaler scaler(tracking(2), {}, AlarmState::kOk);
  play(scaler, told, 15, {10, 45});
  CHECK(told.causes.empty());
  play(scaler, told, 15, {10, 30});  // one wants 1, the other ceil(4 x 30 / 50) = 3
  CHECK(told.now.desired == 3);
  Told more;
  Scaler other(tracking(2), {}, AlarmState::kOk);
  play(other, more, 3, {60, 80});  // ceil(4.8) and ceil(6.4)
  CHECK(more.now.desired == 7);
}

TEST_CASE("E63: a policy that may not scale in neither does nor holds others back") {
  ScalerConfig config = tracking(2);
  config.policies[1].kind = TargetTracking{50, 2, std::nullopt};
  config.alarms.pop_back();
  Told told;
  Scaler scaler(config, {}, AlarmState::kOk);
  play(scaler, told, 15, {10, 45});
  CHECK(told.now.desired == 1);
}

TEST_CASE("E63: an alarm without data scales nothing") {
  Told told;
  Scaler scaler(tracking(1), {}, AlarmState::kOk);
  for (int minute = 0; minute < 60; ++minute) {
    told.clock += 60s;
    if (scaler.next() <= told.clock) scaler.evaluate(told.clock, told);
  }
  CHECK(told.causes.empty());
  CHECK(told.alarms[0] == "alarm high: OK → INSUFFICIENT_DATA: CPUUtilization has no datapoint");
}

/// One step policy on an alarm above 50 and, where given, another below 30.
ScalerConfig stepping(const StepScaling& out, const StepScaling& in) {
  ScalerConfig config;
  config.resolutions = {60s};
  config.alarms = {alarm("above", Comparison::kGreater, 50, 2, 0, {0}),
                   alarm("below", Comparison::kLess, 30, 2, 0, {1})};
  config.policies = {{"out", 0s, out}, {"in", 0s, in}};
  return config;
}
const StepScaling kIn{.steps = {{{}, 0, -1}}};

TEST_CASE("E67: the policy aggregates the alarm's datapoints and picks the step") {
  StepScaling out{.steps = {{0, 20, 1}, {20, {}, 4}}};
  Told average;
  Scaler first(stepping(out, kIn), {}, AlarmState::kOk);
  play(first, average, 1, {60});
  play(first, average, 1, {76});  // mean 68
  CHECK(average.now.desired == 5);
  out.metric_aggregation_type = metrics::Statistic::kMaximum;
  Told maximum;
  Scaler second(stepping(out, kIn), {}, AlarmState::kOk);
  play(second, maximum, 1, {60});
  play(second, maximum, 1, {76});
  CHECK(maximum.now.desired == 8);
}

TEST_CASE("E71: a step policy reacts every minute, also while its instances are coming") {
  const StepScaling out{.steps = {{0, 20, 1}, {20, {}, 4}}};
  Told told;
  Scaler scaler(stepping(out, kIn), {}, AlarmState::kOk);
  play(scaler, told, 2, {55});
  CHECK(told.now.desired == 5);
  play(scaler, told, 2, {90});  // four more than the four that have warmed up
  CHECK(told.now.desired == 8);
}

TEST_CASE("E54: a step policy takes away while target tracking does not want it back") {
  ScalerConfig config = tracking(1);
  config.policies.push_back({"in", 0s, kIn});
  config.alarms.push_back(alarm("below", Comparison::kLess, 45, 2, 0, {1}));
  Told told;
  Scaler scaler(config, {}, AlarmState::kOk);
  play(scaler, told, 2, {40});  // above the low alarm's 35
  CHECK(told.now.desired == 3);
}

TEST_CASE("E73: a simple policy does nothing while its activity or cooldown lasts") {
  ScalerConfig config = stepping({}, kIn);
  config.policies[0].kind = SimpleScaling{{}, 2, 300s};
  Told told;
  Scaler scaler(config, {}, AlarmState::kOk);
  play(scaler, told, 2, {60});
  CHECK(told.now.desired == 6);
  told.now.is_cooling_down = true;
  play(scaler, told, 5, {60});
  CHECK(told.now.desired == 6);
  told.now.is_cooling_down = false;
  play(scaler, told, 1, {60});  // the alarm still repeats
  CHECK(told.now.desired == 8);
}

TEST_CASE("E22: suspended alarm notifications are made up for by the next one") {
  Told told;
  Scaler scaler(tracking(1), {}, AlarmState::kOk);
  scaler.suspend_actions(true);
  play(scaler, told, 5, {75});
  CHECK(told.alarms.size() == 1);
  CHECK(told.causes.empty());
  scaler.suspend_actions(false);
  play(scaler, told, 1, {75});
  CHECK(told.now.desired == 6);
}

}  // namespace
}  // namespace skyreplay::scaling
