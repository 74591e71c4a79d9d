#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>

namespace skyreplay::sweep {

/// Calls body(0) ... body(n - 1), at most `threads` at a time, and returns when all have returned.
/// The one place that knows of threads.
///
/// **Order** Any; whatever body(i) writes must be its own, and is visible to the caller afterwards.
/// What a body throws is rethrown here: the one of the lowest index, whatever came first, so that a
/// mistake is reported the same for any number of threads. Bodies of higher indices that have not
/// begun by then are skipped. REQUIRES threads > 0.
void parallel_for(std::size_t n, std::uint32_t threads,
                  const std::function<void(std::size_t)>& body);

}  // namespace skyreplay::sweep
