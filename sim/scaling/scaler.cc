#include "scaling/scaler.h"

#include <fmt/format.h>

#include <algorithm>

namespace skyreplay::scaling {
namespace {

using metrics::AlarmState;

constexpr Duration kRepeated = std::chrono::minutes{1};  // E93
constexpr std::uint64_t kMostSize = 1'000'000'000;       // no group is as large

bool is_low_alarm(const Policy& policy, std::uint32_t alarm) {
  const auto* tracking = std::get_if<TargetTracking>(&policy.kind);
  return tracking != nullptr && tracking->low_alarm == alarm;
}

}  // namespace

std::string Scaled::trigger(const std::string& alarm, const std::string&) const {
  return fmt::format("alarm {} in ALARM", alarm);
}

Scaler::Scaler(const ScalerConfig& config, TimePoint start, AlarmState state)
    : policies_(config.policies), math_(config.math) {
  std::vector<Duration> kept(config.resolutions.size());
  for (const ScalerAlarm& from : config.alarms) {
    metrics::Alarm alarm(from.alarm, state);
    kept[from.series] = std::max(kept[from.series], alarm.kept());
    const TimePoint first = alarm.first_evaluation(start);
    watches_.push_back({std::move(alarm), from.series, from.policies, first});
  }
  for (std::size_t i = 0; i < kept.size(); ++i) {
    series_.emplace_back(config.resolutions[i], kept[i]);
  }
  for (const Policy& policy : policies_) {
    const auto* predictive = std::get_if<PredictiveScaling>(&policy.kind);
    if (predictive == nullptr) continue;
    ahead_.push_back({Predictor(*predictive, start), policy.name, policy.warmup});
  }
  find_next();
}

void Scaler::put(std::uint32_t series, TimePoint start, TimePoint end,
                 const metrics::Datapoint& datapoint) {
  series_[series].put(start, end, datapoint);
  for (Ahead& ahead : ahead_) {
    ahead.predictor.add(series, start, datapoint);
  }
  for (MathSeries& math : math_) {
    if (const auto value = math.math.put(series, start, datapoint)) {
      series_[math.series].put(start, end, {*value, *value, *value, 1});
    }
  }
}

void Scaler::find_next() {
  next_ = kEndOfTime;
  for (const Ahead& ahead : ahead_) next_ = std::min(next_, ahead.predictor.next());
  for (const Watch& watch : watches_) next_ = std::min(next_, watch.next);
}

void Scaler::evaluate(TimePoint now, Scaled& scaled) {
  for (Ahead& ahead : ahead_) foresee(ahead, now, scaled);
  for (Watch& watch : watches_) {
    if (watch.next > now) continue;
    watch.next += watch.alarm.interval();
    evaluate(watch, now, scaled);
  }
  find_next();
}

void Scaler::foresee(Ahead& ahead, TimePoint now, Scaled& scaled) {
  if (const auto forecast = ahead.predictor.forecast(now)) {
    scaled.forecast_made(fmt::format("policy {}: {}", ahead.name, *forecast));
  }
  if (const auto hour = ahead.predictor.hour_near(now)) act(ahead, *hour, scaled);
}

/// E79: only ever out. E80: the maximum may rise, and stays.
void Scaler::act(const Ahead& ahead, TimePoint hour, Scaled& scaled) {
  const PredictiveScaling& policy = ahead.predictor.policy();
  const std::optional<Predictor::Need> need = ahead.predictor.need(hour);
  if (!need || !policy.scales) return;
  const ScalableTarget target = scaled.target(ahead.warmup);
  std::uint64_t maximum = target.maximum;
  if (policy.max_capacity_buffer) {
    const std::uint64_t percent = std::uint64_t{100} + *policy.max_capacity_buffer;
    maximum = std::clamp<std::uint64_t>((need->capacity * percent + 99) / 100, maximum, kMostSize);
  }
  const auto bounded = std::min<std::uint64_t>(need->capacity, maximum);
  const std::uint32_t desired = std::max(target.desired, static_cast<std::uint32_t>(bounded));
  if (desired == target.desired && maximum == target.maximum) return;
  Decision decision{
      .desired = desired,
      .cause = fmt::format("predictive policy {}: {} forecast for {} is {:.6g} and takes {}; "
                           "desired {} → {}",
                           ahead.name, policy.metric_name, to_rfc3339(hour), need->load,
                           need->capacity, target.desired, desired)};
  if (maximum != target.maximum) decision.maximum = static_cast<std::uint32_t>(maximum);
  scaled.scale(decision);
}

void Scaler::evaluate(Watch& watch, TimePoint now, Scaled& scaled) {
  const AlarmState before = watch.alarm.state();
  watch.alarm.evaluate(series_[watch.series], now);
  const bool changed = watch.alarm.state() != before;
  if (changed) {
    scaled.alarm_changed(fmt::format("alarm {}: {} → {}: {}", watch.alarm.config().name,
                                     to_string(before), to_string(watch.alarm.state()),
                                     watch.alarm.reason()));
  }
  if (watch.alarm.state() != AlarmState::kAlarm || actions_suspended_) return;
  if (!changed && now - watch.acted < kRepeated) return;
  watch.acted = now;
  for (const std::uint32_t policy : watch.policies) act(policy, watch, now, scaled);
}

std::optional<std::uint32_t> Scaler::wanted_by(std::uint32_t policy, const Watch& watch,
                                               const Scaled& scaled) const {
  const auto alarm = static_cast<std::uint32_t>(&watch - watches_.data());
  return wanted(policies_[policy], watch.alarm, is_low_alarm(policies_[policy], alarm),
                scaled.target(policies_[policy].warmup));
}

void Scaler::act(std::uint32_t index, const Watch& watch, TimePoint now, Scaled& scaled) {
  const Policy& policy = policies_[index];
  const ScalableTarget target = scaled.target(policy.warmup);
  std::optional<std::uint32_t> want = wanted_by(index, watch, scaled);
  if (!want) return;
  if (*want < target.desired) {
    if (!may_scale_in(policy, target)) return;
    want = largest_wanted(*want, now, scaled);
    if (*want >= target.desired) return;
  }
  if (*want == target.desired) return;
  const Decision decision{
      .desired = *want,
      .cause = fmt::format("{}: {}; desired {} → {}",
                           scaled.trigger(watch.alarm.config().name, policy.name),
                           watch.alarm.reason(), target.desired, *want),
      .cooldown = cooldown_of(policy, *want > target.desired)};
  scaled.scale(decision);
}

// E54, C102.
bool Scaler::may_scale_in(const Policy& policy, const ScalableTarget& target) const {
  if (target.holds_scale_in) return false;                              // C101
  if (std::holds_alternative<SimpleScaling>(policy.kind)) return true;  // it has a cooldown
  if (target.warming > 0) return false;                                 // E51
  if (std::holds_alternative<StepScaling>(policy.kind)) return true;
  return std::all_of(policies_.begin(), policies_.end(), [&](const Policy& other) {
    const auto* tracking = std::get_if<TargetTracking>(&other.kind);
    return tracking == nullptr || !tracking->low_alarm ||
           watches_[*tracking->low_alarm].alarm.state() == AlarmState::kAlarm;
  });
}

/// Of `least`, what is forecast, and what the other policies want whose alarms are in ALARM; simple
/// ones act alone.
std::uint32_t Scaler::largest_wanted(std::uint32_t least, TimePoint now,
                                     const Scaled& scaled) const {
  std::uint32_t largest = least;
  for (const Ahead& ahead : ahead_) {
    if (!ahead.predictor.policy().scales) continue;
    const std::uint32_t maximum = scaled.target(ahead.warmup).maximum;
    largest = std::max(largest, std::min(ahead.predictor.wanted(now), maximum));
  }
  for (const Watch& watch : watches_) {
    if (watch.alarm.state() != AlarmState::kAlarm) continue;
    for (const std::uint32_t policy : watch.policies) {
      if (std::holds_alternative<SimpleScaling>(policies_[policy].kind)) continue;
      largest = std::max(largest, wanted_by(policy, watch, scaled).value_or(0));
    }
  }
  return largest;
}

}  // namespace skyreplay::scaling
