#include "check/evaluate.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <numeric>
#include <optional>
#include <span>
#include <utility>

#include "check/cloudwatch_metric.h"
#include "check/counts_by_metric.h"
#include "check/subject.h"
#include "core/error.h"

namespace skyreplay::check {
namespace {

using Wide = __int128;

constexpr Wide kNano = 1'000'000'000;

/// An exact number of 1e-9 units; nothing where there is nothing to measure.
struct Quotient {
  Wide numerator = 0;
  Wide denominator = 1;  ///< above 0
};
using Value = std::optional<Quotient>;

/// `numerator` / `denominator` in units of 1.
Value ratio(std::uint64_t numerator, std::uint64_t denominator) {
  if (denominator == 0) return std::nullopt;
  return Quotient{Wide{numerator} * kNano, Wide{denominator}};
}

Value whole(std::uint64_t count) { return Quotient{Wide{count} * kNano}; }

std::uint64_t size_of(std::span<const metrics::BucketCount> buckets) {
  return std::accumulate(buckets.begin(), buckets.end(), std::uint64_t{0},
                         [](std::uint64_t sum, const auto& entry) { return sum + entry.count; });
}

/// The rank-th smallest from 1 on, as its bucket's midpoint, never above `max_ns`.
Value at_rank(std::span<const metrics::BucketCount> buckets, Wide rank, std::int64_t max_ns) {
  Wide seen = 0;
  for (const metrics::BucketCount& entry : buckets) {
    seen += entry.count;
    if (seen < rank) continue;
    return Quotient{std::min(metrics::HistogramLayout::midpoint_ns(entry.bucket), max_ns)};
  }
  return std::nullopt;
}

/// The ceil(p x n)-th smallest.
Value percentile(std::span<const metrics::BucketCount> buckets, std::uint32_t percent_e4,
                 std::int64_t max_ns) {
  constexpr Wide kHundredPercent = 1'000'000;
  const Wide n{size_of(buckets)};
  return at_rank(buckets, (n * percent_e4 + kHundredPercent - 1) / kHundredPercent, max_ns);
}

/// Finds the one number that a requirement asks for.
class Evaluation {
 public:
  Evaluation(const Requirement& requirement, const Span& span)
      : requirement_(requirement), span_(span), subject_(find_subject(requirement.of, span)) {}

  Value value() const {
    switch (requirement_.form) {
      case Form::kTimes:
        return times();
      case Form::kPart:
        return part();
      case Form::kCounter:
      case Form::kTotal:
        return counter();
      case Form::kLevel:
        return level();
      case Form::kMean:
        return mean();
      case Form::kBusy:
        return utilization();
      case Form::kMoney:
        return cost();
      case Form::kEvents:
        return event_count();
      case Form::kAge:
        return event_age();
      case Form::kShare:
        return provisioned_utilization();
      case Form::kPeak:
        return concurrency();
      case Form::kDuration:
        return duration();
    }
    return std::nullopt;
  }

 private:
  const metrics::SpanRow& row() const { return subject_.row(); }
  std::string_view metric() const {
    for (const MetricRule& rule : all_metrics()) {
      if (rule.metric == requirement_.metric) return rule.name;
    }
    for (const CloudWatchMetric& named : cloudwatch_metrics()) {
      if (named.rule.metric == requirement_.metric) return named.rule.name;
    }
    return "";
  }

  [[noreturn]] void refuse(const std::string& why) const {
    throw InputError(fmt::format("{} has no {}: {}", requirement_.of, metric(), why));
  }
  [[noreturn]] void refuse_platform() const {
    std::string platforms;
    for (const ServiceSpan* service : subject_.services) {
      if (platforms.find(service->platform) != std::string::npos) continue;
      platforms += (platforms.empty() ? "" : ", ") + service->platform;
    }
    refuse(fmt::format("it has no meaning on {}", platforms));
  }
  void refuse_route() const {
    if (subject_.is_route) refuse("a route's service has it, not the route");
  }
  /// Refuses where `has` is true of no service.
  template <typename Has>
  void need(Has&& has) const {
    if (!std::ranges::any_of(subject_.services, has)) refuse_platform();
  }

  Value times() const {
    const bool is_latency = requirement_.metric == Metric::kLatency;
    const auto& buckets = is_latency ? row().latency : row().overhead;
    switch (requirement_.statistic) {
      case Statistic::kMin:
        return at_rank(buckets, 1, row().latency_max_ns);
      case Statistic::kMax:
        if (is_latency && !buckets.empty()) return Quotient{row().latency_max_ns};
        return at_rank(buckets, Wide{size_of(buckets)}, row().latency_max_ns);
      case Statistic::kPercentile:
        return percentile(buckets, requirement_.percent_e4, row().latency_max_ns);
      default:
        return part();
    }
  }

