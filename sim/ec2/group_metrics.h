#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "balancing/fleet.h"
#include "metrics/metric_series.h"

namespace skyreplay::ec2 {

/// The metrics of a group that CloudWatch can be asked for.
enum class GroupMetric : std::uint8_t {
  kCpuUtilization,  ///< AWS/EC2: a sample an instance and period (E150)
  kNetworkIn,
  kNetworkOut,
  kCpuUsageActive,  ///< CWAgent: the same as CPUUtilization, every 10 s
  kRequestCount,    ///< AWS/ApplicationELB, every minute (E99)
  kRequestCountPerTarget,
  kTargetResponseTime,
  kTarget5xx,
  kDesiredCapacity,  ///< AWS/AutoScaling, every minute (E23)
  kInServiceInstances,
  kPendingInstances,
  kTerminatingInstances,
  kTotalInstances,
  kMinSize,
  kMaxSize,
};

/// What a metric is called, and how often it is reported; 0 as the instances' monitoring says.
struct GroupMetricName {
  GroupMetric metric;
  std::string_view metric_namespace;
  std::string_view name;
  Duration period;
};

/// The metric of that name, if there is one.
const GroupMetricName* find_group_metric(std::string_view metric_namespace, std::string_view name);
const GroupMetricName& name_of(GroupMetric metric);
/// All names, "AWS/EC2 CPUUtilization", ...
std::vector<std::string> group_metric_names();

/// What is reported beside what the fleet knows.
struct GroupBounds {
  std::uint32_t min_size = 0;
  std::uint32_t max_size = 0;
};

/// Measures a group for CloudWatch: at the end of each period, a datapoint of each metric that
/// somebody watches.
///
/// Instance metrics have one sample of each instance that has warmed up before the period's end and
/// is not on its way out, of the part of the period since it did (E11, E50, E92). Of the
/// balancer's, RequestCount and RequestCountPerTarget are reported also where they are zero,
/// response times and 5xx only where there are any (E99).
///
/// **Order** Samples are added by the instances' ordinals. **Cost** O(members log members) a period
/// and nothing in between; no allocation once warm.
class GroupMetrics {
 public:
  struct Watched {
    GroupMetric metric;
    Duration period;  ///< of its datapoints
  };

  /// The run begins at `start`; only whole periods are reported.
  GroupMetrics(balancing::Fleet& fleet, std::vector<Watched> watched, Duration warmup,
               TimePoint start);

  /// The end of the next period; kEndOfTime where nothing is watched.
  TimePoint next() const;
  /// Reports the periods that end now, by `put(index of the watched, start, end, datapoint)`.
  template <typename Put>
  void report(TimePoint now, const GroupBounds& bounds, Put&& put) {
    for (Sampler& sampler : samplers_) {
      if (sampler.end != now) continue;
      const TimePoint begin = now - sampler.period;
      sampler.end += sampler.period;
      measure(sampler, now, bounds);
      if (begin < start_) continue;
      for (std::size_t i = 0; i < sampler.watched.size(); ++i) {
        put(sampler.watched[i], begin, now, datapoints_[i]);
      }
    }
  }
  /// An instance has warmed up now: its samples begin.
  void warmed_up(std::uint32_t member, std::uint32_t server, TimePoint now);
  /// Whether warmed_up() has to be told.
  bool samples_instances() const;

 private:
  enum class Source : std::uint8_t { kInstances, kAgents, kBalancer, kGroup };
  /// CPU time of an instance when its sample began.
  struct Mark {
    compute::CpuTime busy = 0;
    compute::CpuTime available = 0;
  };
  struct Sampler {
    Source source;
    Duration period;
    TimePoint end;                       ///< of the period in hand
    std::vector<std::uint32_t> watched;  ///< what is reported, by its index
    std::vector<Mark> marks{};           ///< by member
  };
  struct Sample {
    std::uint32_t ordinal;
    double cpu;
    balancing::NetworkCounts bytes;
  };

  static Source source_of(GroupMetric metric);
  static bool is_of_instances(Source source) { return source <= Source::kAgents; }
  void measure(Sampler& sampler, TimePoint end, const GroupBounds& bounds);
  void measure_instances(Sampler& sampler, TimePoint end);
  void measure_balancer(const Sampler& sampler);
  double gauge(GroupMetric metric, const GroupBounds& bounds) const;
  Mark cpu_time(std::uint32_t server, TimePoint now) const;

  balancing::Fleet& fleet_;
  std::vector<Watched> watched_;
  Duration warmup_;
  TimePoint start_;
  std::vector<Sampler> samplers_;
  std::vector<metrics::Datapoint> datapoints_;  ///< of the sampler in hand, as its `watched`
  std::vector<Sample> samples_;
};

}  // namespace skyreplay::ec2
