#include "ec2/group_metrics.h"

#include <algorithm>
#include <string>

namespace skyreplay::ec2 {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::string_view kEc2 = "AWS/EC2";
constexpr std::string_view kElb = "AWS/ApplicationELB";
constexpr std::string_view kGroup = "AWS/AutoScaling";

constexpr GroupMetricName kNames[] = {
    {GroupMetric::kCpuUtilization, kEc2, "CPUUtilization", {}},
    {GroupMetric::kNetworkIn, kEc2, "NetworkIn", {}},
    {GroupMetric::kNetworkOut, kEc2, "NetworkOut", {}},
    {GroupMetric::kCpuUsageActive, "CWAgent", "cpu_usage_active", seconds{10}},
    {GroupMetric::kRequestCount, kElb, "RequestCount", minutes{1}},
    {GroupMetric::kRequestCountPerTarget, kElb, "RequestCountPerTarget", minutes{1}},
    {GroupMetric::kTargetResponseTime, kElb, "TargetResponseTime", minutes{1}},
    {GroupMetric::kTarget5xx, kElb, "HTTPCode_Target_5XX_Count", minutes{1}},
    {GroupMetric::kDesiredCapacity, kGroup, "GroupDesiredCapacity", minutes{1}},
    {GroupMetric::kInServiceInstances, kGroup, "GroupInServiceInstances", minutes{1}},
    {GroupMetric::kPendingInstances, kGroup, "GroupPendingInstances", minutes{1}},
    {GroupMetric::kTerminatingInstances, kGroup, "GroupTerminatingInstances", minutes{1}},
    {GroupMetric::kTotalInstances, kGroup, "GroupTotalInstances", minutes{1}},
    {GroupMetric::kMinSize, kGroup, "GroupMinSize", minutes{1}},
    {GroupMetric::kMaxSize, kGroup, "GroupMaxSize", minutes{1}},
};

metrics::Datapoint one(double value) {
  metrics::Datapoint datapoint;
  datapoint.add(value);
  return datapoint;
}

metrics::Datapoint in_seconds(const metrics::Datapoint& ns) {
  return {ns.sum / 1e9, ns.minimum / 1e9, ns.maximum / 1e9, ns.sample_count};
}

TimePoint next_multiple(TimePoint time, Duration unit) {
  return time - time.time_since_epoch() % unit + unit;
}

}  // namespace

const GroupMetricName* find_group_metric(std::string_view metric_namespace, std::string_view name) {
  for (const GroupMetricName& known : kNames) {
    if (known.metric_namespace == metric_namespace && known.name == name) return &known;
  }
  return nullptr;
}

const GroupMetricName& name_of(GroupMetric metric) {
  return kNames[static_cast<std::size_t>(metric)];
}

std::vector<std::string> group_metric_names() {
  std::vector<std::string> names;
  for (const GroupMetricName& known : kNames) {
    names.push_back(std::string(known.metric_namespace) + " " + std::string(known.name));
  }
  return names;
}

