#include "balancing/fleet_metrics.h"

#include <algorithm>
#include <utility>

namespace skyreplay::balancing {
namespace {

metrics::Datapoint one(double value) {
  metrics::Datapoint datapoint;
  datapoint.add(value);
  return datapoint;
}

metrics::Datapoint in_seconds(const metrics::Datapoint& ns) {
  return {ns.sum / 1e9, ns.minimum / 1e9, ns.maximum / 1e9, ns.sample_count};
}

/// compute::CpuTime or MemoryTime; 0 of nothing.
double percent(compute::CpuTime part, compute::CpuTime whole) {
  return whole == 0 ? 0 : 100.0 * static_cast<double>(part) / static_cast<double>(whole);
}

TimePoint next_multiple(TimePoint time, Duration unit) {
  return time - time.time_since_epoch() % unit + unit;
}

}  // namespace

FleetMetrics::FleetMetrics(Fleet& fleet, std::vector<Watched> watched, Duration warmup,
                           TimePoint start)
    : fleet_(fleet), watched_(std::move(watched)), warmup_(warmup), start_(start) {
  for (std::uint32_t i = 0; i < watched_.size(); ++i) {
    if (watched_[i].metric == FleetMetric::kExpression) continue;
    const Source source = source_of(watched_[i].metric);
    const auto same = [&](const Sampler& sampler) {
      return sampler.source == source && sampler.period == watched_[i].period;
    };
    auto sampler = std::find_if(samplers_.begin(), samplers_.end(), same);
    if (sampler == samplers_.end()) {
      const Duration period = watched_[i].period;
      samplers_.push_back({source, period, next_multiple(start, period), {}});
      sampler = samplers_.end() - 1;
    }
    sampler->watched.push_back(i);
  }
  for (const Sampler& sampler : samplers_) {
    if (sampler.source == Source::kBalancer) fleet_.traffic().measure_requests(sampler.end);
    if (sampler.source == Source::kInstances) fleet_.traffic().measure_network(sampler.end);
  }
}

FleetMetrics::Source FleetMetrics::source_of(FleetMetric metric) {
  if (metric <= FleetMetric::kNetworkOut) return Source::kInstances;
  if (metric == FleetMetric::kCpuUsageActive) return Source::kAgents;
  return metric <= FleetMetric::kTarget5xx ? Source::kBalancer : Source::kGroup;
}

bool FleetMetrics::samples_instances() const {
  return std::any_of(samplers_.begin(), samplers_.end(),
                     [](const Sampler& sampler) { return is_of_instances(sampler.source); });
}

TimePoint FleetMetrics::next() const {
  TimePoint next = kEndOfTime;
  for (const Sampler& sampler : samplers_) next = std::min(next, sampler.end);
  return next;
}

FleetMetrics::Mark FleetMetrics::mark(std::uint32_t server, TimePoint now) const {
  return {fleet_.servers().cpu_busy(server, now), fleet_.servers().cpu_available(server, now),
          fleet_.memory().until(server, now)};
}

void FleetMetrics::warmed_up(std::uint32_t member, std::uint32_t server, TimePoint now) {
  for (Sampler& sampler : samplers_) {
    if (!is_of_instances(sampler.source)) continue;
    if (sampler.marks.size() <= member) sampler.marks.resize(member + std::size_t{1});
    sampler.marks[member] = mark(server, now);
  }
}

void FleetMetrics::measure(Sampler& sampler, TimePoint end, const scaling::CapacityBounds& bounds) {
  datapoints_.assign(sampler.watched.size(), {});
  if (is_of_instances(sampler.source)) return measure_instances(sampler, end);
  if (sampler.source == Source::kBalancer) return measure_balancer(sampler);
  for (std::size_t i = 0; i < sampler.watched.size(); ++i) {
    datapoints_[i] = one(gauge(watched_[sampler.watched[i]].metric, bounds));
  }
}

void FleetMetrics::measure_instances(Sampler& sampler, TimePoint end) {
  samples_.clear();
  fleet_.for_each_member([&](std::uint32_t member, const Fleet::MemberState& state) {
    if (!state.has_server) return;
    Sample sample{.ordinal = state.ordinal, .cpu = 0, .memory = 0, .bytes = {}};
    if (sampler.source == Source::kInstances) {
      sample.bytes = fleet_.traffic().take_network(state.server);
    }
    if (state.is_draining || state.serves_since + warmup_ >= end) return;
    const Mark now = mark(state.server, end);
    const Mark before = std::exchange(sampler.marks[member], now);
    sample.cpu = percent(now.busy - before.busy, now.available - before.available);
    sample.memory = percent(now.memory.used - before.memory.used,
                            now.memory.available - before.memory.available);
    samples_.push_back(sample);
  });
  if (sampler.source == Source::kInstances) fleet_.traffic().measure_network(sampler.end);
  std::sort(samples_.begin(), samples_.end(),
            [](const Sample& a, const Sample& b) { return a.ordinal < b.ordinal; });
  for (std::size_t i = 0; i < sampler.watched.size(); ++i) {
    const FleetMetric metric = watched_[sampler.watched[i]].metric;
    for (const Sample& sample : samples_) datapoints_[i].add(value(sample, metric));
  }
}

double FleetMetrics::value(const Sample& sample, FleetMetric metric) {
  switch (metric) {
    case FleetMetric::kNetworkIn:
      return static_cast<double>(sample.bytes.in);
    case FleetMetric::kNetworkOut:
      return static_cast<double>(sample.bytes.out);
    case FleetMetric::kMemoryUtilization:
      return sample.memory;
    default:
      return sample.cpu;
  }
}

void FleetMetrics::measure_balancer(const Sampler& sampler) {
  const RequestCounts counts = fleet_.traffic().take_requests(sampler.end);
  const auto requests = static_cast<double>(counts.requests);
  const std::uint32_t targets = fleet_.targets();
  for (std::size_t i = 0; i < sampler.watched.size(); ++i) {
    metrics::Datapoint& datapoint = datapoints_[i];
    switch (watched_[sampler.watched[i]].metric) {
      case FleetMetric::kRequestCount:
        datapoint = one(requests);
        break;
      case FleetMetric::kRequestCountPerTarget:
        if (targets > 0) datapoint = one(requests / targets);
        break;
      case FleetMetric::kTargetResponseTime:
        datapoint = in_seconds(counts.response_time);
        break;
      default:
        if (counts.target_5xx > 0) datapoint = one(static_cast<double>(counts.target_5xx));
    }
  }
}

double FleetMetrics::gauge(FleetMetric metric, const scaling::CapacityBounds& bounds) const {
  std::uint32_t in_service = 0;
  std::uint32_t terminating = 0;
  std::uint32_t standby = 0;
  fleet_.for_each_member([&](std::uint32_t, const Fleet::MemberState& state) {
    if (state.serves_since == kEndOfTime) return;
    if (state.aside != Fleet::Aside::kNo) {
      standby += state.aside == Fleet::Aside::kStandby && !state.has_server ? 1 : 0;
      return;
    }
    ++(state.is_draining ? terminating : in_service);
  });
  switch (metric) {
    case FleetMetric::kMessagesVisible:
      return fleet_.queue()->visible();
    case FleetMetric::kMessagesNotVisible:
      return fleet_.queue()->in_flight();
    case FleetMetric::kAgeOfOldestMessage:
      return static_cast<double>(fleet_.queue()->age_of_oldest().count()) / 1e9;
    case FleetMetric::kRunningTaskCount:
    case FleetMetric::kInServiceInstances:
      return in_service;
    case FleetMetric::kDesiredCapacity:
      return fleet_.desired();
    case FleetMetric::kPendingInstances:
      return fleet_.pending();
    case FleetMetric::kTerminatingInstances:
      return terminating;
    case FleetMetric::kStandbyInstances:
      return standby;
    case FleetMetric::kTotalInstances:
      return in_service + fleet_.pending() + terminating;
    case FleetMetric::kMinSize:
      return bounds.minimum;
    default:
      return bounds.maximum;
  }
}

}  // namespace skyreplay::balancing
