#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "core/time.h"
#include "metrics/histogram_layout.h"

namespace skyreplay::metrics {

/// Where a request's latency went; the parts add up to it exactly (integer nanoseconds).
struct LatencyParts {
  std::int64_t queue = 0;  ///< waiting for a place
  std::int64_t init = 0;   ///< cold start: platform time and Init
  std::int64_t work = 0;   ///< its own CPU work at the reference speed
  std::int64_t cpu_stretch =
      0;                        ///< what a slower or shared CPU added (negative where it is faster)
  std::int64_t wait = 0;        ///< its own I/O time
  std::int64_t downstream = 0;  ///< calls to other services
  std::int64_t retry = 0;       ///< earlier attempts and the backoff between them

  constexpr std::int64_t sum() const {
    return queue + init + work + cpu_stretch + wait + downstream + retry;
  }
  constexpr LatencyParts& operator+=(const LatencyParts& o) {
    queue += o.queue;
    init += o.init;
    work += o.work;
    cpu_stretch += o.cpu_stretch;
    wait += o.wait;
    downstream += o.downstream;
    retry += o.retry;
    return *this;
  }
};

/// The parts of some latencies, summed up, without the one that is what they leave of these.
struct LatencySums {
  std::int64_t work = 0;
  std::int64_t wait = 0;
  std::int64_t queue = 0;
  std::int64_t init = 0;
  std::int64_t downstream = 0;
  std::int64_t retry = 0;

  static constexpr LatencySums of(const LatencyParts& parts) {
    return {.work = parts.work,
            .wait = parts.wait,
            .queue = parts.queue,
            .init = parts.init,
            .downstream = parts.downstream,
            .retry = parts.retry};
  }
  constexpr LatencyParts parts_of(std::int64_t latency) const {
    LatencyParts parts{.queue = queue,
                       .init = init,
                       .work = work,
                       .wait = wait,
                       .downstream = downstream,
                       .retry = retry};
    parts.cpu_stretch = latency - parts.sum();
    return parts;
  }
};

/// How a client's request ended. Exactly one of them, or still in flight at the end.
enum class Outcome : std::uint8_t {
  kCompleted,
  kError,          ///< the service failed (a 5xx of its own)
  kThrottle,       ///< 429 on the last attempt
  kClientTimeout,  ///< the client gave up
  kServerTimeout,  ///< the function's own limit cut it
  kRefused,        ///< no place and no room to wait
  kDependency,     ///< a service it called failed; counted among errors
};
inline constexpr std::size_t kOutcomes = 7;

/// Counters that only ever add, of a window or a span. Outcomes are those of arrivals and calls.
struct Counters {
  std::uint64_t arrivals = 0;  ///< of clients' requests
  std::uint64_t calls = 0;     ///< from other services
  std::uint64_t attempts = 0;  ///< of clients' requests, and one of each call
  std::uint64_t cold_starts = 0;
  std::uint64_t outcomes[kOutcomes] = {};

  std::uint64_t completions() const { return outcomes[0]; }
  Counters& operator+=(const Counters& o) {
    arrivals += o.arrivals;
    calls += o.calls;
    attempts += o.attempts;
    cold_starts += o.cold_starts;
    for (std::size_t i = 0; i < kOutcomes; ++i) outcomes[i] += o.outcomes[i];
    return *this;
  }
};

/// No time is beyond 285 years, whatever a file says.
inline std::int64_t us_to_ns(std::uint64_t us) {
  constexpr std::uint64_t kMost = 9'000'000'000'000'000;
  return static_cast<std::int64_t>(std::min(us, kMost)) * 1000;
}

/// Events that a function is fed by a queue or a stream, of a window or a span. All 0 for others.
struct EventCounts {
  std::uint64_t received = 0;      ///< taken on by the queue or stream
  std::uint64_t invoked = 0;       ///< handed to the function, again each time
  std::uint64_t dropped = 0;       ///< given up
  std::uint64_t dead_letters = 0;  ///< of those, kept by a dead-letter queue or a destination
  std::uint64_t age_us = 0;        ///< when handed over, each rounded down: their sum
  std::uint64_t age_max_us = 0;

  bool any() const { return (received | invoked | dropped) != 0; }
  /// To the nearest microsecond, half up. REQUIRES invoked > 0.
  std::int64_t age_mean_ns() const { return us_to_ns((age_us + invoked / 2) / invoked); }
  std::int64_t age_max_ns() const { return us_to_ns(age_max_us); }
  void handed_over(Duration age) {
    const auto us = static_cast<std::uint64_t>(age.count()) / 1000;
    ++invoked;
    age_us += us;
    age_max_us = std::max(age_max_us, us);
  }
  EventCounts& operator+=(const EventCounts& o) {
    received += o.received;
    invoked += o.invoked;
    dropped += o.dropped;
    dead_letters += o.dead_letters;
    age_us += o.age_us;
    age_max_us = std::max(age_max_us, o.age_max_us);
    return *this;
  }
};

/// What a function has provisioned, of a window or a span (L100). All 0 where it has nothing.
struct ProvisionedCounts {
  std::uint64_t invocations = 0;  ///< that began on it
  std::uint64_t spillovers = 0;   ///< that began elsewhere
  std::uint64_t busy = 0;         ///< time integral of its environments that serve
  std::uint64_t ready = 0;        ///< so too of those that are ready, busy ones among them
  std::uint32_t busy_max = 0;
  std::uint32_t utilization_max_ppm = 0;  ///< the largest busy / ready