GroupMetrics::GroupMetrics(balancing::Fleet& fleet, std::vector<Watched> watched, Duration warmup,
                           TimePoint start)
    : fleet_(fleet), watched_(std::move(watched)), warmup_(warmup), start_(start) {
  for (std::uint32_t i = 0; i < watched_.size(); ++i) {
    const Source source = source_of(watched_[i].metric);
    const auto same = [source](const Sampler& sampler) { return sampler.source == source; };
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

GroupMetrics::Source GroupMetrics::source_of(GroupMetric metric) {
  if (metric <= GroupMetric::kNetworkOut) return Source::kInstances;
  if (metric == GroupMetric::kCpuUsageActive) return Source::kAgents;
  return metric <= GroupMetric::kTarget5xx ? Source::kBalancer : Source::kGroup;
}

bool GroupMetrics::samples_instances() const {
  return std::any_of(samplers_.begin(), samplers_.end(),
                     [](const Sampler& sampler) { return is_of_instances(sampler.source); });
}

TimePoint GroupMetrics::next() const {
  TimePoint next = kEndOfTime;
  for (const Sampler& sampler : samplers_) next = std::min(next, sampler.end);
  return next;
}

GroupMetrics::Mark GroupMetrics::cpu_time(std::uint32_t server, TimePoint now) const {
  return {fleet_.servers().cpu_busy(server, now), fleet_.servers().cpu_available(server, now)};
}

void GroupMetrics::warmed_up(std::uint32_t member, std::uint32_t server, TimePoint now) {
  for (Sampler& sampler : samplers_) {
    if (!is_of_instances(sampler.source)) continue;
    if (sampler.marks.size() <= member) sampler.marks.resize(member + std::size_t{1});
    sampler.marks[member] = cpu_time(server, now);
  }
}

void GroupMetrics::measure(Sampler& sampler, TimePoint end, const GroupBounds& bounds) {
  datapoints_.assign(sampler.watched.size(), {});
  if (is_of_instances(sampler.source)) return measure_instances(sampler, end);
  if (sampler.source == Source::kBalancer) return measure_balancer(sampler);
  for (std::size_t i = 0; i < sampler.watched.size(); ++i) {
    datapoints_[i] = one(gauge(watched_[sampler.watched[i]].metric, bounds));
  }
}

void GroupMetrics::measure_instances(Sampler& sampler, TimePoint end) {
  samples_.clear();
  fleet_.for_each_member([&](std::uint32_t member, const balancing::Fleet::MemberState& state) {
    if (!state.has_server) return;
    Sample sample{.ordinal = state.ordinal, .cpu = 0, .bytes = {}};
    if (sampler.source == Source::kInstances) {
      sample.bytes = fleet_.traffic().take_network(state.server);
    }
    if (state.is_draining || state.serves_since + warmup_ >= end) return;
    const Mark now = cpu_time(state.server, end);
    const Mark before = std::exchange(sampler.marks[member], now);
    sample.cpu = 100.0 * static_cast<double>(now.busy - before.busy) /
                 static_cast<double>(now.available - before.available);
    samples_.push_back(sample);
  });
  if (sampler.source == Source::kInstances) fleet_.traffic().measure_network(sampler.end);
  std::sort(samples_.begin(), samples_.end(),
            [](const Sample& a, const Sample& b) { return a.ordinal < b.ordinal; });
  for (std::size_t i = 0; i < sampler.watched.size(); ++i) {
    const GroupMetric metric = watched_[sampler.watched[i]].metric;
    for (const Sample& sample : samples_) {
      const std::uint64_t bytes =
          metric == GroupMetric::kNetworkIn ? sample.bytes.in : sample.bytes.out;
      const bool is_network =
          metric == GroupMetric::kNetworkIn || metric == GroupMetric::kNetworkOut;
      datapoints_[i].add(is_network ? static_cast<double>(bytes) : sample.cpu);
    }
  }
}

void GroupMetrics::measure_balancer(const Sampler& sampler) {
  const balancing::RequestCounts counts = fleet_.traffic().take_requests(sampler.end);
  const auto requests = static_cast<double>(counts.requests);
  const std::uint32_t targets = fleet_.targets();
  for (std::size_t i = 0; i < sampler.watched.size(); ++i) {
    metrics::Datapoint& datapoint = datapoints_[i];
    switch (watched_[sampler.watched[i]].metric) {
      case GroupMetric::kRequestCount:
        datapoint = one(requests);
        break;
      case GroupMetric::kRequestCountPerTarget:
        if (targets > 0) datapoint = one(requests / targets);
        break;
      case GroupMetric::kTargetResponseTime:
        datapoint = in_seconds(counts.response_time);
        break;
      default:
        if (counts.target_5xx > 0) datapoint = one(static_cast<double>(counts.target_5xx));
    }
  }
}

double GroupMetrics::gauge(GroupMetric metric, const GroupBounds& bounds) const {
  std::uint32_t in_service = 0;
  std::uint32_t terminating = 0;
  fleet_.for_each_member([&](std::uint32_t, const balancing::Fleet::MemberState& state) {
    if (state.serves_since == kEndOfTime) return;
    ++(state.is_draining ? terminating : in_service);
  });
  switch (metric) {
    case GroupMetric::kDesiredCapacity:
      return fleet_.desired();
    case GroupMetric::kInServiceInstances:
      return in_service;
    case GroupMetric::kPendingInstances:
      return fleet_.pending();
    case GroupMetric::kTerminatingInstances:
      return terminating;
    case GroupMetric::kTotalInstances:
      return in_service + fleet_.pending() + terminating;
    case GroupMetric::kMinSize:
      return bounds.min_size;
    default:
      return bounds.max_size;
  }
}

}  // namespace skyreplay::ec2
