#pragma once

#include <string>
#include <vector>

#include "skyreplay/scenario.pb.h"

namespace skyreplay::scenario {

/// A metric that a policy or an alarm of a service asks for.
struct AskedMetric {
  std::string field;             ///< who asks, below the service: "policies[0]"
  std::string metric_namespace;  ///< "AWS/ECS"
  std::string name;
};

/// All of them, predefined ones by what they mean, each as often as it is asked for.
std::vector<AskedMetric> asked_metrics(const proto::EcsService& service);

}  // namespace skyreplay::scenario
