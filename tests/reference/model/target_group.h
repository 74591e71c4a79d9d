#pragma once

#include <vector>

#include "reference/model/world.h"

namespace skyreplay::reference {

/// Which member of a fleet gets a request (E103, E152). Targets are numbered by their owner.
class TargetGroup {
 public:
  TargetGroup(World& world, Algorithm algorithm, Time slow_start)
      : world_(world), algorithm_(algorithm), slow_start_(slow_start) {}

  void enter(std::size_t target);
  void leave(std::size_t target);
  /// `draw` decides a weighted random choice: target number floor(n x draw / 2^64) of the n.
  std::optional<std::size_t> pick(Bits& draw);
  void finished(std::size_t target);
  /// It has taken a request by itself.
  void took(std::size_t target) { ++targets_[target].outstanding; }
  /// 0 of one that has never been in rotation.
  std::uint64_t outstanding(std::size_t target) const {
    return target < targets_.size() ? targets_[target].outstanding : 0;
  }
  /// What it had is gone, and it comes as a new one.
  void forget(std::size_t target) {
    if (target < targets_.size()) targets_[target].outstanding = 0;
  }
  bool has(std::size_t target) const;
  std::size_t size() const { return rotation_.size(); }

 private:
  struct Target {
    std::uint64_t outstanding = 0;
    std::uint64_t since = 0;  ///< in what order targets came to the number they have
    std::optional<Time> slow_since{};
    Time saved{};  ///< in slow start: the time since then, of each turn it let pass
  };
  std::size_t fewest() const;
  bool is_slow(std::size_t target) const;
  bool all_slow() const;
  bool lets_turn_pass(std::size_t target);

  World& world_;
  Algorithm algorithm_;
  Time slow_start_;
  std::vector<Target> targets_;
  /// In the order of entering; of weighted random, the last takes the place of one that leaves.
  std::vector<std::size_t> rotation_;
  std::size_t turn_ = 0;
  std::uint64_t changes_ = 0;
};

}  // namespace skyreplay::reference
