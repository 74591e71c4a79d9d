#pragma once

#include <algorithm>
#include <cstdint>

#include "metrics/recorder.h"
#include "workload/request.h"

namespace skyreplay::workload {

/// Tells the recorder how a request ended at `now`, and where its time went. `attempts` is what to
/// count.
[[gnu::always_inline]] inline void record_end(metrics::Recorder& recorder, const Request& request,
                                              TimePoint now, metrics::Outcome outcome,
                                              std::uint32_t attempts) {
  if (!request.counted) [[unlikely]] {
    recorder.left_uncounted(request.flow, now);
    return;
  }
  if (outcome != metrics::Outcome::kCompleted) [[unlikely]] {
    recorder.failed(request.flow, now, outcome, attempts);
    return;
  }
  const Duration latency = now - request.arrival;
  const std::int64_t own = request.work.count() + request.wait.count();
  metrics::LatencyParts parts{.init = request.init.count(),
                              .work = request.work.count(),
                              .wait = request.wait.count(),
                              .retry = (request.attempt - request.arrival).count()};
  if (request.more) {
    parts.queue = request.queue.count();
    parts.downstream = request.downstream.count();
  }
  parts.cpu_stretch = latency.count() - parts.sum();  // so far without it
  recorder.completed(request.flow, now,
                     {.latency_ns = latency.count(),
                      .overhead_ns = std::max<std::int64_t>(0, latency.count() - own),
                      .attempts = attempts},
                     parts);
}

}  // namespace skyreplay::workload
