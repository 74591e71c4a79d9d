// Policies and scheduled actions of provisioned concurrency: what is derived, what is refused.
#include <doctest/doctest.h>

#include "scenario/support.h"

namespace skyreplay::scenario {
namespace {

using testing::mistakes_of;

const std::string kBounds = "min_capacity: 1, max_capacity: 9, ";

std::string function(const std::string& config, const std::string& more = "") {
  return "version: 1\nservices: {fn: {lambda: {" + more +
         "provisioned_concurrency_config: {provisioned_concurrent_executions: 2, " + config +
         "}}}}\n";
}

/// The first mistake, without its place and the function's path.
std::string told(const std::string& config, const std::string& more = "") {
  std::string text = mistakes_of(function(config, more));
  const std::string path = "services.fn.lambda.provisioned_concurrency_config.";
  const std::size_t at = text.find(path);
  if (at != std::string::npos) text = text.substr(at + path.size());
  return text.substr(0, text.find('\n'));
}

std::string tracking(const std::string& target, const std::string& metric) {
  return kBounds +
         "policies: [{policy_name: p, target_tracking_scaling_policy_configuration: "
         "{target_value: " +
         target + ", " + metric + "}}]";
}
const std::string kPredefined =
    "predefined_metric_specification: {predefined_metric_type: "
    "LambdaProvisionedConcurrencyUtilization}";

TEST_CASE("L39: a policy has the documented alarms, and no cooldowns") {
  const Scenario scenario = Scenario::parse(function(tracking("0.7", kPredefined)), "fn.yaml");
  const auto& provisioned =
      scenario.message().services().at("fn").lambda().provisioned_concurrency_config();
  const auto& config = provisioned.policies(0).target_tracking_scaling_policy_configuration();
  CHECK(config.scale_out_cooldown() == 0);
  CHECK(config.scale_in_cooldown() == 0);
  CHECK(config.assumed().high_evaluation_periods() == 3);
  CHECK(config.assumed().high_datapoints_to_alarm() == 3);
  CHECK(config.assumed().low_evaluation_periods() == 3);
  CHECK(config.assumed().low_datapoints_to_alarm() == 3);
  CHECK(config.assumed().low_threshold_ratio() == 0.9);
  CHECK(provisioned.assumed().publication_delay().ns() == 60'000'000'000);
}

TEST_CASE("L39: policies track the utilization, by its mean or its maximum, and nothing else") {
  std::string steps = tracking("0.7", kPredefined);
  steps.insert(steps.rfind("}]"), ", step_scaling_policy_configuration: {cooldown: 60}");
  CHECK(told(steps).find("has no step policies") != std::string::npos);
  const auto of = [](const std::string& name, const std::string& statistic) {
    return tracking(
        "0.7", "customized_metric_specification: {namespace: AWS/Lambda, metric_name: " + name +
                   ", statistic: " + statistic + "}");
  };
  CHECK(told(of("ProvisionedConcurrencyUtilization", "Maximum")) == "");
  CHECK(told(of("ProvisionedConcurrencyUtilization", "Sum")).find("must be Average or Maximum") !=
        std::string::npos);
  CHECK(told(of("Duration", "Average"))
            .find("a function has no metric 'AWS/Lambda Duration'; it has AWS/Lambda "
                  "ProvisionedConcurrencyUtilization") != std::string::npos);
  CHECK(told(tracking("70", kPredefined)).find("0.9") != std::string::npos);
}

TEST_CASE("L39, C104: what is scaled has bounds, and nothing else has") {
  CHECK(told("min_capacity: 1").find("is for policies and scheduled_actions") != std::string::npos);
  const std::string unbounded = tracking("0.7", kPredefined).substr(kBounds.size());
  CHECK(told(unbounded).find("min_capacity: is missing") != std::string::npos);
  CHECK(told("min_capacity: 5, max_capacity: 4, " + unbounded)
            .find("max_capacity: must not be below min_capacity, 5") != std::string::npos);
}

TEST_CASE("L35: provisioned concurrency stays within what is reserved, whoever sets it") {
  const std::string reserved = "reserved_concurrent_executions: 8, ";
  CHECK(told(tracking("0.7", kPredefined), reserved) ==
        "max_capacity: must not be above reserved_concurrent_executions, 8 (L35)");
  const std::string action =
      "min_capacity: 1, max_capacity: 3, scheduled_actions: [{scheduled_action_name: s, schedule: "
      "rate(1 hour), start_time: +1s, scalable_target_action: {min_capacity: 9}}]";
  CHECK(told(action, reserved) ==
        "scheduled_actions[0].scalable_target_action.min_capacity: must not be above "
        "reserved_concurrent_executions, 8 (L35)");
  CHECK(told(action) == "");
}

TEST_CASE("L35, L41: the account has room for the most that may be provisioned") {
  const std::string account =
      "account: {lambda: {concurrent_executions: 100, "
      "minimum_unreserved_concurrent_executions: 92}}\n";
  CHECK(mistakes_of(function(tracking("0.7", kPredefined)) + account)
            .find("adds up to 9, and 92 of the account's 100") != std::string::npos);
}

TEST_CASE("C110: a scheduled action of provisioned concurrency has a schedule that can be") {
  const auto scheduled = [](const std::string& fields) {
    return kBounds + "scheduled_actions: [{scheduled_action_name: s, " + fields + "}]";
  };
  CHECK(told(scheduled("schedule: \"cron(0 9 ? * MON-FRI *)\", timezone: Europe/Berlin, "
                       "scalable_target_action: {min_capacity: 2}")) == "");
  CHECK(told(scheduled("schedule: rate(5 minutes), scalable_target_action: {min_capacity: 2}"))
            .find("start_time: is missing") != std::string::npos);
  CHECK(told(scheduled("schedule: rate(5 minutes), start_time: +1s"))
            .find("scalable_target_action") != std::string::npos);
}

}  // namespace
}  // namespace skyreplay::scenario
