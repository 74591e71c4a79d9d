// Policies, alarms and scheduled actions of a service of tasks: what is derived, what is refused.
#include <doctest/doctest.h>

#include "scenario/support.h"

namespace skyreplay::scenario {
namespace {

using testing::mistakes_of;

const std::string kBounds = "min_capacity: 1, max_capacity: 9, ";

std::string service(const std::string& more) {
  return "version: 1\nservices: {web: {ecs: {task_definition: {cpu: 1024, memory: 2048}, " + more +
         "}}}\n";
}

/// The first mistake, without its place and the service's path.
std::string told(const std::string& more) {
  std::string text = mistakes_of(service(more));
  const std::size_t at = text.find("services.web.ecs.");
  if (at != std::string::npos) text = text.substr(at + 17);
  return text.substr(0, text.find('\n'));
}

std::string policy(const std::string& fields) {
  return kBounds + "policies: [{policy_name: p, " + fields + "}]";
}
std::string tracking(const std::string& metric) {
  return policy("target_tracking_scaling_policy_configuration: {target_value: 50, " + metric + "}");
}
std::string predefined(const std::string& type) {
  return tracking("predefined_metric_specification: {predefined_metric_type: " + type + "}");
}
std::string scheduled(const std::string& fields) {
  return kBounds + "scheduled_actions: [{scheduled_action_name: s, " + fields + "}]";
}
const std::string kSets = "scalable_target_action: {min_capacity: 2}";

TEST_CASE("C97, C101: a service's target tracking has the observed alarms and cooldowns") {
  const Scenario scenario =
      Scenario::parse(service(predefined("ECSServiceAverageCPUUtilization")), "shop.yaml");
  const auto& config = scenario.message()
                           .services()
                           .at("web")
                           .ecs()
                           .policies(0)
                           .target_tracking_scaling_policy_configuration();
  CHECK(config.scale_out_cooldown() == 300);
  CHECK(config.scale_in_cooldown() == 300);
  CHECK(config.assumed().high_evaluation_periods() == 3);
  CHECK(config.assumed().high_datapoints_to_alarm() == 3);
  CHECK(config.assumed().low_evaluation_periods() == 15);
  CHECK(config.assumed().low_datapoints_to_alarm() == 15);
  CHECK(config.assumed().low_threshold_ratio() == 0.9);
}

/// A service that reports metrics every 20 s.
std::string closely(const std::string& names, const std::string& more) {
  return "monitoring: {metric_configurations: [{metric_names: [" + names +
         "], resolution_seconds: 20}]}, " + more;
}

TEST_CASE("C94, C96: metrics of 20 s need monitoring, and have alarms of 15 minutes of periods") {
  const std::string cpu = predefined("ECSServiceAverageCPUUtilizationHighResolution");
  CHECK(told(cpu).find("needs CPUUtilization every 20 s: monitoring.metric_configurations does not "
                       "ask for it") != std::string::npos);
  CHECK(told(closely("MemoryUtilization", cpu)).find("needs CPUUtilization") != std::string::npos);
  CHECK(told(closely("CPUUtilization", cpu)) == "");
  const Scenario scenario =
      Scenario::parse(service(closely("CPUUtilization, MemoryUtilization", cpu)), "shop.yaml");
  const proto::EcsService& web = scenario.message().services().at("web").ecs();
  const auto& assumed = web.policies(0).target_tracking_scaling_policy_configuration().assumed();
  CHECK(assumed.high_evaluation_periods() == 3);
  CHECK(assumed.low_evaluation_periods() == 45);
  CHECK(web.assumed().high_resolution_metric_price() == "0.30");
  CHECK(web.assumed().publication_delay().ecs_high_resolution().ns() == 20'000'000'000);
}

TEST_CASE("C94: what monitoring cannot be is refused") {
  const std::string cpu = predefined("ECSServiceAverageCPUUtilization");
  const auto monitored = [&](const std::string& configurations) {
    return told("monitoring: {metric_configurations: [" + configurations + "]}, " + cpu);
  };
  CHECK(monitored("{metric_names: [CPUUtilization], resolution_seconds: 60}") == "");
  CHECK(monitored("{metric_names: [CPUUtilization], resolution_seconds: 30}")
            .find("must be 20 or 60") != std::string::npos);
  CHECK(monitored("{metric_names: [NetworkIn], resolution_seconds: 20}")
            .find("there is no metric 'NetworkIn'") != std::string::npos);
  CHECK(monitored("{metric_names: [CPUUtilization, CPUUtilization], resolution_seconds: 20}")
            .find("has a resolution already") != std::string::npos);
  CHECK(told(cpu + ", assumed: {high_resolution_metric_price: \"0.1\"}")
            .find("is for a service whose monitoring asks for metrics of 20 s") !=
        std::string::npos);
}

TEST_CASE("C94: alarms of 20 s are on what is reported so often") {
  const auto alarm = [](int period) {
    return kBounds +
           "policies: [{policy_name: s, step_scaling_policy_configuration: {adjustment_type: "
           "ChangeInCapacity, step_adjustments: [{metric_interval_lower_bound: 0, "
           "scaling_adjustment: 1}]}}], alarms: [{alarm_name: a, namespace: AWS/ECS, metric_name: "
           "CPUUtilization, statistic: Average, period: " +
           std::to_string(period) +
           ", evaluation_periods: 3, comparison_operator: GreaterThanThreshold, threshold: 50, "
           "alarm_actions: [s]}]";
  };
  CHECK(told(alarm(20)).find("must be at least 60 for AWS/ECS metrics, or 20 where monitoring has "
                             "the metric at that resolution") != std::string::npos);
  CHECK(told(closely("CPUUtilization", alarm(20))) == "");
  CHECK(told(closely("CPUUtilization", alarm(60))) == "");
  CHECK(told(closely("CPUUtilization", alarm(10))).find("must be at least 60") !=
        std::string::npos);
}

TEST_CASE("C96: metrics of memory are refused where nothing is said of it") {
  CHECK(told(predefined("ECSServiceAverageMemoryUtilization")).find("assumed.memory_base") !=
        std::string::npos);
  CHECK(told(closely("MemoryUtilization",
                     predefined("ECSServiceAverageMemoryUtilizationHighResolution")))
            .find("assumed.memory_base") != std::string::npos);
  CHECK(told(predefined("ALBRequestCountPerTarget")) == "");
  CHECK(told(predefined("ASGAverageCPUUtilization")) != "");
}

TEST_CASE(
    "a policy is of one kind, on a metric that a service has, and alarms name step policies") {
  CHECK(told(policy(""))
            .ends_with("must have one of target_tracking_scaling_policy_configuration, "
                       "step_scaling_policy_configuration and "
                       "predictive_scaling_policy_configuration"));
  CHECK(told(tracking("customized_metric_specification: {namespace: AWS/EC2, metric_name: "
                      "CPUUtilization, statistic: Average}"))
            .find("a service has no metric 'AWS/EC2 CPUUtilization', did you mean 'AWS/ECS "
                  "CPUUtilization'?") != std::string::npos);
  CHECK(told(policy("step_scaling_policy_configuration: {adjustment_type: ChangeInCapacity, "
                    "step_adjustments: [{metric_interval_lower_bound: 0, scaling_adjustment: 1}]}"))
            .ends_with("no alarm's alarm_actions name it"));
  CHECK(told(policy("step_scaling_policy_configuration: {adjustment_type: ChangeInCapacity}"))
            .find("step_adjustments: is missing") != std::string::npos);
}

TEST_CASE("C107: steps of a service may neither overlap nor leave gaps") {
  CHECK(told(policy("step_scaling_policy_configuration: {adjustment_type: ChangeInCapacity, "
                    "step_adjustments: [{metric_interval_lower_bound: 0, "
                    "metric_interval_upper_bound: 5, scaling_adjustment: 1}, "
                    "{metric_interval_lower_bound: 6, scaling_adjustment: 1}]}"))
            .find("the steps leave a gap between 5 and 6") != std::string::npos);
}

TEST_CASE("C104: who is scaled has bounds, in order, and nobody else") {
  CHECK(told("policies: [{policy_name: p, target_tracking_scaling_policy_configuration: "
             "{target_value: 50, predefined_metric_specification: {predefined_metric_type: "
             "ECSServiceAverageCPUUtilization}}}]")
            .starts_with("min_capacity: is missing"));
  CHECK(told("min_capacity: 1").starts_with("min_capacity: is for policies"));
  CHECK(told("min_capacity: 5, max_capacity: 4, scheduled_actions: [{scheduled_action_name: s, "
             "schedule: at(2026-01-05T09:00:00), " +
             kSets + "}]") == "max_capacity: must not be below min_capacity, 5");
  CHECK(told(predefined("ECSServiceAverageCPUUtilization") + ", desired_count: 20") == "");
}

TEST_CASE("C110: a scheduled action has a schedule that can be, and sets something") {
  CHECK(told(scheduled("schedule: at(2026-01-05T09:00:00), " + kSets)) == "");
  CHECK(told(scheduled("schedule: every noon, " + kSets))
            .ends_with("schedule: must be cron(...), rate(...) or at(...)"));
  CHECK(told(scheduled("schedule: rate(5 minutes), " + kSets))
            .ends_with("start_time: is missing: a rate counts from it"));
  CHECK(told(scheduled("schedule: rate(5 minutes), start_time: +1m, end_time: +1m, " + kSets))
            .ends_with("end_time: must be later than start_time"));
  CHECK(told(scheduled("schedule: at(2026-01-05T09:00:00), start_time: +1m, " + kSets))
            .ends_with("start_time: is not for at(...)"));
  CHECK(told(scheduled("schedule: \"cron(0 8 * * ? *)\", timezone: Moon/Sea, " + kSets))
            .ends_with("timezone: there is no time zone 'Moon/Sea'"));
  CHECK(told(scheduled("schedule: at(2026-01-05T09:00:00), scalable_target_action: {}"))
            .ends_with("sets neither min_capacity nor max_capacity"));
}

TEST_CASE("C112: a service has at most fifty policies") {
  const auto many = [](int count) {
    std::string policies;
    for (int i = 0; i < count; ++i) {
      policies += "{policy_name: p" + std::to_string(i) +
                  ", target_tracking_scaling_policy_configuration: {target_value: 50, "
                  "predefined_metric_specification: {predefined_metric_type: "
                  "ALBRequestCountPerTarget}}}, ";
    }
    return kBounds + "policies: [" + policies + "]";
  };
  CHECK(told(many(50)) == "");
  CHECK(told(many(51)) == "policies: has more than 50 policies");
}

TEST_CASE("C111: a predictive policy has one pair of metrics, and one of a service scales") {
  const auto ahead = [](const std::string& metrics, const std::string& more) {
    return "predictive_scaling_policy_configuration: {" + more +
           "metric_specifications: [{target_value: 50, " + metrics + "}]}";
  };
  const std::string pair =
      "predefined_metric_pair_specification: {predefined_metric_type: ECSServiceCPUUtilization}";
  CHECK(told(policy(ahead(pair, ""))) == "");
  CHECK(told(policy(ahead("predefined_load_metric_specification: {predefined_metric_type: "
                          "TotalALBRequestCount}",
                          "")))
            .find("must have predefined_metric_pair_specification, or both") != std::string::npos);
  CHECK(told(policy(ahead(pair, "max_capacity_buffer: 10, ")))
            .find("must be there with IncreaseMaxCapacity, and only then") != std::string::npos);
  const std::string memory =
      "predefined_metric_pair_specification: {predefined_metric_type: ECSServiceMemoryUtilization}";
  CHECK(told(policy(ahead(memory, ""))).find("MemoryUtilization needs assumed.memory_base") !=
        std::string::npos);
  const std::string scales = ahead(pair, "mode: ForecastAndScale, ");
  CHECK(told(kBounds + "policies: [{policy_name: a, " + scales + "}, {policy_name: b, " + scales +
             "}]")
            .find("another policy has ForecastAndScale already; one may") != std::string::npos);
}

}  // namespace
}  // namespace skyreplay::scenario
