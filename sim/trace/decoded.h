#pragma once

#include <cstddef>
#include <memory>

#include "trace/transform.h"

namespace skyreplay::trace {

/// A trace decoded into memory, so that many runs share one pass over it: 20 bytes a request, and 8
/// each for waits and for bytes where the trace has them.
///
/// Reads `opener`'s trace once, if it fits `max_bytes`; returns what opens it from memory, any
/// number at a time on any threads, with the same rows and the same info. Empty where it does not
/// fit. The rarer columns, which no run reads, are not carried.
Opener decoded(const Opener& opener, std::size_t max_bytes);

}  // namespace skyreplay::trace
