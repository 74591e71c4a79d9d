#include "check/cloudwatch_metric.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/error.h"

namespace skyreplay::check {

const std::vector<CloudWatchMetric>& cloudwatch_metrics() {
  static const std::vector<CloudWatchMetric> all = {
      {"AWS/AutoScaling", {"GroupDesiredCapacity", Metric::kCapacityDesired, Form::kMean}, "ec2"},
      {"AWS/AutoScaling", {"GroupPendingInstances", Metric::kCapacityPending, Form::kMean}, "ec2"},
      {"AWS/EC2", {"CPUUtilization", Metric::kCpuUtilization, Form::kBusy}, "ec2"},
      {"AWS/ECS",
       {"CPUReservation", Metric::kCpuReservation, Form::kBusy},
       "ecs",
       false,
       false,
       true},
      {"AWS/ECS", {"CPUUtilization", Metric::kCpuUtilization, Form::kBusy}, "ecs"},
      {"AWS/ECS",
       {"MemoryReservation", Metric::kMemoryReservation, Form::kBusy},
       "ecs",
       false,
       false,
       true},
      {"AWS/ECS", {"MemoryUtilization", Metric::kMemoryUtilization, Form::kBusy}, "ecs"},
      {"AWS/Lambda", {"AsyncEventAge", Metric::kAsyncEventAge, Form::kAge}, "lambda"},
      {"AWS/Lambda", {"AsyncEventsDropped", Metric::kAsyncEventsDropped, Form::kEvents}, "lambda"},
      {"AWS/Lambda",
       {"AsyncEventsReceived", Metric::kAsyncEventsReceived, Form::kEvents},
       "lambda"},
      {"AWS/Lambda",
       {"ClaimedAccountConcurrency", Metric::kClaimedAccountConcurrency, Form::kPeak},
       "lambda",
       false,
       true},
      {"AWS/Lambda",
       {"ConcurrentExecutions", Metric::kConcurrentExecutions, Form::kPeak},
       "lambda",
       false,
       true},
      {"AWS/Lambda", {"Duration", Metric::kDuration, Form::kDuration}, "lambda", true},
      {"AWS/Lambda", {"Errors", Metric::kInvocationErrors, Form::kTotal}, "lambda", true},
      {"AWS/Lambda", {"Invocations", Metric::kInvocations, Form::kTotal}, "lambda", true},
      {"AWS/Lambda", {"IteratorAge", Metric::kIteratorAge, Form::kAge}, "lambda"},
      {"AWS/Lambda",
       {"ProvisionedConcurrencyInvocations", Metric::kProvisionedInvocations, Form::kEvents},
       "lambda"},
      {"AWS/Lambda",
       {"ProvisionedConcurrencySpilloverInvocations", Metric::kSpilloverInvocations, Form::kEvents},
       "lambda"},
      {"AWS/Lambda",
       {"ProvisionedConcurrencyUtilization", Metric::kProvisionedUtilization, Form::kShare},
       "lambda"},
      {"AWS/Lambda",
       {"ProvisionedConcurrentExecutions", Metric::kProvisionedExecutions, Form::kLevel},
       "lambda"},
      {"AWS/Lambda",
       {"RecursiveInvocationsDropped", Metric::kRecursiveInvocationsDropped, Form::kEvents},
       "lambda"},
      {"AWS/Lambda", {"Throttles", Metric::kInvocationThrottles, Form::kCounter}, "lambda", true},
      {"AWS/Lambda",
       {"UnreservedConcurrentExecutions", Metric::kUnreservedConcurrentExecutions, Form::kPeak},
       "lambda",
       false,
       true},
      {"AWS/SQS", {"NumberOfMessagesSent", Metric::kMessagesSent, Form::kEvents}, "lambda"},
  };
  return all;
}

const CloudWatchMetric& find_cloudwatch_metric(std::string_view name_space, std::string_view name) {
  std::string list;
  std::vector<std::string> names;
  for (const CloudWatchMetric& metric : cloudwatch_metrics()) {
    if (metric.name_space == name_space && metric.rule.name == name) return metric;
    list += fmt::format("{}{} {}", list.empty() ? "" : ", ", metric.name_space, metric.rule.name);
    if (metric.name_space == name_space) names.emplace_back(metric.rule.name);
  }
  throw InputError(fmt::format(
      "'{} {}' is no CloudWatch metric that a result holds{}; there are {}. Without a namespace a "
      "metric is a column of timeline.csv",
      name_space, name, did_you_mean(name, names), list));
}

}  // namespace skyreplay::check
