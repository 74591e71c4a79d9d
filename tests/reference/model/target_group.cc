#include "reference/model/target_group.h"

#include <algorithm>

namespace skyreplay::reference {

void TargetGroup::enter(std::size_t target) {
  if (targets_.size() <= target) targets_.resize(target + 1);
  targets_[target].since = ++changes_;
  const bool others = !all_slow() || world_.broken(Mutation::kSlowStartForAll);
  targets_[target].slow_since = others ? std::optional(world_.now()) : std::nullopt;
  targets_[target].saved = Time{};
  rotation_.push_back(target);
}

bool TargetGroup::has(std::size_t target) const {
  return std::find(rotation_.begin(), rotation_.end(), target) != rotation_.end();
}

bool TargetGroup::is_slow(std::size_t target) const {
  const auto since = targets_[target].slow_since;
  return since && world_.now() - *since < slow_start_;
}

bool TargetGroup::all_slow() const {
  return std::all_of(rotation_.begin(), rotation_.end(),
                     [this](std::size_t target) { return is_slow(target); });
}

bool TargetGroup::lets_turn_pass(std::size_t index) {
  Target& target = targets_[index];
  if (!is_slow(index)) return false;
  target.saved += world_.now() - *target.slow_since;
  if (target.saved < slow_start_) return true;
  target.saved -= slow_start_;
  return false;
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

std::optional<std::size_t> TargetGroup::pick(Bits& draw) {
  if (rotation_.empty()) return std::nullopt;
  std::size_t target = 0;
  switch (algorithm_) {
    case Algorithm::kRoundRobin:
      while (!all_slow() && lets_turn_pass(rotation_[turn_])) {
        turn_ = (turn_ + 1) % rotation_.size();
      }
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
