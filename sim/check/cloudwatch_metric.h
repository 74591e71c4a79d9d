#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "check/metric.h"

namespace skyreplay::check {

/// A metric as CloudWatch calls it, which a run's windows hold too.
struct CloudWatchMetric {
  std::string_view name_space;
  MetricRule rule;            ///< its name is CloudWatch's
  std::string_view platform;  ///< whose services have it
  /// CloudWatch counts attempts, windows count requests: the same only where no client tries again,
  /// or where functions are counted as CloudWatch does (recorder.lambda_metrics).
  bool counts_attempts = false;
  /// It needs that.
  bool needs_counting = false;
  bool is_of_cluster = false;  ///< and of no service
};

/// All of them, by namespace. What is not here is either not in a run's windows, or counted there
/// in another way.
const std::vector<CloudWatchMetric>& cloudwatch_metrics();
/// The one that a service of that platform has. Throws InputError with what there is where there is
/// none.
const CloudWatchMetric& find_cloudwatch_metric(std::string_view name_space, std::string_view name);

}  // namespace skyreplay::check
