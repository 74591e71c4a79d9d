#pragma once

#include <vector>

#include "reference/model/world.h"

namespace skyreplay::reference {

/// Which member of a fleet gets a request (E103, E152). Targets are numbered by their owner.
class TargetGroup {
 public:
  explicit TargetGroup(World& world, Algorithm algorithm) : world_(world), algorithm_(algorithm) {}

  void enter(std::size_t target);
  void leave(std::size_t target);
  /// `draw` decides a weighted random choice: target number floor(n x draw / 2^64) of the n.
  std::optional<std::size_t> pick(Bits draw);
  void finished(std::size_t target);
  std::uint64_t outstanding(std::size_t target) const { return targets_[target].outstanding; }

 private:
  struct Target {
    std::uint64_t outstanding = 0;
    std::uint64_t since = 0;  ///< in what order targets came to the number they have
  };
  std::size_t fewest() const;

  World& world_;
  Algorithm algorithm_;
  std::vector<Target> targets_;
  /// In the order of entering; of weighted random, the last takes the place of one that leaves.
  std::vector<std::size_t> rotation_;
  std::size_t turn_ = 0;
  std::uint64_t changes_ = 0;
};

}  // namespace skyreplay::reference
