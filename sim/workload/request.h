#pragma once

#include <cstdint>

#include "core/time.h"

namespace skyreplay::workload {

/// One attempt in flight: a record of the clients' slab, one cache line.
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
};
static_assert(sizeof(Request) == 64);

}  // namespace skyreplay::workload
