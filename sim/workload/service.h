#pragma once

#include <cstdint>

#include "core/time.h"
#include "workload/request.h"

namespace skyreplay::workload {

/// What a service says to an attempt at once.
enum class Admission : std::uint8_t { kAccepted, kThrottled, kRefused };

struct Admitted {
  Admission admission = Admission::kAccepted;
  /// When the answer will come, where that is known at admission; kEndOfTime where it is not.
  TimePoint finish = kEndOfTime;
};

/// Whether the calls that a request made went well.
enum class Called : std::uint8_t { kWell, kFailed };

/// What requests are sent to. One object may stand for many services (all functions of a region);
/// `unit` says which.
class Service {
 public:
  virtual ~Service() = default;
  /// An attempt arrives now. Once accepted, the service answers it through Clients::answer()
  /// exactly once, later. `index` names the request's record, `request` is that record; the service
  /// may write its `init` and `place`.
  virtual Admitted admit(std::uint32_t unit, std::uint32_t index, Request& request) = 0;
  /// An attempt that is no arrival is about to be admitted: what ends by itself at this instant
  /// ends before it (L11), though its event may be due after the attempt's.
  virtual void end_what_is_due(std::uint32_t) {}
  /// The calls that the service had begun for a request (Calls::begin) are over: the request goes
  /// on with its wait, or fails.
  virtual void resume(std::uint32_t unit, std::uint32_t index, Called called) = 0;
  /// An attempt for this unit will arrive shortly, most likely: a chance to prefetch. Changes no
  /// result.
  virtual void expect(std::uint32_t) {}
};

}  // namespace skyreplay::workload