  Value part() const {
    if (requirement_.metric == Metric::kQueue) need([](auto* s) { return s->has_queue; });
    if (requirement_.metric == Metric::kInit) need([](auto* s) { return s->has_cold_starts; });
    const std::uint64_t n = row().counters.completions();
    if (requirement_.statistic == Statistic::kCount) return whole(n);
    const Wide sum{part_of(requirement_.metric, row().parts)};
    if (requirement_.statistic == Statistic::kSum) return Quotient{sum};
    if (n == 0) return std::nullopt;
    return Quotient{sum, Wide{n}};
  }

  /// Of a service whose functions are all counted as CloudWatch does.
  std::optional<metrics::FunctionCounts> counted() const {
    if (subject_.is_route) return std::nullopt;
    metrics::FunctionCounts sum;
    for (const ServiceSpan* service : subject_.services) {
      if (!service->has_lambda_metrics) return std::nullopt;
      sum += service->function;
    }
    return sum;
  }

  [[noreturn]] void refuse_uncounted() const {
    need([](auto* s) { return s->platform == "lambda"; });
    refuse("it is not counted: set recorder.lambda_metrics to true");
  }

  /// Of the Invoke phase, which ends well or not.
  Value duration() const {
    const auto counts = counted();
    if (!counts) {
      const bool is_kept = requirement_.metric == Metric::kDuration;
      if (!is_kept || requirement_.statistic == Statistic::kMax) refuse_uncounted();
      return part();
    }
    constexpr Wide kNsPerUs = 1000;
    if (requirement_.statistic == Statistic::kCount) return whole(counts->ended);
    if (requirement_.statistic == Statistic::kSum) return Quotient{kNsPerUs * counts->duration_us};
    if (counts->ended == 0) return std::nullopt;
    if (requirement_.statistic == Statistic::kMax) {
      return Quotient{kNsPerUs * counts->duration_max_us};
    }
    return Quotient{kNsPerUs * counts->duration_us, Wide{counts->ended}};
  }

  /// As CloudWatch counts them, where they are; nothing: the metric is another, or they are not.
  std::optional<Value> counted_invocations() const {
    const auto counts = counted();
    switch (requirement_.metric) {
      case Metric::kCountedInvocations:
      case Metric::kCountedErrors:
      case Metric::kCountedThrottles:
        if (!counts) refuse_uncounted();
        break;
      case Metric::kInvocations:
      case Metric::kInvocationErrors:
      case Metric::kInvocationThrottles:
        break;
      default:
        return std::nullopt;
    }
    if (!counts) return std::nullopt;
    switch (requirement_.metric) {
      case Metric::kCountedInvocations:
      case Metric::kInvocations:
        return whole(counts->invocations);
      case Metric::kCountedErrors:
      case Metric::kInvocationErrors:
        return whole(counts->errors);
      default:
        break;
    }
    if (requirement_.statistic != Statistic::kAvg) return whole(counts->throttles);
    return ratio(counts->throttles, counts->invocations + counts->throttles);
  }

  Value counter() const {
    if (const auto value = counted_invocations()) return *value;
    const metrics::Counters& counters = row().counters;
    const bool is_cold = requirement_.metric == Metric::kColdStarts;
    if (is_cold) need([](auto* s) { return s->has_cold_starts; });
    const std::uint64_t n = count_of(requirement_.metric, counters);
    if (requirement_.statistic != Statistic::kAvg) return whole(n);
    if (is_cold) return ratio(n, counters.attempts);
    // What clients see as one request may hold calls; of one service they are requests like others.
    return ratio(n, counters.arrivals + (subject_.is_everything ? 0 : counters.calls));
  }

  static std::optional<Level> level_of(Metric metric, const ServiceSpan& service) {
    if (metric == Metric::kQueueDepth) return service.queue_depth;
    if (metric == Metric::kCapacityRunning) return service.capacity_running;
    if (metric == Metric::kProvisionedExecutions) {
      if (!service.provisioned) return std::nullopt;
      return Level{service.provisioned->busy, service.provisioned->busy_max};
    }
    return service.in_flight;
  }

  Value level() const {
    refuse_route();
    std::uint64_t integral_us = 0;
    std::uint32_t max = 0;
    std::size_t having = 0;
    for (const ServiceSpan* service : subject_.services) {
      const auto level = level_of(requirement_.metric, *service);
      if (!level) continue;
      integral_us += level->integral_us;
      max = std::max(max, level->max);
      ++having;
    }
    if (having == 0) refuse_platform();
    if (requirement_.statistic == Statistic::kAvg) {
      return ratio(integral_us, static_cast<std::uint64_t>(span_.horizon.count()) / 1000);
    }
    if (having > 1) refuse("services peak at different times; name one of them for its max");
    return whole(max);
  }

