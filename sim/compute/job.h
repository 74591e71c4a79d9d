#pragma once

#include <cstdint>

#include "core/time.h"
#include "kernel/slab.h"

namespace skyreplay::compute {

/// A request at a server.
///
///     queued -> working -> calling -> waiting -> gone
///
/// Where nothing is shared (is_exclusive), working and waiting are one stretch of known length.
struct alignas(64) Job {
  Duration work{};  ///< at the reference core
  Duration wait{};
  /// Queued: since when. In service at an exclusive server: when its work is done.
  TimePoint mark;
  std::uint32_t server = 0;
  std::uint32_t tag = 0;  ///< the owner's name for it
  std::uint32_t next = 0;
  std::uint32_t previous = 0;
  std::uint32_t generation = 0;
};
static_assert(sizeof(Job) == 64);

/// A server's jobs in the order they were admitted, in a ring through a record that stands before
/// the first and after the last, so that nothing depends on what is empty. **Cost** O(1).
namespace job_ring {

inline void open(kernel::Slab<Job>& jobs, std::uint32_t ring) {
  jobs[ring].next = ring;
  jobs[ring].previous = ring;
}
inline void push_back(kernel::Slab<Job>& jobs, std::uint32_t ring, std::uint32_t job) {
  const std::uint32_t last = jobs[ring].previous;
  jobs[job].next = ring;
  jobs[job].previous = last;
  jobs[last].next = job;
  jobs[ring].previous = job;
}
inline void remove(kernel::Slab<Job>& jobs, std::uint32_t job) {
  const std::uint32_t next = jobs[job].next;
  const std::uint32_t previous = jobs[job].previous;
  jobs[previous].next = next;
  jobs[next].previous = previous;
}

}  // namespace job_ring
}  // namespace skyreplay::compute
