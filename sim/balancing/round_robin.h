#pragma once

#include "balancing/target.h"

namespace skyreplay::balancing {

/// One after the other, in the order they entered rotation (E103). A target that enters has its
/// turn after the one that was last in that order; one that leaves loses it.
class RoundRobin {
 public:
  void enter(Targets& targets, std::uint32_t target) {
    order_.push_back(targets, target);
    if (turn_ == kNoTarget) turn_ = target;
  }
  void leave(Targets& targets, std::uint32_t target) {
    if (turn_ == target) turn_ = after(targets, target);
    order_.remove(targets, target);
    if (order_.empty()) turn_ = kNoTarget;
  }

  std::uint32_t pick(Targets& targets) {
    const std::uint32_t target = turn_;
    if (target == kNoTarget) return kNoTarget;
    turn_ = after(targets, target);
    ++targets[target].outstanding;
    return target;
  }

 private:
  std::uint32_t after(const Targets& targets, std::uint32_t target) const {
    const std::uint32_t next = targets[target].next;
    return next == kNoTarget ? order_.head : next;
  }

  TargetList order_;
  std::uint32_t turn_ = kNoTarget;  ///< whose turn it is; kNoTarget where nobody is in rotation
};

}  // namespace skyreplay::balancing
