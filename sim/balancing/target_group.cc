#include "balancing/target_group.h"

namespace skyreplay::balancing {

TargetGroup::TargetGroup(const TargetGroupConfig& config)
    : first_(make_node(config)),
      others_(std::size_t{config.nodes} * config.sides - 1, first_),
      count_(others_.size() + 1),
      each_(config.nodes),
      counts_outstanding_(config.algorithm == Algorithm::kLeastOutstandingRequests) {
  SKY_CHECK(config.nodes >= 1 && count_ <= 65'535);
}

TargetGroup::Node TargetGroup::make_node(const TargetGroupConfig& config) {
  switch (config.algorithm) {
    case Algorithm::kRoundRobin:
      return RoundRobin(config.slow_start);
    case Algorithm::kLeastOutstandingRequests:
      return LeastOutstandingRequests();
    case Algorithm::kWeightedRandom:
      break;
  }
  return WeightedRandom();
}

void TargetGroup::add(std::uint32_t target, std::uint32_t node) {
  if (target >= targets_.size()) targets_.resize(target + std::size_t{1});
  SKY_CHECK(!targets_[target].registered && node < count_);
  targets_[target] = {.node = static_cast<std::uint16_t>(node), .registered = true};
  ++registered_;
}

void TargetGroup::take_out(std::uint32_t target) {
  SKY_CHECK(targets_[target].in_rotation);
  std::visit([&](auto& algorithm) { algorithm.leave(targets_, target); }, node_of(target));
  targets_[target].in_rotation = false;
  --in_rotation_;
}

void TargetGroup::put_in(std::uint32_t target, TimePoint now) {
  SKY_CHECK(targets_[target].registered && !targets_[target].in_rotation);
  targets_[target].in_rotation = true;
  ++in_rotation_;
  std::visit([&](auto& algorithm) { algorithm.enter(targets_, target, now); }, node_of(target));
}

void TargetGroup::remove(std::uint32_t target) {
  SKY_CHECK(targets_[target].registered);
  if (targets_[target].in_rotation) take_out(target);
  targets_[target].registered = false;
  --registered_;
}

}  // namespace skyreplay::balancing
