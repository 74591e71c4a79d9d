#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace skyreplay::check {

/// What a requirement can be about: a column of timeline.csv without its statistic, and sums of
/// such columns that people ask for, docs/compare.md lists what each is; or by the name that
/// CloudWatch has for it (cloudwatch_metric.h).
enum class Metric : std::uint8_t {
  kLatency,
  kOverhead,
  kQueue,
  kInit,
  kWork,
  kCpuStretch,
  kWait,
  kDownstream,
  kRetry,
  kArrivals,
  kCalls,
  kAttempts,
  kCompletions,
  kErrors,
  kThrottles,
  kTimeouts,
  kClientTimeouts,
  kServerTimeouts,
  kRefused,
  kFailures,  ///< errors, throttles, timeouts and refused together
  kColdStarts,
  kQueueDepth,
  kInFlight,
  kCapacityDesired,
  kCapacityRunning,
  kCapacityPending,
  kCpuUtilization,
  kMemoryUtilization,
  kOutOfMemoryKills,
  kCpuReservation,
  kMemoryReservation,
  kEventsReceived,
  kEventsDropped,
  kDeadLetters,
  kEventAge,
  kProvisionedInvocations,
  kSpilloverInvocations,
  kProvisionedUtilization,
  kConcurrentExecutions,
  kUnreservedConcurrentExecutions,
  kClaimedAccountConcurrency,
  kRecursiveInvocationsDropped,
  // As CloudWatch counts functions, where that is asked for.
  kCountedInvocations,
  kCountedErrors,
  kCountedThrottles,
  kCountedDuration,
  kCost,
  // Only CloudWatch has a name for these.
  kDuration,     ///< of an invocation: work, CPU stretch, wait and calls
  kInvocations,  ///< requests that a function took on
  kInvocationThrottles,
  kInvocationErrors,  ///< those that ended in its error or its own timeout
  kAsyncEventsReceived,
  kAsyncEventsDropped,
  kAsyncEventAge,
  kMessagesSent,
  kIteratorAge,
  kProvisionedExecutions,
};

enum class Statistic : std::uint8_t { kAvg, kMin, kMax, kSum, kCount, kPercentile };

/// What a value is counted in. Every value and limit is an integer of 1e-9 of it.
enum class Unit : std::uint8_t { kCount, kSeconds, kShare, kUsd };

/// Metrics of one form have the same statistics.
enum class Form : std::uint8_t {
  kTimes,     ///< a histogram and exact sum: every statistic
  kPart,      ///< of latency, a sum over completed requests: avg, sum, count
  kCounter,   ///< sum and count; avg is its share
  kTotal,     ///< sum and count
  kLevel,     ///< over time: avg and max
  kMean,      ///< over time: avg
  kBusy,      ///< a share of time: avg
  kMoney,     ///< sum
  kEvents,    ///< of a function's events, a count: sum and count
  kAge,       ///< of events: avg and max
  kShare,     ///< of what there is, over time: avg and max
  kPeak,      ///< of functions' concurrency: max
  kDuration,  ///< of invocations: avg, sum, count, max
};

struct MetricRule {
  std::string_view name;
  Metric metric;
  Form form;
};

/// Every metric, in the order of the timeline's columns.
const std::vector<MetricRule>& all_metrics();
/// nullptr if there is none of that name.
const MetricRule* find_metric(std::string_view name);

/// Whether the metric has the statistic, and in which unit it is then.
bool has_statistic(Form form, Statistic statistic);
Unit unit_of(Form form, Statistic statistic);
/// "avg, sum and count": for messages.
std::string_view statistics_of(Form form);

}  // namespace skyreplay::check
