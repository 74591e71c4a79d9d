#pragma once

#include "balancing/target.h"
#include "core/time.h"

namespace skyreplay::balancing {

/// Any target, each as likely as the others: an Application Load Balancer gives its targets equal
/// weights until it sees anomalies (E103), which targets here do not have.
///
/// **Order** The draw is the caller's, keyed by the request. Which target a draw means depends on
/// the order in which targets entered and left rotation.
class WeightedRandom {
 public:
  void enter(Targets& targets, std::uint32_t target, TimePoint = {}) {
    targets[target].position = static_cast<std::uint32_t>(in_rotation_.size());
    in_rotation_.push_back(target);
  }
  void leave(Targets& targets, std::uint32_t target) {
    const std::uint32_t position = targets[target].position;
    const std::uint32_t last = in_rotation_.back();
    in_rotation_[position] = last;
    targets[last].position = position;
    in_rotation_.pop_back();
  }

  template <typename Draw>
  std::uint32_t pick(Targets& targets, Draw&& draw) {
    if (in_rotation_.empty()) return kNoTarget;
    const std::uint32_t target = in_rotation_[share_of(draw(), in_rotation_.size())];
    ++targets[target].outstanding;
    return target;
  }

 private:
  std::vector<std::uint32_t> in_rotation_;
};

}  // namespace skyreplay::balancing
