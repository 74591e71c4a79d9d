#include "scenario/asked_metrics.h"

#include "scenario/field_path.h"

namespace skyreplay::scenario {
namespace {

constexpr const char* kEcs = "AWS/ECS";
constexpr const char* kElb = "AWS/ApplicationELB";

class Asked {
 public:
  explicit Asked(const proto::EcsService& service) : service_(service) {}

  std::vector<AskedMetric> all() {
    for (int i = 0; i < service_.policies_size(); ++i) {
      field_ = join_index("policies", static_cast<std::size_t>(i));
      const proto::ServiceScalingPolicy& policy = service_.policies(i);
      tracked(policy.target_tracking_scaling_policy_configuration());
      foreseen(policy.predictive_scaling_policy_configuration());
    }
    for (int i = 0; i < service_.alarms_size(); ++i) {
      field_ = join_index("alarms", static_cast<std::size_t>(i));
      add(service_.alarms(i).namespace_(), service_.alarms(i).metric_name());
    }
    return std::move(asked_);
  }

 private:
  void add(const std::string& metric_namespace, const std::string& name) {
    if (!name.empty()) asked_.push_back({field_, metric_namespace, name});
  }

  void tracked(const proto::TargetTrackingScalingPolicyConfiguration& config) {
    using Type = proto::ServicePredefinedMetricSpecification;
    const auto predefined = config.predefined_metric_specification().predefined_metric_type();
    if (predefined == Type::MEMORY || predefined == Type::MEMORY_HIGH_RESOLUTION)
      add(kEcs, "MemoryUtilization");
    if (predefined == Type::REQUEST_COUNT) add(kElb, "RequestCountPerTarget");
    const proto::ServiceCustomizedMetricSpecification& own =
        config.customized_metric_specification();
    add(own.namespace_(), own.metric_name());
    for (const proto::TargetTrackingMetricDataQuery& query : own.metrics()) {
      add(query.metric_stat().metric().namespace_(), query.metric_stat().metric().metric_name());
    }
  }

  /// The kinds of all three lists are numbered alike.
  void foreseen(const proto::ServicePredictiveScalingPolicyConfiguration& config) {
    for (const proto::ServicePredictiveScalingMetricSpecification& from :
         config.metric_specifications()) {
      for (const int kind :
           {int{from.predefined_metric_pair_specification().predefined_metric_type()},
            int{from.predefined_load_metric_specification().predefined_metric_type()},
            int{from.predefined_scaling_metric_specification().predefined_metric_type()}}) {
        using Pair = proto::ServicePredictiveScalingMetricPair;
        if (kind == Pair::MEMORY) add(kEcs, "MemoryUtilization");
        if (kind == Pair::REQUEST_COUNT) add(kElb, "RequestCount");
      }
    }
  }

  const proto::EcsService& service_;
  std::string field_;
  std::vector<AskedMetric> asked_;
};

}  // namespace

std::vector<AskedMetric> asked_metrics(const proto::EcsService& service) {
  return Asked(service).all();
}

}  // namespace skyreplay::scenario