  Value mean() const {
    refuse_route();
    const bool desired = requirement_.metric == Metric::kCapacityDesired;
    std::uint64_t integral_us = 0;
    bool any = false;
    for (const ServiceSpan* service : subject_.services) {
      const auto of_service = desired ? service->capacity_desired_us : service->capacity_pending_us;
      integral_us += of_service.value_or(0);
      any |= of_service.has_value();
    }
    if (!any) refuse_platform();
    return ratio(integral_us, static_cast<std::uint64_t>(span_.horizon.count()) / 1000);
  }

  static constexpr const char* kNoMemory =
      "it does not say what its tasks use of their memory: assumed.memory_base";

  /// Of all services that say what their tasks use.
  metrics::MemoryCounts memory() const {
    refuse_route();
    metrics::MemoryCounts sum;
    bool any = false;
    for (const ServiceSpan* service : subject_.services) {
      if (!service->memory) continue;
      sum.used += service->memory->used;
      sum.available += service->memory->available;
      sum.kills += service->memory->kills;
      any = true;
    }
    if (!any) refuse(kNoMemory);
    return sum;
  }

  using Share = std::pair<std::uint64_t, std::uint64_t>;

  /// What is used or reserved, and what there is; none where the service has no such metric.
  std::optional<Share> share_of(const ServiceSpan& service) const {
    switch (requirement_.metric) {
      case Metric::kMemoryUtilization:
        if (!service.memory) return std::nullopt;
        return Share{service.memory->used, service.memory->available};
      case Metric::kCpuReservation:
        if (!service.reservation) return std::nullopt;
        return Share{service.reservation->cpu_reserved, service.reservation->cpu_registered};
      case Metric::kMemoryReservation:
        if (!service.reservation) return std::nullopt;
        return Share{service.reservation->memory_reserved, service.reservation->memory_registered};
      default:
        if (!service.cpu) return std::nullopt;
        return Share{service.cpu->busy_us, service.cpu->available_us};
    }
  }

  Value utilization() const {
    refuse_route();
    Share sum{};
    bool any = false;
    for (const ServiceSpan* service : subject_.services) {
      const auto share = share_of(*service);
      sum.first += share ? share->first : 0;
      sum.second += share ? share->second : 0;
      any |= share.has_value();
    }
    if (any) return ratio(sum.first, sum.second);
    if (requirement_.metric == Metric::kMemoryUtilization) refuse(kNoMemory);
    if (requirement_.metric == Metric::kCpuUtilization) refuse_platform();
    refuse("it is of a cluster's container instances");
  }

  /// Whether the source is what the metric is about.
  static bool is_about(Metric metric, const std::string& source) {
    switch (metric) {
      case Metric::kAsyncEventsReceived:
      case Metric::kAsyncEventsDropped:
      case Metric::kAsyncEventAge:
        return source == "async";
      case Metric::kMessagesSent:
        return source == "sqs";
      case Metric::kIteratorAge:
        return source == "stream";
      default:
        return !source.empty();
    }
  }
  metrics::EventCounts events() const {
    refuse_route();
    metrics::EventCounts sum;
    bool any = false;
    for (const ServiceSpan* service : subject_.services) {
      if (!is_about(requirement_.metric, service->event_source)) continue;
      sum += service->events;
      any = true;
    }
    if (!any) refuse("nothing feeds it such events");
    return sum;
  }

  /// Of all services that have something provisioned.
  metrics::ProvisionedCounts provisioned(std::size_t& having) const {
    refuse_route();
    metrics::ProvisionedCounts sum;
    for (const ServiceSpan* service : subject_.services) {
      if (!service->provisioned) continue;
      sum.invocations += service->provisioned->invocations;
      sum.spillovers += service->provisioned->spillovers;
      sum.busy += service->provisioned->busy;
      sum.ready += service->provisioned->ready;
      sum.utilization_max_ppm =
          std::max(sum.utilization_max_ppm, service->provisioned->utilization_max_ppm);
      ++having;
    }
    if (having == 0) refuse("it has no provisioned concurrency");
    return sum;
  }

  Value provisioned_utilization() const {
    constexpr Wide kNanoPerPpm = 1000;
    std::size_t having = 0;
    const metrics::ProvisionedCounts sum = provisioned(having);
    if (requirement_.statistic == Statistic::kAvg) return ratio(sum.busy, sum.ready);
    if (having > 1) refuse("functions peak at different times; name one of them for its max");
    return Quotient{kNanoPerPpm * sum.utilization_max_ppm};
  }

