#include "balancing/target_group.h"

namespace skyreplay::balancing {

TargetGroup::TargetGroup(Algorithm algorithm) {
  if (algorithm == Algorithm::kLeastOutstandingRequests) {
    algorithm_.emplace<LeastOutstandingRequests>();
  } else if (algorithm == Algorithm::kWeightedRandom) {
    algorithm_.emplace<WeightedRandom>();
  }
}

void TargetGroup::add(std::uint32_t target) {
  if (target >= targets_.size()) targets_.resize(target + std::size_t{1});
  SKY_CHECK(!targets_[target].registered);
  targets_[target] = {.registered = true};
  ++registered_;
  put_back(target);
}

void TargetGroup::take_out(std::uint32_t target) {
  SKY_CHECK(targets_[target].in_rotation);
  std::visit([&](auto& algorithm) { algorithm.leave(targets_, target); }, algorithm_);
  targets_[target].in_rotation = false;
  --in_rotation_;
}

void TargetGroup::put_back(std::uint32_t target) {
  SKY_CHECK(targets_[target].registered && !targets_[target].in_rotation);
  targets_[target].in_rotation = true;
  ++in_rotation_;
  std::visit([&](auto& algorithm) { algorithm.enter(targets_, target); }, algorithm_);
}

void TargetGroup::remove(std::uint32_t target) {
  SKY_CHECK(targets_[target].registered);
  if (targets_[target].in_rotation) take_out(target);
  targets_[target].registered = false;
  --registered_;
}

}  // namespace skyreplay::balancing
