#pragma once

#include <algorithm>
#include <cstdint>

#include "metrics/recorder.h"
#include "workload/request.h"

namespace skyreplay::workload {

/// Where a request's time went that was answered well at `now`.
[[gnu::always_inline]] inline metrics::LatencyParts latency_parts(const Request& request,
                                                                  TimePoint now) {
  metrics::LatencyParts parts{.init = request.init.count(),
                              .work = request.work.count(),
                              .wait = request.wait.count(),
                              .retry = (request.attempt - request.arrival).count()};
  if (request.more) {
    parts.queue = request.queue.count();
    parts.downstream = request.downstream.count();
  }
  parts.cpu_stretch = (now - request.arrival).count() - parts.sum();  // so far without it
  return parts;
}

/// Tells the recorder how a request ended at `now`, and where its time went. `attempts` is what to
/// count. REQUIRES request.is_counted().
[[gnu::always_inline]] inline void record_counted_end(metrics::Recorder& recorder,
                                                      const Request& request, TimePoint now,
                                                      metrics::Outcome outcome,
                                                      std::uint32_t attempts) {
  if (outcome != metrics::Outcome::kCompleted) [[unlikely]] {
    recorder.failed(request.flow, now, outcome, attempts);
    return;
  }
  const Duration latency = now - request.arrival;
  const std::int64_t own = request.work.count() + request.wait.count();
  recorder.completed(request.flow, now,
                     {.latency_ns = latency.count(),
                      .overhead_ns = std::max<std::int64_t>(0, latency.count() - own),
                      .attempts = attempts},
                     latency_parts(request, now));
}

/// The same of any request.
[[gnu::always_inline]] inline void record_end(metrics::Recorder& recorder, const Request& request,
                                              TimePoint now, metrics::Outcome outcome,
                                              std::uint32_t attempts) {
  if (!request.is_counted()) [[unlikely]] {
    recorder.left_uncounted(request.flow, now);
    return;
  }
  record_counted_end(recorder, request, now, outcome, attempts);
}

}  // namespace skyreplay::workload
