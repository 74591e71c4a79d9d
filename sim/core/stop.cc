#include "core/stop.h"

#include <atomic>

#include "core/error.h"

namespace skyreplay {
namespace {

// The one mutable value of the process: a signal belongs to the process. No result depends on it,
// since a run that sees it leaves none.
std::atomic<int> stop_signal = 0;
static_assert(std::atomic<int>::is_always_lock_free, "set from a signal handler");

}  // namespace

void request_stop(int signal) noexcept { stop_signal.store(signal, std::memory_order_relaxed); }

void throw_if_stopped() {
  const int signal = stop_signal.load(std::memory_order_relaxed);
  if (signal != 0) [[unlikely]]
    throw Interrupted(signal);
}

}  // namespace skyreplay
