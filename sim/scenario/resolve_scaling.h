#pragma once

#include <string>

#include "scenario/binder.h"

namespace skyreplay::scenario {

/// Derives what a group's policies and alarms leave open, and checks what takes more than one field
/// to check.
class ScalingResolver {
 public:
  ScalingResolver(const std::string& region, const Places& places, Mistakes& mistakes)
      : region_(region), places_(places), mistakes_(mistakes) {}

  /// `path` is the group's (`services.web.ec2`).
  void group(proto::AutoScalingGroup& group, const std::string& path);

 private:
  void mistake(const std::string& path, const std::string& text) {
    mistakes_.add(places_.near(path), path, text);
  }
  void policy(proto::ScalingPolicy& policy, const std::string& path);
  void target_tracking(proto::ScalingPolicy& policy, const std::string& path);
  void predictive(const proto::ScalingPolicy& policy, const std::string& path);
  void metric_pair(const proto::PredictiveScalingMetricSpecification& from,
                   const std::string& path);
  void one_scales_ahead(const proto::AutoScalingGroup& group, const std::string& path);
  void step(const proto::ScalingPolicy& policy, const std::string& path);
  void simple(const proto::ScalingPolicy& policy, const std::string& path);
  void refuse_fields(const proto::ScalingPolicy& policy, std::initializer_list<const char*> fields,
                     const char* of, const std::string& path);
  void adjustment(const proto::ScalingPolicy& policy, double value, const std::string& path,
                  const std::string& own);
  void shape(proto::TargetTrackingAssumed& assumed, std::uint32_t period, const std::string& path);
  void alarm(proto::CloudWatchAlarm& alarm, const std::string& path);
  void actions(const proto::AutoScalingGroup& group, const std::string& path);
  void metric(const std::string& metric_namespace, const std::string& name, std::uint32_t period,
              const std::string& path);
  void names(const proto::AutoScalingGroup& group, const std::string& path);
  void suspended_processes(const proto::AutoScalingGroup& group, const std::string& path);
  void prices(const proto::AutoScalingGroup& group, const std::string& path);

  const std::string& region_;
  const Places& places_;
  Mistakes& mistakes_;
};

}  // namespace skyreplay::scenario
