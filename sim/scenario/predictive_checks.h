#pragma once

#include <fmt/format.h>

#include <utility>

#include "scaling/forecast.h"
#include "scenario/field_path.h"
#include "scenario/scaling_checks.h"

// What policies of predictive scaling are checked for alike, of groups (E80, E81) and of services
// (C111).

namespace skyreplay::scenario {

template <typename Config>
void ScalingChecks::predictive_config(const Config& config, const std::string& path) {
  if (mistakes_.at(path) || mistakes_.at(path + ".metric_specifications")) return;
  if (config.metric_specifications_size() != 1) {
    mistake(path + ".metric_specifications", "must be one");
  } else {
    metric_pair(config.metric_specifications(0), join_index(path + ".metric_specifications", 0));
  }
  const bool increases = config.max_capacity_breach_behavior() ==
                         proto::PredictiveScalingConfiguration::INCREASE_MAX_CAPACITY;
  if (increases != config.has_max_capacity_buffer() &&
      !mistakes_.at(path + ".max_capacity_buffer")) {
    mistake(path + ".max_capacity_buffer", "must be there with IncreaseMaxCapacity, and only then");
  }
  histories(config, path + ".assumed");
}

/// E81: of metrics of two kinds the hours before the run have both.
template <typename Config>
void ScalingChecks::histories(const Config& config, const std::string& path) {
  constexpr int kMost = static_cast<int>(scaling::kMostHistoryHours);
  const proto::PredictiveScalingAssumed& assumed = config.assumed();
  if (assumed.load_history_size() > kMost) {
    mistake(path + ".load_history", fmt::format("has more than {} hours", kMost));
  }
  if (config.metric_specifications_size() != 1) return;  // reported already
  const auto& metrics = config.metric_specifications(0);
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

template <typename Metrics>
void ScalingChecks::metric_pair(const Metrics& from, const std::string& path) {
  if (mistakes_.below(path) || mistakes_.at(path)) return;
  const bool has_pair = from.has_predefined_metric_pair_specification();
  const bool has_load = from.has_predefined_load_metric_specification();
  const bool has_scaling = from.has_predefined_scaling_metric_specification();
  if (has_load == has_scaling && has_pair != has_load) return;
  mistake(path,
          "must have predefined_metric_pair_specification, or both "
          "predefined_load_metric_specification and predefined_scaling_metric_specification");
}

/// E81: one predictive policy may scale. `config_of(policy)`, and what that field is called.
template <typename Policies, typename ConfigOf>
void ScalingChecks::one_scales_ahead(const Policies& policies, const std::string& path,
                                     const char* field, ConfigOf&& config_of) {
  bool one_does = false;
  for (int i = 0; i < policies.size(); ++i) {
    const auto mode = config_of(policies[i]).mode();
    if (mode != proto::PredictiveScalingConfiguration::FORECAST_AND_SCALE) continue;
    if (std::exchange(one_does, true)) {
      mistake(join_index(path + ".policies", static_cast<std::size_t>(i)) + "." + field + ".mode",
              "another policy has ForecastAndScale already; one may");
    }
  }
}

}  // namespace skyreplay::scenario
