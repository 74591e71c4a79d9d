#include "ecs/managed_scaling.h"

#include <fmt/format.h>

#include <algorithm>

#include "ecs/cluster.h"
#include "ecs/container_instances.h"

namespace skyreplay::ecs {
namespace {

constexpr Duration kPeriod = std::chrono::minutes{1};

}  // namespace

ManagedScaling::ManagedScaling(kernel::Loop& loop, ContainerInstances& instances, Cluster& cluster,
                               std::uint32_t provider, const ManagedScalingConfig& config)
    : loop_(loop),
      instances_(instances),
      cluster_(cluster),
      provider_(provider),
      config_(config),
      process_(loop.add(*this)) {
  schedule_measure();
}

void ManagedScaling::schedule_measure() {
  const Duration now = loop_.now().time_since_epoch();
  loop_.schedule(TimePoint{now - now % kPeriod + kPeriod}, process_, kMeasure, 0);
}

void ManagedScaling::fire(const kernel::Event& event) {
  if (event.kind == kMeasure) {
    published_.push_back(
        cluster_.reservation(provider_, config_.minimum_step, config_.maximum_step));
    loop_.schedule(loop_.now() + config_.publication_delay, process_, kEvaluate, 0);
    return schedule_measure();
  }
  const Reservation reservation = published_.front();
  published_.pop_front();
  evaluate(reservation);
}

void ManagedScaling::evaluate(const Reservation& reservation) {
  const double percent = reservation.percent(config_.target_capacity);
  lows_ = percent < config_.target_capacity ? lows_ + 1 : 0;
  if (percent > config_.target_capacity) return scale_out(reservation);
  if (lows_ >= config_.low_periods) scale_in(reservation);
}

std::uint32_t ManagedScaling::kept(const Reservation& reservation) const {
  const std::uint64_t target = config_.target_capacity;
  return static_cast<std::uint32_t>((std::uint64_t{100} * reservation.needed + target - 1) /
                                    target);
}

/// C82: from no instance the capacity is taken to be 1.
void ManagedScaling::scale_out(const Reservation& reservation) {
  if (instances_.is_warming(config_.instance_warmup)) return;  // C84
  const Reservation counted =
      reservation.running == 0 ? Reservation{.needed = 2, .running = 1} : reservation;
  const std::uint32_t to = std::min(kept(counted), instances_.bounds().maximum);  // C90
  if (to <= instances_.desired()) return;
  instances_.set_desired(
      to, fmt::format("CapacityProviderReservation {:.6g} > {} for 1 of 1 datapoints (M {}, N {}); "
                      "desired {} → {}",
                      reservation.percent(config_.target_capacity), config_.target_capacity,
                      reservation.needed, reservation.running, instances_.desired(), to));
}

void ManagedScaling::scale_in(const Reservation& reservation) {
  const std::uint32_t desired = instances_.desired();
  if (desired == 0) return;
  const std::uint32_t to = std::max({kept(reservation), desired - 1, instances_.bounds().minimum});
  if (to >= desired) return;
  instances_.set_desired(
      to, fmt::format("CapacityProviderReservation {:.6g} < {} for {} of {} datapoints (M {}, N "
                      "{}); desired {} → {}",
                      reservation.percent(config_.target_capacity), config_.target_capacity,
                      config_.low_periods, config_.low_periods, reservation.needed,
                      reservation.running, desired, to));
}

}  // namespace skyreplay::ecs
