#include "check/metric.h"

#include <algorithm>

namespace skyreplay::check {

const std::vector<MetricRule>& all_metrics() {
  static const std::vector<MetricRule> rules = {
      {"latency", Metric::kLatency, Form::kTimes},
      {"overhead", Metric::kOverhead, Form::kTimes},
      {"queue", Metric::kQueue, Form::kPart},
      {"init", Metric::kInit, Form::kPart},
      {"work", Metric::kWork, Form::kPart},
      {"cpu_stretch", Metric::kCpuStretch, Form::kPart},
      {"wait", Metric::kWait, Form::kPart},
      {"downstream", Metric::kDownstream, Form::kPart},
      {"retry", Metric::kRetry, Form::kPart},
      {"arrivals", Metric::kArrivals, Form::kTotal},
      {"calls", Metric::kCalls, Form::kTotal},
      {"attempts", Metric::kAttempts, Form::kTotal},
      {"completions", Metric::kCompletions, Form::kCounter},
      {"errors", Metric::kErrors, Form::kCounter},
      {"throttles", Metric::kThrottles, Form::kCounter},
      {"timeouts", Metric::kTimeouts, Form::kCounter},
      {"client_timeouts", Metric::kClientTimeouts, Form::kCounter},
      {"server_timeouts", Metric::kServerTimeouts, Form::kCounter},
      {"refused", Metric::kRefused, Form::kCounter},
      {"failures", Metric::kFailures, Form::kCounter},
      {"cold_starts", Metric::kColdStarts, Form::kCounter},
      {"queue_depth", Metric::kQueueDepth, Form::kLevel},
      {"in_flight", Metric::kInFlight, Form::kLevel},
      {"capacity_desired", Metric::kCapacityDesired, Form::kMean},
      {"capacity_running", Metric::kCapacityRunning, Form::kLevel},
      {"capacity_pending", Metric::kCapacityPending, Form::kMean},
      {"cpu_utilization", Metric::kCpuUtilization, Form::kBusy},
      {"memory_utilization", Metric::kMemoryUtilization, Form::kBusy},
      {"out_of_memory_kills", Metric::kOutOfMemoryKills, Form::kEvents},
      {"cpu_reservation", Metric::kCpuReservation, Form::kBusy},
      {"memory_reservation", Metric::kMemoryReservation, Form::kBusy},
      {"cost", Metric::kCost, Form::kMoney},
      {"events_received", Metric::kEventsReceived, Form::kEvents},
      {"events_dropped", Metric::kEventsDropped, Form::kEvents},
      {"dead_letters", Metric::kDeadLetters, Form::kEvents},
      {"event_age", Metric::kEventAge, Form::kAge},
      {"provisioned_invocations", Metric::kProvisionedInvocations, Form::kEvents},
      {"spillover_invocations", Metric::kSpilloverInvocations, Form::kEvents},
      {"provisioned_utilization", Metric::kProvisionedUtilization, Form::kShare},
      {"invocations", Metric::kCountedInvocations, Form::kTotal},
      {"invocation_errors", Metric::kCountedErrors, Form::kTotal},
      {"invocation_throttles", Metric::kCountedThrottles, Form::kTotal},
      {"duration", Metric::kCountedDuration, Form::kDuration},
      {"concurrent_executions", Metric::kConcurrentExecutions, Form::kPeak},
      {"unreserved_concurrent_executions", Metric::kUnreservedConcurrentExecutions, Form::kPeak},
      {"claimed_account_concurrency", Metric::kClaimedAccountConcurrency, Form::kPeak},
      {"recursive_invocations_dropped", Metric::kRecursiveInvocationsDropped, Form::kEvents},
  };
  return rules;
}

const MetricRule* find_metric(std::string_view name) {
  const auto found = std::ranges::find(all_metrics(), name, &MetricRule::name);
  return found == all_metrics().end() ? nullptr : &*found;
}

bool has_statistic(Form form, Statistic statistic) {
  using S = Statistic;
  switch (form) {
    case Form::kTimes:
      return true;
    case Form::kPart:
    case Form::kCounter:
      return statistic == S::kAvg || statistic == S::kSum || statistic == S::kCount;
    case Form::kTotal:
    case Form::kEvents:
      return statistic == S::kSum || statistic == S::kCount;
    case Form::kLevel:
    case Form::kAge:
    case Form::kShare:
      return statistic == S::kAvg || statistic == S::kMax;
    case Form::kMean:
    case Form::kBusy:
      return statistic == S::kAvg;
    case Form::kMoney:
      return statistic == S::kSum;
    case Form::kPeak:
      return statistic == S::kMax;
    case Form::kDuration:
      return statistic != S::kMin && statistic != S::kPercentile;
  }
  return false;
}

Unit unit_of(Form form, Statistic statistic) {
  switch (form) {
    case Form::kTimes:
    case Form::kPart:
    case Form::kDuration:
      return statistic == Statistic::kCount ? Unit::kCount : Unit::kSeconds;
    case Form::kCounter:
      return statistic == Statistic::kAvg ? Unit::kShare : Unit::kCount;
    case Form::kBusy:
    case Form::kShare:
      return Unit::kShare;
    case Form::kMoney:
      return Unit::kUsd;
    case Form::kAge:
      return Unit::kSeconds;
    case Form::kTotal:
    case Form::kEvents:
    case Form::kLevel:
    case Form::kMean:
    case Form::kPeak:
      break;
  }
  return Unit::kCount;
}

std::string_view statistics_of(Form form) {
  switch (form) {
    case Form::kTimes:
      return "avg, min, max, sum, count and percentiles such as p99";
    case Form::kPart:
      return "avg, sum and count";
    case Form::kCounter:
      return "avg (its share), sum and count";
    case Form::kTotal:
    case Form::kEvents:
      return "sum and count";
    case Form::kLevel:
    case Form::kAge:
    case Form::kShare:
      return "avg and max";
    case Form::kMean:
    case Form::kBusy:
      return "avg";
    case Form::kMoney:
      return "sum";
    case Form::kPeak:
      return "max";
    case Form::kDuration:
      return "avg, max, sum and count";
  }
  return "";
}

}  // namespace skyreplay::check
