#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "balancing/fleet.h"
#include "metrics/metric_series.h"
#include "scaling/metric_names.h"
#include "scaling/scheduled_action.h"

namespace skyreplay::balancing {

using FleetMetric = scaling::TargetMetric;
using FleetMetricNames = scaling::MetricNames;

/// Measures a fleet for CloudWatch: at the end of each period, a datapoint of each metric that
/// somebody watches.
///
/// Members' metrics have one sample of each member that has warmed up before the period's end and
/// is not on its way out, of the part of the period since it did (E11, E50, E92); CPU is of all its
/// vCPUs (E137). The balancer, which is one node (E100), knows nothing of warmup (E53). Of its
/// metrics, RequestCount and RequestCountPerTarget are reported also where they are zero,
/// response times and 5xx only where there are any (E99).
///
/// **Order** Samples are added by the instances' ordinals. **Cost** O(members log members) a period
/// and nothing in between; no allocation once warm.
class FleetMetrics {
 public:
  using Watched = scaling::Watched;

  /// The run begins at `start`; only whole periods are reported.
  FleetMetrics(Fleet& fleet, std::vector<Watched> watched, Duration warmup, TimePoint start);

  /// The end of the next period; kEndOfTime where nothing is watched.
  TimePoint next() const;
  /// Reports the periods that end now, by `put(index of the watched, start, end, datapoint)`.
  template <typename Put>
  void report(TimePoint now, const scaling::CapacityBounds& bounds, Put&& put) {
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
  /// What an instance had used when its sample began.
  struct Mark {
    compute::CpuTime busy = 0;
    compute::CpuTime available = 0;
    MemoryUse::Integrals memory{};
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
    double memory;
    NetworkCounts bytes;
  };

  static Source source_of(FleetMetric metric);
  static bool is_of_instances(Source source) { return source <= Source::kAgents; }
  void measure(Sampler& sampler, TimePoint end, const scaling::CapacityBounds& bounds);
  void measure_instances(Sampler& sampler, TimePoint end);
  void measure_balancer(const Sampler& sampler);
  double gauge(FleetMetric metric, const scaling::CapacityBounds& bounds) const;
  Mark mark(std::uint32_t server, TimePoint now) const;
  static double value(const Sample& sample, FleetMetric metric);

  Fleet& fleet_;
  std::vector<Watched> watched_;
  Duration warmup_;
  TimePoint start_;
  std::vector<Sampler> samplers_;
  std::vector<metrics::Datapoint> datapoints_;  ///< of the sampler in hand, as its `watched`
  std::vector<Sample> samples_;
};

}  // namespace skyreplay::balancing
