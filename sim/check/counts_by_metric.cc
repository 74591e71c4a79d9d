#include "check/counts_by_metric.h"

#include "core/check.h"

namespace skyreplay::check {
namespace {

std::uint64_t outcome(const metrics::Counters& counters, metrics::Outcome which) {
  return counters.outcomes[static_cast<std::size_t>(which)];
}

/// Everything that ended otherwise than well.
std::uint64_t failures(const metrics::Counters& counters) {
  std::uint64_t sum = 0;
  for (const std::uint64_t n : counters.outcomes) sum += n;
  return sum - counters.completions();
}

std::uint64_t timeouts(const metrics::Counters& counters) {
  return outcome(counters, metrics::Outcome::kClientTimeout) +
         outcome(counters, metrics::Outcome::kServerTimeout);
}

/// Whatever failed for no other reason: the service, or one that it called.
std::uint64_t errors(const metrics::Counters& counters) {
  return failures(counters) - timeouts(counters) - outcome(counters, metrics::Outcome::kThrottle) -
         outcome(counters, metrics::Outcome::kRefused);
}

}  // namespace

std::uint64_t count_of(Metric metric, const metrics::Counters& counters) {
  switch (metric) {
    case Metric::kArrivals:
      return counters.arrivals;
    case Metric::kCalls:
      return counters.calls;
    case Metric::kAttempts:
      return counters.attempts;
    case Metric::kCompletions:
      return counters.completions();
    case Metric::kErrors:
      return errors(counters);
    case Metric::kThrottles:
    case Metric::kInvocationThrottles:
      return outcome(counters, metrics::Outcome::kThrottle);
    case Metric::kTimeouts:
      return timeouts(counters);
    case Metric::kClientTimeouts:
      return outcome(counters, metrics::Outcome::kClientTimeout);
    case Metric::kServerTimeouts:
      return outcome(counters, metrics::Outcome::kServerTimeout);
    case Metric::kRefused:
      return outcome(counters, metrics::Outcome::kRefused);
    case Metric::kFailures:
      return failures(counters);
    case Metric::kInvocations:
      return counters.attempts - outcome(counters, metrics::Outcome::kThrottle) -
             outcome(counters, metrics::Outcome::kRefused);
    case Metric::kInvocationErrors:
      return errors(counters) + outcome(counters, metrics::Outcome::kServerTimeout);
    case Metric::kColdStarts:
      return counters.cold_starts;
    default:
      break;
  }
  SKY_CHECK(false);
  return 0;
}

std::int64_t part_of(Metric metric, const metrics::LatencyParts& parts) {
  switch (metric) {
    case Metric::kLatency:
      return parts.sum();
    case Metric::kOverhead:
      return parts.sum() - parts.work - parts.wait;
    case Metric::kQueue:
      return parts.queue;
    case Metric::kInit:
      return parts.init;
    case Metric::kWork:
      return parts.work;
    case Metric::kCpuStretch:
      return parts.cpu_stretch;
    case Metric::kWait:
      return parts.wait;
    case Metric::kDownstream:
      return parts.downstream;
    case Metric::kRetry:
      return parts.retry;
    case Metric::kDuration:
      return parts.work + parts.cpu_stretch + parts.wait + parts.downstream;
    default:
      break;
  }
  SKY_CHECK(false);
  return 0;
}

}  // namespace skyreplay::check
