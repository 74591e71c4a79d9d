#pragma once

#include <cstdint>

#include "metrics/window_row.h"
#include "workload/service.h"

namespace skyreplay::lambda {

/// What stands between clients and functions that take events: it answers clients at once, keeps
/// the events, has a function work on them, and decides what comes of each answer (L54). A unit is
/// the function's.
class EventSource : public workload::Service {
 public:
  bool is_source() const final { return true; }
  /// Events make no calls: their function does.
  void resume(std::uint32_t, std::uint32_t, workload::Called) final {}

  /// Completes a unit's row by what happened to its events since the last call.
  virtual void complete(std::uint32_t unit, metrics::WindowRow& row) = 0;
  /// Requests to SQS that the unit's owner pays for, up to `until`.
  virtual std::uint64_t queue_requests(std::uint32_t unit, TimePoint until) const = 0;

 protected:
  /// L56: how long to wait after so many throttles in a row. 1 s, 2 s, 4 s ... 5 min.
  static Duration pause_after(std::uint32_t throttles);
};

}  // namespace skyreplay::lambda
