#pragma once

#include <cstdint>

#include "core/time.h"

namespace skyreplay::compute {

// Where a request is inside a server, beside ProcessorSharing. `tag` is the owner's name for it,
// and `ordinal` says in which order requests entered their server: it may wrap, as no two inside
// are 2^31 apart.

/// A worker of a server where nothing is shared (is_exclusive). Two fill a cache line.
struct alignas(32) Worker {
  /// When its request leaves; kEndOfTime where it has none. Tells its event from those of requests
  /// that were dropped; two of one instant would do the same.
  TimePoint finish = kEndOfTime;
  TimePoint worked{};  ///< when the work of its request is done; in the past where it has none
  std::uint32_t tag = 0;
  std::uint32_t ordinal = 0;
  std::uint32_t next = 0;  ///< idle: the next idle one of its server
};
static_assert(sizeof(Worker) == 32);

/// A request that has done its work at a server where vCPUs are shared, or has none to do.
struct alignas(32) Job {
  Duration wait{};
  std::uint32_t tag = 0;
  std::uint32_t ordinal = 0;
  std::uint32_t server = 0;
  std::uint32_t generation = 0;  ///< the slab's
  bool inside = false;
};
static_assert(sizeof(Job) == 32);

}  // namespace skyreplay::compute
