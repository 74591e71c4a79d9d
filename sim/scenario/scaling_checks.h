#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "scaling/metric_names.h"
#include "scenario/binder.h"

namespace skyreplay::scenario {

/// What all platforms that scale check alike of alarms, steps and target tracking.
class ScalingChecks {
 protected:
  using Alarms = google::protobuf::RepeatedPtrField<proto::CloudWatchAlarm>;
  using Steps = google::protobuf::RepeatedPtrField<proto::StepAdjustment>;

  /// `owner` has those metrics: "a group".
  virtual ~ScalingChecks() = default;
  ScalingChecks(const Places& places, Mistakes& mistakes, scaling::MetricNames names,
                const char* owner)
      : places_(places), mistakes_(mistakes), names_(names), owner_(owner) {}

  void mistake(const std::string& path, const std::string& text) {
    mistakes_.add(places_.near(path), path, text);
  }
  /// That there is such a metric, and that alarms may have such a period.
  void metric(const std::string& metric_namespace, const std::string& name, std::uint32_t period,
              const std::string& path);
  /// Why alarms on a metric may not have such a period; empty where they may.
  virtual std::string period_mistake(const scaling::MetricName& metric, std::uint32_t period) const;
  /// Derives what an alarm leaves open, and checks it.
  void alarm(proto::CloudWatchAlarm& alarm, const std::string& path);
  /// Whom alarms name, of those who may act; that no alarm has another's name.
  std::set<std::string> actions(const Alarms& alarms, const std::vector<std::string>& may_act,
                                const std::string& path);
  /// E66, E68, E72, C107: whole numbers, without gaps. `type` is the path of adjustment_type.
  void steps(const Steps& steps, bool is_exact, const std::string& path);
  /// A whole number, that of an exact capacity not below zero.
  void whole(double adjustment, bool is_exact, const std::string& path);
  /// How many datapoints must breach, of how many.
  template <typename Assumed>
  void datapoints(Assumed& assumed, const std::string& path);
  /// Of a policy of predictive scaling; in predictive_checks.h, as the next.
  template <typename Config>
  void predictive_config(const Config& config, const std::string& path);
  template <typename Policies, typename ConfigOf>
  void one_scales_ahead(const Policies& policies, const std::string& path, const char* field,
                        ConfigOf&& config_of);
  /// That what is billed has a price in the Region.
  void priced(bool is_billed, const char* item, const std::string& region, const std::string& path);

  const Places& places_;
  Mistakes& mistakes_;

 private:
  template <typename Config>
  void histories(const Config& config, const std::string& path);
  template <typename Metrics>
  void metric_pair(const Metrics& from, const std::string& path);

  scaling::MetricNames names_;
  const char* owner_;
};

template <typename Assumed>
void ScalingChecks::datapoints(Assumed& assumed, const std::string& path) {
  const auto at_most = [&](std::uint32_t m, std::uint32_t n, const char* field) {
    if (m <= n) return;
    mistake(path + field, "must be at most the periods it is of, " + std::to_string(n));
  };
  if (!assumed.has_high_datapoints_to_alarm()) {
    assumed.set_high_datapoints_to_alarm(assumed.high_evaluation_periods());
  }
  if (!assumed.has_low_datapoints_to_alarm()) {
    assumed.set_low_datapoints_to_alarm(assumed.low_evaluation_periods());
  }
  at_most(assumed.high_datapoints_to_alarm(), assumed.high_evaluation_periods(),
          ".high_datapoints_to_alarm");
  at_most(assumed.low_datapoints_to_alarm(), assumed.low_evaluation_periods(),
          ".low_datapoints_to_alarm");
}

}  // namespace skyreplay::scenario