  /// What is of the account stands in the row of each function.
  Value concurrency() const {
    refuse_route();
    const Metric metric = requirement_.metric;
    metrics::FunctionCounts sum;
    std::size_t having = 0;
    for (const ServiceSpan* service : subject_.services) {
      if (!service->has_lambda_metrics) continue;
      sum += service->function;
      ++having;
    }
    if (having == 0) refuse_uncounted();
    if (metric == Metric::kConcurrentExecutions) {
      if (subject_.is_everything) return whole(sum.account_concurrent_executions_max);
      if (having > 1) refuse("functions peak at different times; name one of them, or * for all");
      return whole(sum.concurrent_executions_max);
    }
    if (!subject_.is_everything) refuse("it is the account's: name *");
    return whole(metric == Metric::kClaimedAccountConcurrency
                     ? sum.claimed_account_concurrency_max
                     : sum.unreserved_concurrent_executions_max);
  }

  Value recursive_invocations_dropped() const {
    refuse_route();
    std::uint64_t sum = 0;
    bool any = false;
    for (const ServiceSpan* service : subject_.services) {
      sum += service->function.recursive_invocations_dropped;
      any |= service->is_in_loop;
    }
    if (!any) refuse("its calls do not come back to it");
    return whole(sum);
  }

  Value event_count() const {
    std::size_t having = 0;
    if (requirement_.metric == Metric::kRecursiveInvocationsDropped) {
      return recursive_invocations_dropped();
    }
    if (requirement_.metric == Metric::kOutOfMemoryKills) return whole(memory().kills);
    if (requirement_.metric == Metric::kProvisionedInvocations) {
      return whole(provisioned(having).invocations);
    }
    if (requirement_.metric == Metric::kSpilloverInvocations) {
      return whole(provisioned(having).spillovers);
    }
    const metrics::EventCounts sum = events();
    switch (requirement_.metric) {
      case Metric::kEventsReceived:
      case Metric::kAsyncEventsReceived:
      case Metric::kMessagesSent:
        return whole(sum.received);
      case Metric::kDeadLetters:
        return whole(sum.dead_letters);
      default:
        return whole(sum.dropped);
    }
  }

  Value event_age() const {
    const metrics::EventCounts sum = events();
    constexpr Wide kNsPerUs = 1000;
    if (sum.invoked == 0) return std::nullopt;
    if (requirement_.statistic == Statistic::kMax) return Quotient{kNsPerUs * sum.age_max_us};
    return Quotient{kNsPerUs * sum.age_us, Wide{sum.invoked}};
  }

  Value cost() const {
    refuse_route();
    if (subject_.is_everything) return Quotient{Wide{span_.cost_nano_usd}};
    Wide sum = 0;
    for (const ServiceSpan* service : subject_.services) sum += service->cost_nano_usd;
    return Quotient{sum};
  }

  const Requirement& requirement_;
  const Span& span_;
  Subject subject_;
};

bool holds(const Quotient& value, Comparison comparison, std::int64_t limit) {
  const Wide bound = Wide{limit} * value.denominator;
  switch (comparison) {
    case Comparison::kLess:
      return value.numerator < bound;
    case Comparison::kLessOrEqual:
      return value.numerator <= bound;
    case Comparison::kGreater:
      return value.numerator > bound;
    case Comparison::kGreaterOrEqual:
      return value.numerator >= bound;
    case Comparison::kEqual:
      return value.numerator == bound;
  }
  return false;
}

/// Half to even; what is beyond 64 bits is reported as the largest.
std::int64_t rounded(const Quotient& value) {
  const bool negative = value.numerator < 0;
  const Wide size = negative ? -value.numerator : value.numerator;
  Wide quotient = size / value.denominator;
  const Wide twice = size % value.denominator * 2;
  if (twice > value.denominator || (twice == value.denominator && quotient % 2 == 1)) ++quotient;
  constexpr Wide kMost = std::numeric_limits<std::int64_t>::max();
  const auto bounded = static_cast<std::int64_t>(std::min(quotient, kMost));
  return negative ? -bounded : bounded;
}

}  // namespace

std::int64_t wrongness(const Requirement& requirement, std::int64_t value) {
  switch (requirement.comparison) {
    case Comparison::kLess:
    case Comparison::kLessOrEqual:
      return value;
    case Comparison::kGreater:
    case Comparison::kGreaterOrEqual:
      return -value;
    case Comparison::kEqual:
      break;
  }
  return value > requirement.limit ? value - requirement.limit : requirement.limit - value;
}

Measurement evaluate(const Requirement& requirement, const Span& span) {
  const Value value = Evaluation(requirement, span).value();
  if (!value) return {};
  return {.known = true,
          .value = rounded(*value),
          .holds = holds(*value, requirement.comparison, requirement.limit)};
}

}  // namespace skyreplay::check
