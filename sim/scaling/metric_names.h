#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/time.h"

namespace skyreplay::scaling {

/// What CloudWatch can be asked of something that scales. Which of them one has, and what they are
/// called, is its platform's.
enum class TargetMetric : std::uint8_t {
  kCpuUtilization,     ///< a sample a member and period (E150)
  kMemoryUtilization,  ///< the same (C93)
  kNetworkIn,
  kNetworkOut,
  kCpuUsageActive,  ///< CWAgent: the same as CPUUtilization, every 10 s
  kRequestCount,    ///< AWS/ApplicationELB, every minute (E99)
  kRequestCountPerTarget,
  kTargetResponseTime,
  kTarget5xx,
  kDesiredCapacity,  ///< and those that follow: AWS/AutoScaling, every minute (E23)
  kInServiceInstances,
  kPendingInstances,
  kTerminatingInstances,
  kStandbyInstances,
  kTotalInstances,
  kMinSize,
  kMaxSize,
  kMessagesVisible,  ///< and those that follow: AWS/SQS, every minute (L65)
  kMessagesNotVisible,
  kAgeOfOldestMessage,
  kRunningTaskCount,                   ///< ECS/ContainerInsights, every minute
  kExpression,                         ///< of two others, which the scaler makes itself
  kProvisionedConcurrencyUtilization,  ///< AWS/Lambda, every minute with activity (L39)
};

/// What a metric is called, and how often it is reported; 0 as the instances' monitoring says.
struct MetricName {
  TargetMetric metric;
  std::string_view metric_namespace;
  std::string_view name;
  Duration period;
};

/// The metrics that one platform has.
using MetricNames = std::span<const MetricName>;

/// The metric of that name, if there is one.
const MetricName* find_metric(MetricNames names, std::string_view metric_namespace,
                              std::string_view name);
/// REQUIRES that it is among them.
const MetricName& name_of(MetricNames names, TargetMetric metric);
/// All of them, "AWS/EC2 CPUUtilization", ...
std::vector<std::string> spelled(MetricNames names);

/// A metric that somebody looks at.
struct Watched {
  TargetMetric metric;
  Duration period;  ///< of its datapoints
};

}  // namespace skyreplay::scaling
