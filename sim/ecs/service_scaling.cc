#include "ecs/service_scaling.h"

#include "ecs/service_scheduler.h"
#include "scaling/application_target.h"

namespace skyreplay::ecs {

std::uint32_t ServiceScaling::running() const {
  std::uint32_t count = 0;
  fleet_.for_each_member([&count](std::uint32_t, const balancing::Fleet::MemberState& state) {
    count += state.serves_since != kEndOfTime && !state.is_draining ? 1 : 0;
  });
  return count;
}

scaling::ScalableTarget ServiceScaling::target(Duration) const {
  scaling::ScalableTarget target{.desired = fleet_.desired(),
                                 .minimum = bounds_.minimum,
                                 .maximum = bounds_.maximum,
                                 .current = running()};
  cooldowns_.show(loop_.now(), target);
  target.holds_scale_in |= scheduler_->is_deploying();  // C59
  return target;
}

/// What a forecast adds has no cooldown (C111).
void ServiceScaling::scale(const scaling::Decision& decision) {
  if (decision.maximum) bounds_.maximum = *decision.maximum;
  if (decision.cooldown && decision.desired > fleet_.desired()) {
    cooldowns_.scaled_out(loop_.now(), *decision.cooldown, running());
  } else if (decision.cooldown) {
    cooldowns_.scaled_in(loop_.now(), *decision.cooldown);
  }
  fleet_.set_desired(decision.desired, decision.cause);
}

std::string ServiceScaling::trigger(const std::string& alarm, const std::string& policy) const {
  return scaling::application_trigger(alarm, policy);
}

}  // namespace skyreplay::ecs
