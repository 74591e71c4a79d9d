#pragma once

#include <cstdint>

#include "core/time.h"

namespace skyreplay::lambda {

/// One execution environment and its phases (L1): it serves one request at a time (L16), is busy
/// from its creation for the request that caused it (L2), and then waits for the next.
///
///     Init -> Invoke -> idle -> Invoke -> ... -> ended (idle too long, too old)
///               |         ^
///     timed out, crashed -> reset: the next Invoke runs Init again (L7)
struct Environment {
  TimePoint retires_at;     ///< its maximum age: it ends when next idle
  TimePoint billing_start;  ///< of the invocation in hand, where its request has an `init`
  TimePoint invoke_start;   ///< so too of the Invoke phase
  std::uint32_t function = 0;
  std::uint32_t ordinal = 0;  ///< among the function's environments: counter of its draws
  std::uint32_t generation = 0;
  std::uint16_t resets = 0;
  std::uint16_t memory = 0;  ///< MiB it was created with, at most 10,240 (L73)
  bool alive = false;
  bool retires =
      false;  ///< it ends when next idle: too old, or of a configuration before an update
  bool provisioned = false;  ///< it is of provisioned concurrency
};

}  // namespace skyreplay::lambda
