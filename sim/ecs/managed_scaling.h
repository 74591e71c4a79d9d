#pragma once

#include <cstdint>
#include <deque>

#include "core/time.h"
#include "kernel/loop.h"

namespace skyreplay::ecs {

class Cluster;
class ContainerInstances;

/// How ECS scales a capacity provider's group.
struct ManagedScalingConfig {
  std::uint32_t target_capacity = 100;                   ///< percent (C82, C83)
  std::uint32_t minimum_step = 1;                        ///< instances (C79)
  std::uint32_t maximum_step = 10'000;                   ///< instances
  Duration instance_warmup = std::chrono::seconds{300};  ///< C84
  Duration publication_delay = std::chrono::seconds{30};
  std::uint32_t low_periods = 15;  ///< minutes below the target before the first scale-in (C85)
};

/// What CapacityProviderReservation is made of (C75, C125).
struct Reservation {
  std::uint32_t needed = 0;   ///< M: instances that tasks need (C77)
  std::uint32_t running = 0;  ///< N: instances there are

  /// In percent, M/N x 100. From nothing 200 where some are needed; where none is, `at_rest`, the
  /// target (C76).
  double percent(std::uint32_t at_rest) const {
    if (running == 0) return needed == 0 ? at_rest : 200;
    return 100.0 * needed / running;
  }
};

/// Cluster auto scaling: keeps the CapacityProviderReservation of a provider at a target by the
/// desired capacity of its group.
///
/// Every minute, on the minute, the metric is what the provider is then; a publication delay later
/// the alarms see it. Above the target once, the group grows to ceil(N x metric / target), unless
/// an instance is being launched or has been in service for less than the warmup (C82, C84). Below
/// it for 15 minutes in a row, the group shrinks by one, and by one again each minute in which it
/// still is, not below ceil(100 x M / target) (C85).
///
/// **Cost** two events a minute, O(instances + services) each.
class ManagedScaling final : public kernel::Process {
 public:
  /// Both outlive this; `provider` is the group's in the cluster.
  ManagedScaling(kernel::Loop& loop, ContainerInstances& instances, Cluster& cluster,
                 std::uint32_t provider, const ManagedScalingConfig& config);

  void fire(const kernel::Event& event) override;

 private:
  enum Kind : std::uint16_t { kMeasure, kEvaluate };

  void evaluate(const Reservation& reservation);
  void scale_out(const Reservation& reservation);
  void scale_in(const Reservation& reservation);
  /// ceil(100 x M / target).
  std::uint32_t kept(const Reservation& reservation) const;
  void schedule_measure();

  kernel::Loop& loop_;
  ContainerInstances& instances_;
  Cluster& cluster_;
  std::uint32_t provider_;
  ManagedScalingConfig config_;
  kernel::ProcessId process_;
  std::deque<Reservation> published_;  ///< and not seen by the alarms yet
  std::uint32_t lows_ = 0;             ///< in a row
};

}  // namespace skyreplay::ecs
