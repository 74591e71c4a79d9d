#include "balancing/fleet_scaling.h"

#include <algorithm>

namespace skyreplay::balancing {

FleetScaling::FleetScaling(kernel::Loop& loop, Fleet& fleet, const FleetScalingConfig& config,
                           scaling::CapacityBounds& bounds, bool steady)
    : loop_(loop),
      fleet_(fleet),
      bounds_(bounds),
      warmup_(config.warmup),
      process_(loop.add(*this)),
      metrics_(fleet, config.watched, config.warmup, loop.now()),
      scaler_(config.scaler, loop.now(),
              steady ? metrics::AlarmState::kOk : metrics::AlarmState::kInsufficientData) {
  schedule_next();
}

void FleetScaling::schedule_next() {
  const TimePoint next = std::min(metrics_.next(), scaler_.next());
  if (next != kEndOfTime) loop_.schedule(next, process_, kControl, 0);
}

void FleetScaling::fire(const kernel::Event& event) {
  if (event.kind == kControl) return control();
  const auto member = fleet_.member(event.payload);
  const bool serves = member && member->ordinal == event.tag && member->has_server;
  if (!serves) return;  // gone or set aside meanwhile
  metrics_.warmed_up(event.payload, member->server, loop_.now());
}

void FleetScaling::control() {
  const TimePoint now = loop_.now();
  metrics_.report(
      now, bounds_,
      [this](std::uint32_t series, TimePoint start, TimePoint end,
             const metrics::Datapoint& datapoint) { scaler_.put(series, start, end, datapoint); });
  if (scaler_.next() <= now) scaler_.evaluate(now, *this);
  schedule_next();
}

void FleetScaling::member_in_service(std::uint32_t place) {
  if (!metrics_.samples_instances()) return;
  const auto member = fleet_.member(place);
  const TimePoint warm = member->serves_since + warmup_;  // E50
  if (warm <= loop_.now()) {
    metrics_.warmed_up(place, member->server, loop_.now());
  } else {
    loop_.schedule(warm, process_, kWarmedUp, place, member->ordinal);
  }
}

void bill_alarms(const FleetScalingConfig& config, const FleetBilling& billing,
                 pricing::SteadyMeter& meter) {
  std::uint64_t standard = 0;
  std::uint64_t high_resolution = 0;
  for (const scaling::ScalerAlarm& alarm : config.scaler.alarms) {
    ++(alarm.alarm.period < std::chrono::minutes{1} ? high_resolution : standard);
  }
  const auto custom = [](const FleetMetrics::Watched& watched) {
    return watched.metric == FleetMetric::kCpuUsageActive ||
           watched.metric == FleetMetric::kRunningTaskCount;
  };
  const bool has_custom = std::any_of(config.watched.begin(), config.watched.end(), custom);
  const auto add = [&](const char* item, std::uint64_t count) {
    if (count == 0) return;
    const pricing::Tariff& tariff = billing.catalogue.tariff(item, billing.region);
    meter.add(billing.meters.add_item(tariff), count);
  };
  add("cloudwatch.alarm_standard", standard);
  add("cloudwatch.alarm_high_resolution", high_resolution);
  add("cloudwatch.custom_metric", has_custom ? 1 : 0);
}

}  // namespace skyreplay::balancing
