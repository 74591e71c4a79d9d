#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace skyreplay::balancing {

inline constexpr std::uint32_t kNoTarget = ~std::uint32_t{0};

/// A registered target as its group sees it.
///
///     registered, in rotation <-> registered, out of rotation -> gone
struct Target {
  std::uint32_t outstanding = 0;  ///< requests sent there and not finished
  std::uint32_t next = kNoTarget;
  std::uint32_t previous = kNoTarget;
  std::uint32_t position = 0;  ///< in an algorithm's array
  std::uint16_t node = 0;      ///< the load balancer's node that sends to it
  bool registered = false;
  bool in_rotation = false;
};

/// All targets of a group, by the owner's number for them.
using Targets = std::vector<Target>;

/// The integer part of n x draw / 2^64: uniform below n but for a bias below n / 2^64.
inline std::size_t share_of(std::uint64_t draw, std::size_t n) {
  __extension__ using Wide = unsigned __int128;
  return static_cast<std::size_t>((Wide{draw} * n) >> 64);
}

/// Targets in the order they joined, linked through them, the last to the first. **Cost** O(1), no
/// memory of its own.
struct TargetRing {
  std::uint32_t first = kNoTarget;

  bool empty() const { return first == kNoTarget; }

  void push_back(Targets& targets, std::uint32_t target) {
    if (empty()) first = targets[target].previous = target;
    const std::uint32_t last = targets[first].previous;
    targets[target].next = first;
    targets[target].previous = last;
    targets[last].next = target;
    targets[first].previous = target;
  }
  void remove(Targets& targets, std::uint32_t target) {
    const auto [next, previous] = std::pair(targets[target].next, targets[target].previous);
    targets[previous].next = next;
    targets[next].previous = previous;
    if (first == target) first = next == target ? kNoTarget : next;
  }
};

}  // namespace skyreplay::balancing
