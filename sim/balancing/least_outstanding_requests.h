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
/// **Method** One ring for each number of outstanding requests, in the order in which targets came
/// to it: a request moves its target to the end of the next ring, its end to the end of the one
/// before. A ring has a place of its own among its targets, so that no link is a special one:
/// whether a target was the only one, the first or the last cannot be predicted. **Cost** O(1);
/// where the last target with the fewest leaves rotation, the next ring that is not empty is
/// searched for upwards.
class LeastOutstandingRequests {
 public:
  LeastOutstandingRequests() { grow(ring_of(0)); }

  void enter(Targets& targets, std::uint32_t target, TimePoint = {}) {
    const std::uint32_t outstanding = targets[target].outstanding;
    grow(std::max(place_of(target), ring_of(outstanding)));
    append(place_of(target), ring_of(outstanding));
    if (outstanding < least_ || in_rotation_ == 0) least_ = outstanding;
    ++in_rotation_;
  }
  void leave(Targets&, std::uint32_t target) {
    unlink(place_of(target));
    if (--in_rotation_ == 0) return;
    while (is_empty(ring_of(least_))) ++least_;
  }

  std::uint32_t pick(Targets& targets) {
    const std::uint32_t ring = ring_of(least_);
    const std::uint32_t place = links_[ring].next;
    if (place == ring) [[unlikely]]
      return kNoTarget;
    if (ring_above(ring) >= places_) [[unlikely]]
      grow(ring_above(ring));
    unlink(place);
    append(place, ring_above(ring));
    least_ += is_empty(ring) ? 1 : 0;  // where the target now is
    ++targets[place / 2].outstanding;
    return place / 2;
  }
  void finished(Targets& targets, std::uint32_t target) {
    const std::uint32_t outstanding = --targets[target].outstanding;
    if (!targets[target].in_rotation) return;
    unlink(place_of(target));
    append(place_of(target), ring_of(outstanding));
    least_ = std::min(least_, outstanding);
  }

 private:
  struct Link {
    std::uint32_t next;
    std::uint32_t previous;
  };

  // Where a target, and where the ring of those with so many outstanding, has its link.
  static std::uint32_t place_of(std::uint32_t target) { return 2 * target; }
  static std::uint32_t ring_of(std::uint32_t outstanding) { return 2 * outstanding + 1; }
  static std::uint32_t ring_above(std::uint32_t ring) { return ring + 2; }

  bool is_empty(std::uint32_t ring) const { return links_[ring].next == ring; }
  /// A ring that is new is empty.
  void grow(std::uint32_t place) {
    for (; places_ <= place; ++places_) links_.push_back({places_, places_});
  }
  void append(std::uint32_t place, std::uint32_t ring) {
    const std::uint32_t last = links_[ring].previous;
    links_[place] = {.next = ring, .previous = last};
    links_[last].next = place;
    links_[ring].previous = place;
  }
  void unlink(std::uint32_t place) {
    const Link link = links_[place];
    links_[link.previous].next = link.next;
    links_[link.next].previous = link.previous;
  }

  std::vector<Link> links_;
  std::uint32_t places_ = 0;  ///< how many those are
  // Invariant: no ring below that of least_ holds a target, and that one does while anybody is in
  // rotation.
  std::uint32_t least_ = 0;
  std::uint32_t in_rotation_ = 0;
};

}  // namespace skyreplay::balancing
