#include "ec2/group_scaling.h"

#include <algorithm>

namespace skyreplay::ec2 {

GroupScaling::GroupScaling(kernel::Loop& loop, balancing::Fleet& fleet,
                           const GroupScalingConfig& config, scaling::CapacityBounds& bounds,
                           bool steady)
    : FleetScaling(loop, fleet, config, bounds, steady),
      terminating_time_(config.terminating_time),
      last_in_service_(loop.now()) {}

void GroupScaling::member_in_service(std::uint32_t place) {
  last_in_service_ = loop_.now();
  FleetScaling::member_in_service(place);
}

void GroupScaling::member_taken_out(std::uint32_t place, Duration hooks) {
  std::erase_if(terminating_,
                [this](const TakenOut& out) { return out.counts_until <= loop_.now(); });
  terminating_.push_back(
      {loop_.now() + terminating_time_ + hooks, fleet_.member(place)->serves_since});
}

scaling::ScalableTarget GroupScaling::target(Duration warmup) const {
  scaling::ScalableTarget target{.desired = fleet_.desired(),
                                 .minimum = bounds_.minimum,
                                 .maximum = bounds_.maximum,
                                 .is_cooling_down = is_cooling_down()};
  fleet_.for_each_member([&](std::uint32_t, const balancing::Fleet::MemberState& state) {
    if (state.is_draining) return;
    const bool is_warm =
        state.serves_since != kEndOfTime && state.serves_since + warmup <= loop_.now();
    ++(is_warm ? target.current : target.warming);
  });
  for (const TakenOut& out : terminating_) {
    const bool is_warm = out.served_since + warmup <= loop_.now();
    const bool counts = is_warm && out.counts_until > loop_.now();
    target.terminating += counts ? 1 : 0;
  }
  return target;
}

/// The cooldown begins when the last instance of the activity is in service (E74), or, where
/// instances are taken away, with that (E75).
bool GroupScaling::is_cooling_down() const {
  if (acted_ < TimePoint{}) return false;
  return fleet_.pending() > 0 || loop_.now() < std::max(acted_, last_in_service_) + cooldown_;
}

void GroupScaling::scale(const scaling::Decision& decision) {
  if (decision.cooldown) {
    cooldown_ = *decision.cooldown;
    acted_ = loop_.now();
  }
  if (decision.maximum) bounds_.maximum = *decision.maximum;
  fleet_.set_desired(decision.desired, decision.cause);
}

}  // namespace skyreplay::ec2
