#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "core/time.h"

namespace skyreplay::lambda {

/// An idle environment, as its function remembers it.
struct Idle {
  TimePoint freed;  ///< when it last became idle
  std::uint32_t environment = 0;
  bool needs_init = false;  ///< it was reset
};

/// The idle environments of one function in the order they were freed: a ring that grows, so that
/// the next one to be used stands in a line of its function's own.
///
/// **Cost** O(1) at either end; to remove one from the middle, which only its age does, is O(idle).
class IdleQueue {
 public:
  bool empty() const { return size_ == 0; }
  std::uint32_t size() const { return size_; }
  /// REQUIRES !empty(), as for what follows.
  const Idle& newest() const { return at(size_ - 1); }
  const Idle& oldest() const { return at(0); }
  /// What is taken may be read until the next push.
  const Idle& take_newest() { return at(--size_); }
  const Idle& take_oldest() {
    --size_;
    return places_[first_++ & (capacity_ - 1)];
  }

  /// REQUIRES idle.freed not before newest().freed.
  void push(const Idle& idle) {
    if (size_ == capacity_) [[unlikely]]
      grow();
    // One by one: as a whole, what was written last would be read in another width, and wait.
    Idle& place = at(size_++);
    place.freed = idle.freed;
    place.environment = idle.environment;
    place.needs_init = idle.needs_init;
  }

  /// The one at a place in the order. REQUIRES place < size().
  const Idle& operator[](std::uint32_t place) const { return at(place); }
  /// Its place in the order, or size() if it is not among them.
  std::uint32_t find(std::uint32_t environment) const;
  /// REQUIRES place < size().
  Idle take(std::uint32_t place);

  /// Makes `marks` false for each of them.
  void unmark(std::vector<bool>& marks) const;

  void prefetch_newest() const {
    if (!empty()) __builtin_prefetch(&newest());
  }

 private:
  /// A cache line of them.
  static constexpr std::uint32_t kFewest = 4;

  Idle& at(std::uint32_t place) const { return places_[(first_ + place) & (capacity_ - 1)]; }
  void grow();

  std::unique_ptr<Idle[]> places_;
  std::uint32_t first_ = 0;
  std::uint32_t size_ = 0;
  std::uint32_t capacity_ = 0;  ///< a power of two, once there was one
};

}  // namespace skyreplay::lambda
