#include "ecs/service_metric_names.h"

namespace skyreplay::ecs {
namespace {

using balancing::FleetMetric;
using std::chrono::minutes;

constexpr std::string_view kElb = "AWS/ApplicationELB";
constexpr std::string_view kSqs = "AWS/SQS";

// C93, C94, C95.
constexpr scaling::MetricName kNames[] = {
    {FleetMetric::kCpuUtilization, "AWS/ECS", "CPUUtilization", minutes{1}},
    {FleetMetric::kMemoryUtilization, "AWS/ECS", "MemoryUtilization", minutes{1}},
    {FleetMetric::kRequestCount, kElb, "RequestCount", minutes{1}},
    {FleetMetric::kRequestCountPerTarget, kElb, "RequestCountPerTarget", minutes{1}},
    {FleetMetric::kTargetResponseTime, kElb, "TargetResponseTime", minutes{1}},
    {FleetMetric::kTarget5xx, kElb, "HTTPCode_Target_5XX_Count", minutes{1}},
    {FleetMetric::kMessagesVisible, kSqs, "ApproximateNumberOfMessagesVisible", minutes{1}},
    {FleetMetric::kMessagesNotVisible, kSqs, "ApproximateNumberOfMessagesNotVisible", minutes{1}},
    {FleetMetric::kAgeOfOldestMessage, kSqs, "ApproximateAgeOfOldestMessage", minutes{1}},
    {FleetMetric::kRunningTaskCount, "ECS/ContainerInsights", "RunningTaskCount", minutes{1}},
};

}  // namespace

balancing::FleetMetricNames service_metrics() { return kNames; }

}  // namespace skyreplay::ecs
