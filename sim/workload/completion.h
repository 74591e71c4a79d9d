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

/// Where an event's latency went, at its end: what its source held it back is `queue`, and lies
/// before its last attempt, not in it.
inline metrics::LatencyParts event_parts(const Request& request, TimePoint now) {
  metrics::LatencyParts parts = latency_parts(request, now);
  parts.retry -= parts.queue;
  parts.cpu_stretch += parts.queue;
  return parts;
}

/// Of any request, for whoever watches.
inline metrics::LatencyParts parts_of(const Request& request, TimePoint now) {
  return request.awaited == Awaited::kBySource ? event_parts(request, now)
                                               : latency_parts(request, now);
}

/// As record_end(), of an event.
inline void record_event_end(metrics::Recorder& recorder, const Request& request, TimePoint now,
                             metrics::Outcome outcome) {
  if (!request.is_counted()) {
    recorder.left_uncounted(request.flow, now);
  } else if (outcome != metrics::Outcome::kCompleted) {
    recorder.failed(request.flow, now, outcome, request.attempts);
  } else {
    const metrics::LatencyParts parts = event_parts(request, now);
    const std::int64_t latency = (now - request.arrival).count();
    const std::int64_t own = parts.work + parts.wait;
    recorder.completed(request.flow, now,
                       {.latency_ns = latency,
                        .overhead_ns = std::max<std::int64_t>(0, latency - own),
                        .attempts = request.attempts},
                       parts);
  }
}

/// As record_counted_end(), of any request but an event.
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
