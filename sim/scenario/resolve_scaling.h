#pragma once

#include <string>

#include "ec2/group_metric_names.h"
#include "scenario/scaling_checks.h"

namespace skyreplay::scenario {

/// Derives what a group's policies and alarms leave open, and checks what takes more than one field
/// to check.
class ScalingResolver : ScalingChecks {
 public:
  ScalingResolver(const std::string& region, const Places& places, Mistakes& mistakes)
      : ScalingChecks(places, mistakes, ec2::group_metrics(), "a group"), region_(region) {}

  /// `path` is the group's (`services.web.ec2`).
  void group(proto::AutoScalingGroup& group, const std::string& path);

 private:
  void policy(proto::ScalingPolicy& policy, const std::string& path);
  void target_tracking(proto::ScalingPolicy& policy, const std::string& path);
  void predictive(const proto::ScalingPolicy& policy, const std::string& path);
  void one_scales_ahead(const proto::AutoScalingGroup& group, const std::string& path);
  void step(const proto::ScalingPolicy& policy, const std::string& path);
  void simple(const proto::ScalingPolicy& policy, const std::string& path);
  void refuse_fields(const proto::ScalingPolicy& policy, std::initializer_list<const char*> fields,
                     const char* of, const std::string& path);
  void adjusts(const proto::ScalingPolicy& policy, const std::string& path);
  void actions_of(const proto::AutoScalingGroup& group, const std::string& path);
  void names(const proto::AutoScalingGroup& group, const std::string& path);
  void suspended_processes(const proto::AutoScalingGroup& group, const std::string& path);
  void prices(const proto::AutoScalingGroup& group, const std::string& path);

  const std::string& region_;
};

}  // namespace skyreplay::scenario
