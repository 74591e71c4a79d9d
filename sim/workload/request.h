#pragma once

#include <cstdint>

#include "core/time.h"

namespace skyreplay::workload {

/// One attempt in flight: a record of the clients' slab. The first cache line is all that most
/// requests use; the second is for those that queued or called, told by `more`.
struct alignas(64) Request {
  TimePoint arrival;        ///< of the first attempt
  TimePoint attempt;        ///< of this attempt
  Duration work{};          ///< CPU work at the reference speed
  Duration wait{};          ///< I/O time
  Duration init{};          ///< written by the service: what a cold start added to this attempt
  std::uint64_t row = 0;    ///< in the trace: the counter of its draws
  std::uint32_t flow = 0;   ///< route
  std::uint32_t place = 0;  ///< the service's own: which environment, instance or task
  std::uint32_t generation = 0;  ///< the slab's
  std::uint8_t attempts = 0;     ///< this one included
  bool counted = true;           ///< false during a warm-up
  bool abandoned = false;        ///< the client left; nobody waits for the answer
  bool more = false;             ///< whether the second line means anything

  // Of this attempt, written by the service through spent_queueing() and spent_downstream().
  Duration queue{};       ///< waited for a place
  Duration downstream{};  ///< waited for calls to other services

  void spent_queueing(Duration time) { second_line().queue += time; }
  void spent_downstream(Duration time) { second_line().downstream += time; }

 private:
  Request& second_line() {
    if (!more) {
      more = true;
      queue = downstream = Duration{};
    }
    return *this;
  }
};
static_assert(sizeof(Request) == 128);

}  // namespace skyreplay::workload
