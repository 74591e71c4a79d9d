#pragma once

#include <cstdint>

#include "core/time.h"
#include "kernel/slab.h"

namespace skyreplay::compute {

inline constexpr std::uint32_t kNoJob = ~std::uint32_t{0};

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
  std::uint32_t next = kNoJob;
  std::uint32_t previous = kNoJob;
  std::uint32_t generation = 0;
};
static_assert(sizeof(Job) == 64);

/// Jobs in the order they joined, linked through them. **Cost** O(1), no memory of its own.
struct JobList {
  std::uint32_t head = kNoJob;
  std::uint32_t tail = kNoJob;

  bool empty() const { return head == kNoJob; }

  void push_back(kernel::Slab<Job>& jobs, std::uint32_t job) {
    jobs[job].next = kNoJob;
    jobs[job].previous = tail;
    (tail == kNoJob ? head : jobs[tail].next) = job;
    tail = job;
  }
  void remove(kernel::Slab<Job>& jobs, std::uint32_t job) {
    const auto [next, previous] = std::pair(jobs[job].next, jobs[job].previous);
    (previous == kNoJob ? head : jobs[previous].next) = next;
    (next == kNoJob ? tail : jobs[next].previous) = previous;
  }
  /// REQUIRES not empty.
  std::uint32_t pop_front(kernel::Slab<Job>& jobs) {
    const std::uint32_t job = head;
    remove(jobs, job);
    return job;
  }
};

}  // namespace skyreplay::compute
