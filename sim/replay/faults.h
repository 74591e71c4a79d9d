#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "replay/models.h"

namespace skyreplay::ec2 {
class AutoScalingGroup;
}

namespace skyreplay::replay {

/// Makes a scenario's faults happen to the services of a run (docs/faults.md).
///
/// What several faults do to one thing at a time follows from all of them: factors are multiplied,
/// in the scenario's order. **Cost** O(faults + services) a beginning or an end; nothing between.
class Faults {
 public:
  /// All outlive this.
  Faults(const proto::Scenario& scenario, const scenario::Wiring& wiring, Models& models)
      : scenario_(scenario),
        wiring_(wiring),
        models_(models),
        lasts_(static_cast<std::size_t>(scenario.faults_size())) {}

  /// The fault of that number in the scenario begins now.
  void begin(std::size_t index);
  /// One that has begun is over. REQUIRES one that lasts.
  void end(std::size_t index);

 private:
  using What = proto::Fault::WhatCase;

  const proto::Fault& fault(std::size_t index) const {
    return scenario_.faults(static_cast<int>(index));
  }
  std::uint32_t service_named(const std::string& name) const;
  void kill_instances(const proto::KillInstances& kill);
  void interrupt_spot(const proto::InterruptSpot& interruption);
  ec2::AutoScalingGroup& group_named(const std::string& name) const;
  /// A zone is lost, or refuses capacity, or does so no more.
  void apply_zone(What what, const std::string& zone);
  bool is_closed(What what, const std::string& zone, const std::string& service) const;
  /// Brings what a fault concerns to what the faults that last say of it.
  void apply(const proto::Fault& changed);
  /// The product of the factors on that service.
  double factor(What what, const std::string& service) const;

  const proto::Scenario& scenario_;
  const scenario::Wiring& wiring_;
  Models& models_;
  std::vector<bool> lasts_;  ///< by fault: has begun, and is not over
  /// Zones that are lost or refuse capacity, and the services they do it to.
  std::set<std::tuple<What, std::string, std::string>> closed_;
};

}  // namespace skyreplay::replay
