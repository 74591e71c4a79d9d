#include "replay/operations.h"

#include <algorithm>

#include "core/check.h"
#include "ec2/auto_scaling_group.h"

namespace skyreplay::replay {
namespace {

ec2::AutoScalingGroup& group_named(const std::string& name, const scenario::Wiring& wiring,
                                   Models& models) {
  const auto& services = wiring.services;
  const auto found = std::find_if(services.begin(), services.end(),
                                  [&](const auto& service) { return service.name == name; });
  SKY_CHECK(found != services.end());  // resolved
  const auto index = static_cast<std::uint32_t>(found - services.begin());
  return static_cast<ec2::AutoScalingGroup&>(*models.fleet(index));
}

}  // namespace

void operate(const proto::Operation& operation, const scenario::Wiring& wiring, Models& models) {
  if (operation.has_enter_standby()) {
    const proto::EnterStandby& enter = operation.enter_standby();
    group_named(enter.service(), wiring, models)
        .enter_standby(enter.count(), enter.should_decrement_desired_capacity());
  } else if (operation.has_exit_standby()) {
    const proto::ExitStandby& exit = operation.exit_standby();
    group_named(exit.service(), wiring, models).exit_standby(exit.count());
  } else {
    const proto::DetachInstances& detach = operation.detach_instances();
    group_named(detach.service(), wiring, models)
        .detach_instances(detach.count(), detach.should_decrement_desired_capacity());
  }
}

}  // namespace skyreplay::replay
