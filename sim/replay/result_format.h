#pragma once

#include <cstddef>
#include <cstdint>

#include "core/framed_file.h"

namespace skyreplay::replay {

/// The container of result.binpb; proto/skyreplay/result.proto says what is in each frame.
inline constexpr FrameFormat kResultFormat{"SKYR1\n", "SKYREND1", "result"};
inline constexpr std::uint32_t kResultVersion = 1;

/// Frame kinds, in the order of their sections in the file (windows and activities alternate).
enum class Section : std::uint32_t {
  kHeader = 1,
  kTable = 2,
  kProvenance = 3,
  kWindow = 4,
  kActivities = 5,
  kBill = 6,
  kSummary = 7,
  kSpans = 8,
  kFooter = 9,
};

/// A block is closed when it has grown to about this, so that writing and reading stay in cache.
inline constexpr std::size_t kBlockBytes = 256u << 10;
/// What a row is taken to add beside its histograms. Were every number of every row as long as can
/// be, a block of windows would still be below the limit, and no larger one is read.
inline constexpr std::size_t kRowBytes = 160;
inline constexpr std::size_t kMaxWindowBlockBytes = 2u << 20;

}  // namespace skyreplay::replay

/// The scalar columns of a WindowBlock: name of the field, and the member of metrics::WindowRow it
/// holds. The one list that writer and reader share.
#define SKY_RESULT_COLUMNS(COLUMN)                   \
  COLUMN(arrivals, counters.arrivals)                \
  COLUMN(calls, counters.calls)                      \
  COLUMN(attempts, counters.attempts)                \
  COLUMN(cold_starts, counters.cold_starts)          \
  COLUMN(completions, counters.outcomes[0])          \
  COLUMN(errors, counters.outcomes[1])               \
  COLUMN(throttles, counters.outcomes[2])            \
  COLUMN(client_timeouts, counters.outcomes[3])      \
  COLUMN(server_timeouts, counters.outcomes[4])      \
  COLUMN(refused, counters.outcomes[5])              \
  COLUMN(dependency_errors, counters.outcomes[6])    \
  COLUMN(queue_ns, parts.queue)                      \
  COLUMN(init_ns, parts.init)                        \
  COLUMN(work_ns, parts.work)                        \
  COLUMN(cpu_stretch_ns, parts.cpu_stretch)          \
  COLUMN(wait_ns, parts.wait)                        \
  COLUMN(downstream_ns, parts.downstream)            \
  COLUMN(retry_ns, parts.retry)                      \
  COLUMN(latency_max_ns, latency_max_ns)             \
  COLUMN(in_flight, in_flight_ns)                    \
  COLUMN(queue_depth, queue_depth_ns)                \
  COLUMN(capacity_desired, capacity_desired_ns)      \
  COLUMN(capacity_running, capacity_running_ns)      \
  COLUMN(capacity_pending, capacity_pending_ns)      \
  COLUMN(cpu_busy, cpu_busy_ns)                      \
  COLUMN(cpu_available, cpu_available_ns)            \
  COLUMN(in_flight_max, in_flight_max)               \
  COLUMN(queue_depth_max, queue_depth_max)           \
  COLUMN(capacity_running_max, capacity_running_max) \
  COLUMN(cost_nano_usd, cost_nano_usd)

/// The columns of events, which most blocks have none of: as above.
#define SKY_EVENT_COLUMNS(COLUMN)           \
  COLUMN(events_received, events.received)  \
  COLUMN(events_invoked, events.invoked)    \
  COLUMN(events_dropped, events.dropped)    \
  COLUMN(dead_letters, events.dead_letters) \
  COLUMN(event_age_us, events.age_us)       \
  COLUMN(event_age_max_us, events.age_max_us)

/// The columns of provisioned concurrency: as above.
#define SKY_PROVISIONED_COLUMNS(COLUMN)                    \
  COLUMN(provisioned_invocations, provisioned.invocations) \
  COLUMN(spillover_invocations, provisioned.spillovers)    \
  COLUMN(provisioned_busy, provisioned.busy)               \
  COLUMN(provisioned_ready, provisioned.ready)             \
  COLUMN(provisioned_busy_max, provisioned.busy_max)       \
  COLUMN(provisioned_utilization_max_ppm, provisioned.utilization_max_ppm)

/// The columns of functions as CloudWatch counts them: as above.
#define SKY_FUNCTION_COLUMNS(COLUMN)                                                          \
  COLUMN(invocations, function.invocations)                                                   \
  COLUMN(invocations_ended, function.ended)                                                   \
  COLUMN(duration_us, function.duration_us)                                                   \
  COLUMN(duration_max_us, function.duration_max_us)                                           \
  COLUMN(invocation_errors, function.errors)                                                  \
  COLUMN(invocation_throttles, function.throttles)                                            \
  COLUMN(concurrent_executions_max, function.concurrent_executions_max)                       \
  COLUMN(account_concurrent_executions_max, function.account_concurrent_executions_max)       \
  COLUMN(unreserved_concurrent_executions_max, function.unreserved_concurrent_executions_max) \
  COLUMN(claimed_account_concurrency_max, function.claimed_account_concurrency_max)           \
  COLUMN(recursive_invocations_dropped, function.recursive_invocations_dropped)

/// The columns of tasks' memory: as above.
#define SKY_MEMORY_COLUMNS(COLUMN)           \
  COLUMN(memory_used, memory.used)           \
  COLUMN(memory_available, memory.available) \
  COLUMN(out_of_memory_kills, memory.kills)

/// The columns of what is reserved of a cluster: as above.
#define SKY_RESERVATION_COLUMNS(COLUMN)                \
  COLUMN(cpu_reserved, reservation.cpu_reserved)       \
  COLUMN(cpu_registered, reservation.cpu_registered)   \
  COLUMN(memory_reserved, reservation.memory_reserved) \
  COLUMN(memory_registered, reservation.memory_registered)
