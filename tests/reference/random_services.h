#pragma once

#include <algorithm>

#include "reference/dice.h"

namespace skyreplay::reference {

/// Draws lengths, laws and services.
class RandomServices {
 public:
  explicit RandomServices(std::uint64_t number);

  Dice dice;
  Time unit{};  ///< most lengths are few of it

  /// Most are none or few units; one in eight is any number of ns.
  Time time(std::uint32_t most_units);
  Time at_least(Time least, std::uint32_t most_units) { return std::max(least, time(most_units)); }
  Law law(std::uint32_t most_units);
  Function function();
  Fleet fleet();
  External external();
  /// Gives a group of instances policies and alarms. `has_bytes`: the trace has some.
  /// What becomes of the instances of a group.
  void live(Fleet& fleet);
  void scale(Fleet& fleet, bool has_bytes);
  /// Gives a group of instances a predictive policy, and perhaps a second.
  void foresee(Fleet& fleet, bool has_bytes);
  /// Gives a service of tasks policies and alarms, or scheduled actions within a run.
  void scale_service(Fleet& fleet);
  void schedule_service(Fleet& fleet, Time start, Time length);
  /// Spreads it over capacity providers.
  void provide(Fleet& fleet, Time length);
  /// Gives a group of instances scheduled actions within a run.
  void schedule(Fleet& fleet, Time start, Time length);

 private:
  Alarm alarm(bool has_bytes);
  Hook hook();
  Policy policy(bool has_bytes);
  std::vector<Step> steps(bool exact);
};

}  // namespace skyreplay::reference
