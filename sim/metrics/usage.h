#pragma once

#include <algorithm>
#include <cstdint>

#include "metrics/window_row.h"

namespace skyreplay::metrics {

/// A service's windows summed: integrals over the horizon in units x microseconds (in nanoseconds
/// 7,000 instances would overflow within a month; each window is rounded down), and the largest
/// values of the run.
struct Usage {
  std::uint64_t in_flight_us = 0;
  std::uint64_t queue_depth_us = 0;
  std::uint64_t capacity_running_us = 0;
  std::uint64_t cpu_busy_us = 0;
  std::uint64_t cpu_available_us = 0;
  std::uint64_t capacity_desired_us = 0;
  std::uint64_t capacity_pending_us = 0;
  std::uint32_t in_flight_max = 0;
  std::uint32_t queue_depth_max = 0;
  std::uint32_t capacity_running_max = 0;
  EventCounts events{};
  ProvisionedCounts provisioned{};  ///< integrals in us
  FunctionCounts function{};
  MemoryCounts memory{};  ///< integrals in us
  ReservationCounts reservation{};

  /// Of a window's integrals as much as lies before `end`, as if they were constant in it.
  void add(const metrics::WindowRow& row, const metrics::Window& window, TimePoint end) {
    const auto length = static_cast<std::uint64_t>((window.end - window.start).count());
    const Duration inside = std::clamp(end - window.start, Duration{}, window.end - window.start);
    const auto part_of = [length, inside](std::uint64_t integral) {
      const auto part = static_cast<unsigned __int128>(integral) *
                        static_cast<std::uint64_t>(inside.count()) / length;
      return static_cast<std::uint64_t>(part);
    };
    const auto part_us = [&](std::uint64_t integral_ns) { return part_of(integral_ns) / 1000; };
    in_flight_us += part_us(row.in_flight_ns);
    queue_depth_us += part_us(row.queue_depth_ns);
    capacity_running_us += part_us(row.capacity_running_ns);
    cpu_busy_us += part_us(row.cpu_busy_ns);
    cpu_available_us += part_us(row.cpu_available_ns);
    capacity_desired_us += part_us(row.capacity_desired_ns);
    capacity_pending_us += part_us(row.capacity_pending_ns);
    in_flight_max = std::max(in_flight_max, row.in_flight_max);
    queue_depth_max = std::max(queue_depth_max, row.queue_depth_max);
    capacity_running_max = std::max(capacity_running_max, row.capacity_running_max);
    events += row.events;
    function += row.function;
    memory.used += part_us(row.memory.used);
    memory.available += part_us(row.memory.available);
    memory.kills += row.memory.kills;
    reservation.cpu_reserved += part_of(row.reservation.cpu_reserved);
    reservation.cpu_registered += part_of(row.reservation.cpu_registered);
    reservation.memory_reserved += part_of(row.reservation.memory_reserved);
    reservation.memory_registered += part_of(row.reservation.memory_registered);
    const ProvisionedCounts& more = row.provisioned;
    provisioned.invocations += more.invocations;
    provisioned.spillovers += more.spillovers;
    provisioned.busy += part_us(more.busy);
    provisioned.ready += part_us(more.ready);
    provisioned.busy_max = std::max(provisioned.busy_max, more.busy_max);
    provisioned.utilization_max_ppm =
        std::max(provisioned.utilization_max_ppm, more.utilization_max_ppm);
  }
};

}  // namespace skyreplay::metrics
