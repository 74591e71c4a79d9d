#include "reference/model/target_group.h"

#include <algorithm>

namespace skyreplay::reference {

void TargetGroup::enter(std::size_t target) {
  if (targets_.size() <= target) targets_.resize(target + 1);
  targets_[target].since = ++changes_;
  rotation_.push_back(target);
}

void TargetGroup::leave(std::size_t target) {
  const auto at = std::find(rotation_.begin(), rotation_.end(), target);
  const auto place = static_cast<std::size_t>(at - rotation_.begin());
  if (algorithm_ == Algorithm::kWeightedRandom) {
    *at = rotation_.back();
    rotation_.pop_back();
    return;
  }
  rotation_.erase(at);
  if (place < turn_) --turn_;
  if (turn_ == rotation_.size() || world_.broken(Mutation::kRoundRobinStartsOver)) turn_ = 0;
}

std::size_t TargetGroup::fewest() const {
  std::size_t best = rotation_[0];
  for (const std::size_t target : rotation_) {
    const Target& a = targets_[target];
    const Target& b = targets_[best];
    const bool fewer = a.outstanding < b.outstanding;
    const bool longer =
        world_.broken(Mutation::kEqualTargetsByNumber) ? target < best : a.since < b.since;
    if (fewer || (a.outstanding == b.outstanding && longer)) best = target;
  }
  return best;
}

std::optional<std::size_t> TargetGroup::pick(Bits draw) {
  if (rotation_.empty()) return std::nullopt;
  std::size_t target = 0;
  switch (algorithm_) {
    case Algorithm::kRoundRobin:
      target = rotation_[turn_];
      turn_ = (turn_ + 1) % rotation_.size();
      break;
    case Algorithm::kLeastOutstanding:
      target = fewest();
      break;
    case Algorithm::kWeightedRandom: {
      __extension__ using Wider = unsigned __int128;
      target = rotation_[static_cast<std::size_t>((Wider{draw()} * rotation_.size()) >> 64)];
    }
  }
  ++targets_[target].outstanding;
  targets_[target].since = ++changes_;
  return target;
}

void TargetGroup::finished(std::size_t target) {
  --targets_[target].outstanding;
  targets_[target].since = ++changes_;
}

}  // namespace skyreplay::reference
