#pragma once

#include <cstdint>

#include "core/time.h"
#include "kernel/slab.h"

namespace skyreplay::lambda {

inline constexpr std::uint32_t kNone = ~std::uint32_t{0};

/// One execution environment and its phases (L1): it serves one request at a time (L16), is busy
/// from its creation for the request that caused it (L2), and then waits for the next.
///
///     Init -> Invoke -> idle -> Invoke -> ... -> ended (idle too long, too old)
///               |         ^
///            timed out -> reset: the next Invoke runs Init again (L7)
struct alignas(64) Environment {
  TimePoint retires_at;     ///< its maximum age: it ends when next idle
  TimePoint freed;          ///< when it last became idle
  TimePoint billing_start;  ///< of the invocation in hand: its Init where there is one, else Invoke
  std::uint32_t function = 0;
  std::uint32_t request = 0;    ///< in hand
  std::uint32_t newer = kNone;  ///< neighbors in the function's list of idle environments
  std::uint32_t older = kNone;
  std::uint32_t ordinal = 0;    ///< among the function's environments: counter of its draws
  std::uint32_t billed_ms = 0;  ///< of the invocation in hand
  std::uint32_t generation = 0;
  std::uint16_t resets = 0;
  std::uint16_t memory = 0;  ///< MiB it was created with, at most 10,240 (L73)
  bool busy = false;
  bool needs_init = false;  ///< it was reset
  bool timed_out = false;   ///< the invocation in hand will be cut by the function's timeout
};
static_assert(sizeof(Environment) == 64);

/// The idle environments of one function, linked through them, in the order they were freed.
/// **Cost** O(1) for either end and for removal from the middle.
struct IdleList {
  std::uint32_t newest = kNone;
  std::uint32_t oldest = kNone;

  bool empty() const { return newest == kNone; }

  /// A newest environment's `newer` is not kept up to date.
  void push(kernel::Slab<Environment>& all, std::uint32_t index) {
    Environment& environment = all[index];
    environment.older = newest;
    (newest == kNone ? oldest : all[newest].newer) = index;
    newest = index;
  }
  void remove(kernel::Slab<Environment>& all, std::uint32_t index) {
    const Environment& environment = all[index];
    if (index == newest) {
      newest = environment.older;
      if (index == oldest) oldest = kNone;
      return;
    }
    all[environment.newer].older = environment.older;
    (index == oldest ? oldest : all[environment.older].newer) = environment.newer;
  }
};

}  // namespace skyreplay::lambda
