#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/distribution.h"
#include "core/random.h"
#include "kernel/loop.h"
#include "metrics/recorder.h"
#include "workload/clients.h"
#include "workload/platform.h"

namespace skyreplay::workload {

/// A service on no platform of the three: a database, another team's API.
struct ExternalConfig {
  std::string name;           ///< entity of its draws
  std::uint32_t service = 0;  ///< in the recorder
  Distribution latency;       ///< to answer a request that has a connection
  std::optional<std::uint32_t> max_connections = std::nullopt;
  bool refuses_when_full = false;  ///< else requests wait, first come, first served
};

/// All external services of a scenario. A request takes one draw of the latency, plus its own work
/// and wait where it has any; at most max_connections are served at a time.
///
/// **Cost** O(1) a request, one event each.
class External final : public Platform, public kernel::Process {
 public:
  External(kernel::Loop& loop, metrics::Recorder& recorder, std::uint64_t seed);

  /// Adds a service; returns its unit.
  std::uint32_t add(const ExternalConfig& config);
  /// Another limit from now on; a lower one lets those in service finish.
  void set_max_connections(std::uint32_t unit, std::optional<std::uint32_t> max_connections);
  /// What it begins to serve from now on has its latency multiplied; 1 is as configured. `cause`
  /// is for activities.csv.
  void set_latency_factor(std::uint32_t unit, double factor, const std::string& cause);

  Admitted admit(std::uint32_t unit, std::uint32_t index, Request& request) override;
  void resume(std::uint32_t unit, std::uint32_t index, Called called) override;
  void read_meters(std::uint32_t unit, TimePoint until, pricing::Meters& meters) override;
  void take_activities(std::vector<Activity>& activities) override;
  void finish(TimePoint) override {}
  void fire(const kernel::Event& event) override;
  Standing standing(std::uint32_t unit) const override;
  std::string refusal(std::uint32_t unit, const Request& request) const override;

 private:
  struct Unit {
    ExternalConfig config;
    RandomStream draws;
    double latency_factor = 1;
    std::uint64_t requests = 0;  ///< that got a connection
    std::uint32_t in_service = 0;
    std::vector<std::uint32_t> queue;  ///< from `head`, in order of arrival
    std::size_t head = 0;
  };

  bool is_full(const Unit& unit) const;
  TimePoint start(std::uint32_t unit, std::uint32_t index);
  void start_waiting(std::uint32_t unit);

  kernel::Loop& loop_;
  metrics::Recorder& recorder_;
  std::uint64_t seed_;
  kernel::ProcessId process_;
  std::vector<Unit> units_;
  std::vector<Activity> activities_;
};

}  // namespace skyreplay::workload