  bool any() const { return (invocations | spillovers | ready) != 0; }
};

/// A function as CloudWatch counts it, of a window or a span, where that is asked for: invocations
/// rather than requests (L100), the largest concurrency (L42, L43), and always what recursive loop
/// detection stopped (L67). What is of the account stands in the row of each of its functions. All
/// 0 for others.
struct FunctionCounts {
  std::uint64_t invocations = 0;      ///< that began
  std::uint64_t ended = 0;            ///< of these and of earlier ones
  std::uint64_t duration_us = 0;      ///< of those that ended, each rounded down: their sum
  std::uint64_t duration_max_us = 0;  ///< so too
  std::uint64_t errors = 0;           ///< of those that ended
  std::uint64_t throttles = 0;
  std::uint32_t concurrent_executions_max = 0;          ///< of the function
  std::uint32_t account_concurrent_executions_max = 0;  ///< of all functions
  std::uint32_t unreserved_concurrent_executions_max = 0;
  std::uint32_t claimed_account_concurrency_max = 0;
  std::uint64_t recursive_invocations_dropped = 0;

  bool any() const {
    return (invocations | ended | throttles | concurrent_executions_max |
            claimed_account_concurrency_max | account_concurrent_executions_max |
            recursive_invocations_dropped) != 0;
  }
  /// To the nearest microsecond, half up; 0 where none ended.
  std::int64_t duration_mean_ns() const {
    return ended == 0 ? 0 : us_to_ns((duration_us + ended / 2) / ended);
  }
  std::int64_t duration_max_ns() const { return us_to_ns(duration_max_us); }
  FunctionCounts& operator+=(const FunctionCounts& o) {
    const auto raise = [](auto& max, auto other) { max = std::max(max, other); };
    invocations += o.invocations;
    ended += o.ended;
    duration_us += o.duration_us;
    raise(duration_max_us, o.duration_max_us);
    errors += o.errors;
    throttles += o.throttles;
    raise(concurrent_executions_max, o.concurrent_executions_max);
    raise(account_concurrent_executions_max, o.account_concurrent_executions_max);
    raise(unreserved_concurrent_executions_max, o.unreserved_concurrent_executions_max);
    raise(claimed_account_concurrency_max, o.claimed_account_concurrency_max);
    recursive_invocations_dropped += o.recursive_invocations_dropped;
    return *this;
  }
};

/// Memory of tasks that say what they use of it (C93), of a window or a span. All 0 for others.
struct MemoryCounts {
  std::uint64_t used = 0;       ///< an integral, MiB x ns or MiB x us
  std::uint64_t available = 0;  ///< so too
  std::uint64_t kills = 0;      ///< tasks that wanted more than they had (C4)

  bool any() const { return (used | available | kills) != 0; }
};

/// What tasks reserve of a cluster's container instances, and what is registered there (C123), of a
/// window or a span: integrals, CPU units x ms and MiB x ms. All 0 for others.
struct ReservationCounts {
  std::uint64_t cpu_reserved = 0;
  std::uint64_t cpu_registered = 0;
  std::uint64_t memory_reserved = 0;
  std::uint64_t memory_registered = 0;

  bool any() const {
    return (cpu_reserved | cpu_registered | memory_reserved | memory_registered) != 0;
  }
};

/// One service in one window, as the recorder hands it to the result file. Spans are valid during
/// the call only.
struct WindowRow {
  std::uint32_t service = 0;
  Counters counters;
  LatencyParts parts;                    ///< sums over completed requests
  std::int64_t latency_max_ns = 0;       ///< over completed requests
  std::span<const BucketCount> latency;  ///< completed requests, buckets ascending
  std::span<const BucketCount> overhead;
  /// Time integrals over the window, in units x nanoseconds; divide by the window's length.
  std::uint64_t in_flight_ns = 0;
  std::uint64_t queue_depth_ns = 0;
  std::uint64_t capacity_desired_ns = 0;
  std::uint64_t capacity_running_ns = 0;
  std::uint64_t capacity_pending_ns = 0;
  std::uint64_t cpu_busy_ns = 0;       ///< vCPU x ns spent working
  std::uint64_t cpu_available_ns = 0;  ///< vCPU x ns in service
  /// Attempts inside or queued at servers, those whose client has left among them. For the verdict:
  /// not kept in the result.
  std::uint64_t outstanding_ns = 0;
  std::uint32_t in_flight_max = 0;
  std::uint32_t queue_depth_max = 0;
  std::uint32_t capacity_running_max = 0;
  std::int64_t cost_nano_usd = 0;  ///< bill(window end) - bill(window start)
  EventCounts events{};
  ProvisionedCounts provisioned{};  ///< integrals in ns
  FunctionCounts function{};
  MemoryCounts memory{};  ///< integrals in ns
  ReservationCounts reservation{};
};

/// A window [start, end). The first and last of a run may be short.
struct Window {
  TimePoint start;
  TimePoint end;
};

/// The requests of one octave of latency: where the slow ones spent their time.
struct OctaveParts {
  std::uint32_t octave = 0;
  std::uint64_t count = 0;
  LatencyParts parts;
};

/// One service, one route, or everything, over the whole span (warm-up left out).
struct SpanRow {
  Counters counters;
  LatencyParts parts;
  std::int64_t latency_max_ns = 0;
  std::vector<BucketCount> latency;
  std::vector<BucketCount> overhead;
  std::vector<OctaveParts> octaves;  ///< ascending
  std::uint64_t in_flight_at_end = 0;
};

}  // namespace skyreplay::metrics
