#pragma once

// What scales a function's provisioned concurrency (docs/models.md, L39).

#include <functional>

#include "reference/model/clock.h"
#include "reference/model/scaling.h"

namespace skyreplay::reference {

/// How many environments of what is provisioned are ready from an instant on, and busy of these.
struct UseStep {
  Time at{};
  std::uint32_t busy = 0, ready = 0;
};

/// L100: of [from, to). What lasts no time counts nothing.
struct UseSum {
  Wide busy = 0, ready = 0;  ///< environments x ns
  std::uint32_t most_busy = 0;
  double peak = 0;  ///< the largest busy / ready
};
UseSum sum_of(const std::vector<UseStep>& steps, Time from, Time to);

/// Policies and actions are those of Service::fleet, and what is configured is the function's
/// `provisioned` in the scenario.
class ProvisionedScaling final : public Group {
 public:
  /// `provision` is called when another number is configured; `steps` go on.
  ProvisionedScaling(World& world, std::size_t service, const std::vector<UseStep>& steps,
                     std::function<void()> provision);

  void set_bounds(std::optional<std::uint32_t> min, std::optional<std::uint32_t> max);
  std::uint64_t alarms() const { return scaling_ ? scaling_->alarms(false) : 0; }

  std::vector<Instance> instances() const override;
  std::vector<Time> taken_out(Time) const override { return {}; }
  std::uint32_t desired() const override;
  bool is_deploying() const override { return false; }
  std::uint32_t targets() const override { return 0; }
  void scale(std::uint32_t desired) override;
  void alarm_changed() override { note("alarm"); }
  void forecast_made() override {}
  void raise_max(std::uint32_t) override {}
  Wide busy(std::size_t, Time, Time) const override { return 0; }
  Wide available(std::size_t, Time, Time) const override { return 0; }
  std::uint64_t bytes(std::size_t, bool, Time, Time) const override { return 0; }
  std::uint64_t sent(Time, Time) const override { return 0; }
  std::uint64_t failed(Time, Time) const override { return 0; }
  std::vector<Time> response_times(Time, Time) const override { return {}; }
  std::optional<Use> use(Time from, Time to) const override;
  std::string called(const std::string& name) const override { return "function:" + name; }

 private:
  const Fleet& fleet() const { return world_.scenario.services[service_].fleet; }
  void note(const std::string& kind, std::int64_t from = -1, std::int64_t to = -1);
  void plan(bool first);

  World& world_;
  std::size_t service_;
  std::function<void()> provision_;
  std::uint32_t min_, max_;
  const std::vector<UseStep>& steps_;
  std::optional<Scaling> scaling_;
};

/// Whether there is anything that scales it.
bool is_scaled(const Service& service);

}  // namespace skyreplay::reference
