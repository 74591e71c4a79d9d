#include "ec2/group_metric_names.h"

namespace skyreplay::ec2 {
namespace {

using balancing::FleetMetric;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::string_view kEc2 = "AWS/EC2";
constexpr std::string_view kElb = "AWS/ApplicationELB";
constexpr std::string_view kGroup = "AWS/AutoScaling";

constexpr scaling::MetricName kNames[] = {
    {FleetMetric::kCpuUtilization, kEc2, "CPUUtilization", {}},
    {FleetMetric::kNetworkIn, kEc2, "NetworkIn", {}},
    {FleetMetric::kNetworkOut, kEc2, "NetworkOut", {}},
    {FleetMetric::kCpuUsageActive, "CWAgent", "cpu_usage_active", seconds{10}},
    {FleetMetric::kRequestCount, kElb, "RequestCount", minutes{1}},
    {FleetMetric::kRequestCountPerTarget, kElb, "RequestCountPerTarget", minutes{1}},
    {FleetMetric::kTargetResponseTime, kElb, "TargetResponseTime", minutes{1}},
    {FleetMetric::kTarget5xx, kElb, "HTTPCode_Target_5XX_Count", minutes{1}},
    {FleetMetric::kDesiredCapacity, kGroup, "GroupDesiredCapacity", minutes{1}},
    {FleetMetric::kInServiceInstances, kGroup, "GroupInServiceInstances", minutes{1}},
    {FleetMetric::kPendingInstances, kGroup, "GroupPendingInstances", minutes{1}},
    {FleetMetric::kTerminatingInstances, kGroup, "GroupTerminatingInstances", minutes{1}},
    {FleetMetric::kStandbyInstances, kGroup, "GroupStandbyInstances", minutes{1}},
    {FleetMetric::kTotalInstances, kGroup, "GroupTotalInstances", minutes{1}},
    {FleetMetric::kMinSize, kGroup, "GroupMinSize", minutes{1}},
    {FleetMetric::kMaxSize, kGroup, "GroupMaxSize", minutes{1}},
};

}  // namespace

balancing::FleetMetricNames group_metrics() { return kNames; }

}  // namespace skyreplay::ec2
