#include "scaling/metric_names.h"

#include <algorithm>

#include "core/check.h"

namespace skyreplay::scaling {

const MetricName* find_metric(MetricNames names, std::string_view metric_namespace,
                              std::string_view name) {
  const auto found = std::ranges::find_if(names, [&](const MetricName& known) {
    return known.metric_namespace == metric_namespace && known.name == name;
  });
  return found == names.end() ? nullptr : &*found;
}

const MetricName& name_of(MetricNames names, TargetMetric metric) {
  const auto found = std::ranges::find(names, metric, &MetricName::metric);
  SKY_CHECK(found != names.end());
  return *found;
}

std::vector<std::string> spelled(MetricNames names) {
  std::vector<std::string> all;
  for (const MetricName& known : names) {
    all.push_back(std::string(known.metric_namespace) + " " + std::string(known.name));
  }
  return all;
}

}  // namespace skyreplay::scaling
