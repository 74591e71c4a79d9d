#pragma once

#include <cstdint>
#include <vector>

#include "balancing/target.h"
#include "core/time.h"

namespace skyreplay::balancing {

/// One after the other, in the order they entered rotation (E103). A target that enters has its
/// turn after the one that was last in that order; one that leaves loses it.
///
/// **Slow start** (E104) For a while after it entered, a target lets turns pass: the time since
/// then is added up at each, and it takes the turn once the sum is the whole length, which the sum
/// then loses. So its share rises in proportion to time, up to that of the others. It does not
/// apply where every other target is in slow start too, nor to one that enters among such.
/// **Cost** of pick(): O(1), and O(targets in slow start) while there are some.
class RoundRobin {
 public:
  /// `slow_start`: its length; zero where there is none.
  explicit RoundRobin(Duration slow_start = {}) : slow_start_(slow_start) {}

  void enter(Targets& targets, std::uint32_t target, TimePoint now) {
    expire(now);
    if (slow_start_ > Duration{} && in_rotation_ > slow_.size()) slow_.push_back({target, now, {}});
    ++in_rotation_;
    order_.push_back(targets, target);
    if (turn_ == kNoTarget) turn_ = target;
  }
  void leave(Targets& targets, std::uint32_t target) {
    std::erase_if(slow_, [target](const Slow& slow) { return slow.target == target; });
    --in_rotation_;
    if (turn_ == target) turn_ = targets[target].next;
    order_.remove(targets, target);
    if (order_.empty()) turn_ = kNoTarget;
  }

  std::uint32_t pick(Targets& targets, TimePoint now) {
    if (!slow_.empty()) [[unlikely]]
      let_turns_pass(targets, now);
    const std::uint32_t target = turn_;
    if (target == kNoTarget) return kNoTarget;
    turn_ = targets[target].next;
    ++targets[target].outstanding;
    return target;
  }

 private:
  struct Slow {
    std::uint32_t target;
    TimePoint since;
    Duration saved;  ///< of turns that passed
  };

  void expire(TimePoint now) {
    std::erase_if(slow_, [&](const Slow& slow) { return now - slow.since >= slow_start_; });
  }
  bool takes_its_turn(std::uint32_t target, TimePoint now) {
    for (Slow& slow : slow_) {
      if (slow.target != target) continue;
      slow.saved += now - slow.since;
      if (slow.saved < slow_start_) return false;
      slow.saved -= slow_start_;
    }
    return true;
  }
  void let_turns_pass(const Targets& targets, TimePoint now) {
    expire(now);
    if (slow_.size() == in_rotation_) return;
    while (!takes_its_turn(turn_, now)) turn_ = targets[turn_].next;
  }

  Duration slow_start_;
  std::vector<Slow> slow_;  ///< targets in slow start
  std::uint32_t in_rotation_ = 0;
  TargetRing order_;
  std::uint32_t turn_ = kNoTarget;  ///< whose turn it is; kNoTarget where nobody is in rotation
};

}  // namespace skyreplay::balancing
