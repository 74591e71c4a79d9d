#include "ecs/service_scaling.h"

#include <fmt/format.h>

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
                                 .current = running(),
                                 .holds_scale_in = loop_.now() < scale_in_cools_until_};
  if (loop_.now() < scale_out_cools_until_) target.cools_down_from = ran_before_;
  return target;
}

// C101, C109.
void ServiceScaling::scale(const scaling::Decision& decision) {
  const TimePoint until = loop_.now() + decision.cooldown.value_or(Duration{});
  if (decision.desired > fleet_.desired()) {
    if (loop_.now() >= scale_out_cools_until_) ran_before_ = running();
    scale_out_cools_until_ = until;
    scale_in_cools_until_ = {};
  } else {
    scale_in_cools_until_ = until;
  }
  fleet_.set_desired(decision.desired, decision.cause);
}

std::string ServiceScaling::trigger(const std::string& alarm, const std::string& policy) const {
  return fmt::format("monitor alarm {} in state ALARM triggered policy {}", alarm, policy);
}

}  // namespace skyreplay::ecs
