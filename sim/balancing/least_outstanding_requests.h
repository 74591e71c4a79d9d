#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "balancing/target.h"
#include "core/time.h"

namespace skyreplay::balancing {

/// The target with the fewest outstanding requests (E103, E152); of several, the one that has had
/// that number of them for longest.
///
/// **Method** One list for each number of outstanding requests, in the order in which targets came
/// to it: a request moves its target to the end of the next list, its end to the end of the one
/// before. **Cost** O(1); where the last target with the fewest leaves rotation, the next list that
/// is not empty is searched for upwards.
class LeastOutstandingRequests {
 public:
  void enter(Targets& targets, std::uint32_t target, TimePoint = {}) {
    append(targets, target);
    if (targets[target].outstanding < least_ || in_rotation_ == 0) {
      least_ = targets[target].outstanding;
    }
    ++in_rotation_;
  }
  void leave(Targets& targets, std::uint32_t target) {
    lists_[targets[target].outstanding].remove(targets, target);
    if (--in_rotation_ == 0) return;
    while (lists_[least_].empty()) ++least_;
  }

  std::uint32_t pick(Targets& targets) {
    if (in_rotation_ == 0) return kNoTarget;
    const std::uint32_t target = lists_[least_].head;
    lists_[least_].remove(targets, target);
    ++targets[target].outstanding;
    append(targets, target);
    least_ += lists_[least_].empty() ? 1 : 0;  // where the target now is; no jump, as below
    return target;
  }
  void finished(Targets& targets, std::uint32_t target) {
    if (!targets[target].in_rotation) {
      --targets[target].outstanding;
      return;
    }
    lists_[targets[target].outstanding].remove(targets, target);
    const std::uint32_t outstanding = --targets[target].outstanding;
    append(targets, target);
    least_ = std::min(least_, outstanding);
  }

 private:
  void append(Targets& targets, std::uint32_t target) {
    const std::uint32_t outstanding = targets[target].outstanding;
    if (outstanding >= lists_.size()) [[unlikely]]
      lists_.resize(outstanding + std::size_t{1});
    lists_[outstanding].push_back(targets, target);
  }

  std::vector<TargetList> lists_;  ///< by outstanding requests, of the targets in rotation
  // Invariant: no list below least_ holds a target, and lists_[least_] does while anybody is in
  // rotation.
  std::uint32_t least_ = 0;
  std::uint32_t in_rotation_ = 0;
};

}  // namespace skyreplay::balancing
