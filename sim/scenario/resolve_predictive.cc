#include <fmt/format.h>

#include <utility>

#include "scaling/forecast.h"
#include "scenario/field_path.h"
#include "scenario/resolve_scaling.h"

namespace skyreplay::scenario {

/// E80, E81.
void ScalingResolver::predictive(const proto::ScalingPolicy& policy, const std::string& path) {
  refuse_fields(policy,
                {"adjustment_type", "min_adjustment_magnitude", "metric_aggregation_type",
                 "cooldown", "estimated_instance_warmup"},
                "predictive scaling", path);
  const auto& config = policy.predictive_scaling_configuration();
  const std::string own = path + ".predictive_scaling_configuration";
  if (mistakes_.at(own) || mistakes_.at(own + ".metric_specifications")) return;
  if (config.metric_specifications_size() != 1) {
    mistake(own + ".metric_specifications", "must be one");
  } else {
    metric_pair(config.metric_specifications(0), join_index(own + ".metric_specifications", 0));
  }
  const bool increases = config.max_capacity_breach_behavior() ==
                         proto::PredictiveScalingConfiguration::INCREASE_MAX_CAPACITY;
  if (increases != config.has_max_capacity_buffer() &&
      !mistakes_.at(own + ".max_capacity_buffer")) {
    mistake(own + ".max_capacity_buffer", "must be there with IncreaseMaxCapacity, and only then");
  }
  histories(config, own + ".assumed");
}

/// E81: of metrics of two kinds the hours before the run have both.
void ScalingResolver::histories(const proto::PredictiveScalingConfiguration& config,
                                const std::string& path) {
  constexpr int kMost = static_cast<int>(scaling::kMostHistoryHours);
  const proto::PredictiveScalingAssumed& assumed = config.assumed();
  if (assumed.load_history_size() > kMost) {
    mistake(path + ".load_history", fmt::format("has more than {} hours", kMost));
  }
  if (config.metric_specifications_size() != 1) return;  // reported already
  const proto::PredictiveScalingMetricSpecification& metrics = config.metric_specifications(0);
  // Kinds are numbered alike in both lists.
  const int load = metrics.predefined_load_metric_specification().predefined_metric_type();
  const int scaling = metrics.predefined_scaling_metric_specification().predefined_metric_type();
  if (load == scaling && assumed.scaling_history_size() > 0) {
    mistake(path + ".scaling_history",
            "is for a scaling metric of another kind than the load metric: here it is the load");
  } else if (load != scaling && assumed.scaling_history_size() != assumed.load_history_size()) {
    mistake(path + ".scaling_history",
            fmt::format("must have as many hours as load_history, which has {}",
                        assumed.load_history_size()));
  }
}

void ScalingResolver::metric_pair(const proto::PredictiveScalingMetricSpecification& from,
                                  const std::string& path) {
  if (mistakes_.below(path) || mistakes_.at(path)) return;
  const bool has_pair = from.has_predefined_metric_pair_specification();
  const bool has_load = from.has_predefined_load_metric_specification();
  const bool has_scaling = from.has_predefined_scaling_metric_specification();
  if (has_load == has_scaling && has_pair != has_load) return;
  mistake(path,
          "must have predefined_metric_pair_specification, or both "
          "predefined_load_metric_specification and predefined_scaling_metric_specification");
}

/// E81: one predictive policy may scale.
void ScalingResolver::one_scales_ahead(const proto::AutoScalingGroup& group,
                                       const std::string& path) {
  bool one_does = false;
  for (int i = 0; i < group.policies_size(); ++i) {
    const auto& config = group.policies(i).predictive_scaling_configuration();
    if (config.mode() != proto::PredictiveScalingConfiguration::FORECAST_AND_SCALE) continue;
    if (std::exchange(one_does, true)) {
      mistake(join_index(path + ".policies", static_cast<std::size_t>(i)) +
                  ".predictive_scaling_configuration.mode",
              "another policy has ForecastAndScale already; one may");
    }
  }
}

}  // namespace skyreplay::scenario
