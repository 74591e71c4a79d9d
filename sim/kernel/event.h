#pragma once

#include <cstdint>

#include "core/time.h"

namespace skyreplay::kernel {

/// Which process an event is delivered to.
using ProcessId = std::uint16_t;

/// Something that happens at an instant: a small plain value. What `kind` and `payload` mean is the
/// process's own business; a payload is an index, never a pointer.
struct Event {
  TimePoint time{};
  std::uint32_t payload = 0;
  ProcessId process = 0;
  std::uint16_t kind = 0;
  std::uint32_t slot = 0;  ///< 0: cannot be cancelled
  /// Of an event that can be cancelled, the generation of its slot when it was scheduled; of any
  /// other, a second word of the process's own.
  std::uint32_t tag = 0;
};
static_assert(sizeof(Event) == 24);

/// Names a scheduled event so that it can be cancelled. A default-constructed one names none.
struct EventId {
  std::uint32_t slot = 0;
  std::uint32_t generation = 0;
};

}  // namespace skyreplay::kernel
