#include "lambda/provisioned_scaling.h"

#include <algorithm>

#include "lambda/functions.h"
#include "scaling/application_target.h"

namespace skyreplay::lambda {
namespace {

constexpr Duration kMinute = std::chrono::minutes{1};

constexpr scaling::MetricName kNames[] = {
    {scaling::TargetMetric::kProvisionedConcurrencyUtilization, "AWS/Lambda",
     "ProvisionedConcurrencyUtilization", kMinute},
};

}  // namespace

scaling::MetricNames provisioned_metrics() { return kNames; }

ProvisionedScaling::ProvisionedScaling(kernel::Loop& loop, Functions& functions, std::uint32_t unit,
                                       const ProvisionedScalingConfig& config)
    : loop_(loop),
      functions_(functions),
      unit_(unit),
      watched_(config.watched),
      bounds_(config.bounds),
      alarms_(config.alarms),
      process_(loop.add(*this)),
      start_(loop.now()),
      scaler_(config.scaler, loop.now(),
              config.steady ? metrics::AlarmState::kOk : metrics::AlarmState::kInsufficientData) {
  if (!watched_.empty()) {
    minute_ends_ = start_ - start_.time_since_epoch() % kMinute + kMinute;
  }
  schedule_next();
  scheduled_actions_.emplace(loop, config.scheduled_actions,
                             [this](const scaling::ScheduledAction& action) { act(action); });
}

void ProvisionedScaling::schedule_next() {
  const TimePoint next = std::min(minute_ends_, scaler_.next());
  if (next != kEndOfTime) loop_.schedule(next, process_, 0, 0);
}

void ProvisionedScaling::fire(const kernel::Event&) {
  if (loop_.now() == minute_ends_) end_minute();
  if (scaler_.next() <= loop_.now()) scaler_.evaluate(loop_.now(), *this);
  schedule_next();
}

/// Its mean over time, and its peak. Only whole minutes are reported, and those with activity.
void ProvisionedScaling::end_minute() {
  const TimePoint begin = loop_.now() - kMinute;
  minute_ends_ += kMinute;
  const ProvisionedUse::Sum use = functions_.take_provisioned_use(unit_);
  if (begin < start_ || use.busy_ns == 0) return;
  const metrics::Datapoint datapoint{use.utilization(), 0, use.utilization_max, 1};
  for (std::uint32_t i = 0; i < watched_.size(); ++i) {
    scaler_.put(i, begin, loop_.now(), datapoint);
  }
}

scaling::ScalableTarget ProvisionedScaling::target(Duration) const {
  const Provisioned& of = functions_.provisioned(unit_);
  scaling::ScalableTarget target{.desired = of.wanted,
                                 .minimum = bounds_.minimum,
                                 .maximum = bounds_.maximum,
                                 .current = of.alive};
  cooldowns_.show(loop_.now(), target);
  return target;
}

void ProvisionedScaling::scale(const scaling::Decision& decision) {
  const Provisioned& of = functions_.provisioned(unit_);
  const Duration cooldown = decision.cooldown.value_or(Duration{});
  if (decision.desired > of.wanted) {
    cooldowns_.scaled_out(loop_.now(), cooldown, of.alive);
  } else {
    cooldowns_.scaled_in(loop_.now(), cooldown);
  }
  functions_.provision(unit_, decision.desired, decision.cause);
}

void ProvisionedScaling::act(const scaling::ScheduledAction& action) {
  functions_.note(unit_, "scheduled", scaling::in_words(action));
  set_bounds(action.capacity);
}

void ProvisionedScaling::set_bounds(const scaling::CapacityChange& set) {
  const auto followed = scaling::follow(set, functions_.provisioned(unit_).wanted, bounds_);
  if (followed) functions_.provision(unit_, followed->to, followed->cause);
}

std::string ProvisionedScaling::trigger(const std::string& alarm, const std::string& policy) const {
  return scaling::application_trigger(alarm, policy);
}

void ProvisionedScaling::alarm_changed(const std::string& what) {
  functions_.note(unit_, "alarm", what);
}

void ProvisionedScaling::forecast_made(const std::string& what) {
  functions_.note(unit_, "forecast", what);
}

}  // namespace skyreplay::lambda
