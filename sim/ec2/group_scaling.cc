#include "ec2/group_scaling.h"

#include <algorithm>

namespace skyreplay::ec2 {

GroupScaling::GroupScaling(kernel::Loop& loop, balancing::Fleet& fleet,
                           const GroupScalingConfig& config, GroupBounds& bounds, bool steady)
    : loop_(loop),
      fleet_(fleet),
      bounds_(bounds),
      warmup_(config.warmup),
      terminating_time_(config.terminating_time),
      process_(loop.add(*this)),
      metrics_(fleet, config.watched, config.warmup, loop.now()),
      scaler_(config.scaler, loop.now(),
              steady ? metrics::AlarmState::kOk : metrics::AlarmState::kInsufficientData),
      last_in_service_(loop.now()) {
  schedule_next();
}

void GroupScaling::schedule_next() {
  const TimePoint next = std::min(metrics_.next(), scaler_.next());
  if (next != kEndOfTime) loop_.schedule(next, process_, kControl, 0);
}

void GroupScaling::fire(const kernel::Event& event) {
  if (event.kind == kControl) return control();
  const auto member = fleet_.member(event.payload);
  if (!member || member->ordinal != event.tag) return;  // gone meanwhile
  metrics_.warmed_up(event.payload, member->server, loop_.now());
}

void GroupScaling::control() {
  const TimePoint now = loop_.now();
  metrics_.report(
      now, bounds_,
      [this](std::uint32_t series, TimePoint start, TimePoint end,
             const metrics::Datapoint& datapoint) { scaler_.put(series, start, end, datapoint); });
  if (scaler_.next() <= now) scaler_.evaluate(now, *this);
  schedule_next();
}

void GroupScaling::member_in_service(std::uint32_t place) {
  const auto member = fleet_.member(place);
  last_in_service_ = loop_.now();
  if (!metrics_.samples_instances()) return;
  const TimePoint warm = member->serves_since + warmup_;  // E50
  if (warm <= loop_.now()) {
    metrics_.warmed_up(place, member->server, loop_.now());
  } else {
    loop_.schedule(warm, process_, kWarmedUp, place, member->ordinal);
  }
}

void GroupScaling::member_taken_out(std::uint32_t place, Duration hooks) {
  std::erase_if(terminating_,
                [this](const TakenOut& out) { return out.counts_until <= loop_.now(); });
  terminating_.push_back(
      {loop_.now() + terminating_time_ + hooks, fleet_.member(place)->serves_since});
}

scaling::ScalableTarget GroupScaling::target(Duration warmup) const {
  scaling::ScalableTarget target{.desired = fleet_.desired(),
                                 .minimum = bounds_.min_size,
                                 .maximum = bounds_.max_size,
                                 .is_cooling_down = is_cooling_down()};
  fleet_.for_each_member([&](std::uint32_t, const balancing::Fleet::MemberState& state) {
    if (state.is_draining) return;
    const bool is_warm =
        state.serves_since != kEndOfTime && state.serves_since + warmup <= loop_.now();
    ++(is_warm ? target.current : target.warming);
  });
  for (const TakenOut& out : terminating_) {
    const bool is_warm = out.served_since + warmup <= loop_.now();
    const bool counts = is_warm && out.counts_until > loop_.now();
    target.terminating += counts ? 1 : 0;
  }
  return target;
}

/// The cooldown begins when the last instance of the activity is in service (E74), or, where
/// instances are taken away, with that (E75).
bool GroupScaling::is_cooling_down() const {
  if (acted_ < TimePoint{}) return false;
  return fleet_.pending() > 0 || loop_.now() < std::max(acted_, last_in_service_) + cooldown_;
}

void GroupScaling::scale(const scaling::Decision& decision) {
  if (decision.cooldown) {
    cooldown_ = *decision.cooldown;
    acted_ = loop_.now();
  }
  if (decision.maximum) bounds_.max_size = *decision.maximum;
  fleet_.set_desired(decision.desired, decision.cause);
}

void GroupScaling::alarm_changed(const std::string& what) { fleet_.note("alarm", what); }

void GroupScaling::forecast_made(const std::string& what) { fleet_.note("forecast", what); }

}  // namespace skyreplay::ec2
