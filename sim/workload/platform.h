#pragma once

#include <cstdint>
#include <vector>

#include "metrics/window_row.h"
#include "pricing/meters.h"
#include "workload/activity.h"
#include "workload/service.h"

namespace skyreplay::workload {

class Calls;
class Clients;

/// What a run asks of the services of a platform beside serving requests. A unit is one service.
class Platform : public Service {
 public:
  /// Who gets the answers. REQUIRES called once before the first admit(); outlives this.
  void answer_to(Clients& clients) { clients_ = &clients; }
  /// Who makes calls between services. REQUIRES called before the first admit() of a unit that
  /// makes some; outlives this.
  void call_through(Calls& calls) { calls_ = &calls; }

  /// Completes a unit's row by what only the platform knows: capacity desired and pending, CPU
  /// time. Called once for each window in which the unit has a row, when everything before the
  /// window's end has happened.
  virtual void complete(std::uint32_t, const metrics::Window&, metrics::WindowRow&) {}
  /// Brings a unit's meters up to `until`, a window's end: `meters` holds the items that the unit
  /// was made with. Called after complete().
  virtual void read_meters(std::uint32_t unit, TimePoint until, pricing::Meters& meters) = 0;
  /// Appends what happened since the last call, in order of time.
  virtual void take_activities(std::vector<Activity>&) {}
  /// The run ends: what is still in flight is metered up to `end`. Called once, after everything
  /// before it has happened and before the last read_meters().
  virtual void finish(TimePoint end) = 0;

 protected:
  Clients* clients_ = nullptr;
  Calls* calls_ = nullptr;
};

}  // namespace skyreplay::workload
