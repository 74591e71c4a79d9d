#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>

#include "scenario/scaling_checks.h"

namespace skyreplay::scenario {

/// What targets of Application Auto Scaling check alike: services of tasks, provisioned
/// concurrency.
class ApplicationScalingChecks : protected ScalingChecks {
 protected:
  using ScheduledActions = google::protobuf::RepeatedPtrField<proto::ServiceScheduledAction>;

  using ScalingChecks::ScalingChecks;

  /// `path[index]` of a list in it.
  static std::string element(const std::string& path, const char* list, int index);

  /// C104, C110, C112: who is scaled has bounds, and nobody else. `path` is the target's.
  template <typename Target>
  void bounds(const Target& target, const std::string& path) {
    Scalable what{target.policies_size(), target.scheduled_actions_size(), {}, {}};
    if (target.has_min_capacity()) what.min_capacity = target.min_capacity();
    if (target.has_max_capacity()) what.max_capacity = target.max_capacity();
    check_bounds(what, path);
  }
  /// That no policy has another's name.
  template <typename Policies>
  void unique_names(const Policies& policies, const std::string& path) {
    std::set<std::string> seen;
    for (int i = 0; i < policies.size(); ++i) {
      if (!policies[i].has_policy_name() || seen.insert(policies[i].policy_name()).second) continue;
      mistake(element(path, "policies", i) + ".policy_name", "is another policy's name already");
    }
  }
  /// C110. `path` is the target's.
  void scheduled_actions(const ScheduledActions& actions, const std::string& path);

  /// Of target tracking: one specification of a metric, of a minute, and how its alarms look.
  template <typename Config>
  void target_tracking(Config& config, const std::string& path);

 private:
  static constexpr std::uint32_t kLowAlarmSeconds = 15 * 60;  // C97
  /// Of a policy's alarms, in seconds.
  static std::uint32_t period_of(const proto::TargetTrackingScalingPolicyConfiguration& config);
  template <typename Config>
  static std::uint32_t period_of(const Config&) {
    return 60;
  }
  struct Scalable {
    int policies = 0;
    int scheduled_actions = 0;
    std::optional<std::uint32_t> min_capacity;
    std::optional<std::uint32_t> max_capacity;
  };
  void customized(proto::ServiceCustomizedMetricSpecification& specification,
                  const std::string& path);
  void metric_math(proto::ServiceCustomizedMetricSpecification& specification,
                   const std::string& path);
  bool query(proto::TargetTrackingMetricDataQuery& query, const std::string& path);
  void check_bounds(const Scalable& target, const std::string& path);
  void scheduled_action(const proto::ServiceScheduledAction& action, const std::string& path);
  void times(const proto::ServiceScheduledAction& action, const std::string& path);
};

template <typename Config>
void ApplicationScalingChecks::target_tracking(Config& config, const std::string& path) {
  const bool has_customized = config.has_customized_metric_specification();
  if (has_customized == config.has_predefined_metric_specification()) {
    if (mistakes_.below(path)) return;
    return mistake(path,
                   "must have one of predefined_metric_specification and "
                   "customized_metric_specification");
  }
  if (has_customized) {
    customized(*config.mutable_customized_metric_specification(),
               path + ".customized_metric_specification");
  }
  if (!config.assumed().has_low_evaluation_periods()) {
    config.mutable_assumed()->set_low_evaluation_periods(kLowAlarmSeconds / period_of(config));
  }
  datapoints(*config.mutable_assumed(), path + ".assumed");
}

}  // namespace skyreplay::scenario
