#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <vector>

#include "core/check.h"
#include "kernel/event.h"

namespace skyreplay::kernel {

/// The pending events of a run, earliest first: a monotone radix heap.
///
/// **Order** Equal times come out in the order they were pushed. **Cost** push O(1); pop amortized
/// O(log(span between event times)), in practice flat from 10^2 to 10^6 pending; no allocation once
/// the buckets have grown. **Method** Ahuja, Mehlhorn, Orlin, Tarjan, "Faster algorithms for the
/// shortest path problem", J. ACM 37 (1990), with 65 buckets by the highest bit in which an event's
/// time differs from `last`.
///
/// Cancellation is a generation that no longer matches when the event comes up.
class Calendar {
 public:
  Calendar();

  /// REQUIRES event.time >= last(), the time of the latest event popped.
  void push(const Event& event) {
    const std::uint64_t key = key_of(event.time);
    SKY_CHECK(key >= last_);
    append(key, event);
    ++size_;
  }

  /// Like push(), and the event can be cancelled by the id returned until it is popped.
  EventId push_cancellable(Event event);
  /// False if it was popped or cancelled before. O(1), amortized over the sweep of dead events.
  bool cancel(EventId id);

  /// The earliest pending event with time <= limit, removed; false (and nothing changed) if none.
  /// Cancelled events are dropped on the way. `soon(e)` is called, about once an event, for events
  /// that are among the next few to come up, so that their records can be brought into cache; it
  /// must not touch the calendar.
  template <typename Soon>
  bool pop_due(TimePoint limit, Event& event, const Soon& soon) {
    while (pop_any(key_of(limit), event, soon)) {
      if (event.slot == 0) [[likely]]
        return true;
      if (release_if_live(event)) return true;
    }
    return false;
  }
  bool pop_due(TimePoint limit, Event& event) {
    return pop_due(limit, event, [](const Event&) {});
  }

  /// The time of the earliest pending event, dead ones included; kEndOfTime if there is none.
  TimePoint next_time() const;
  /// Pending events that are not cancelled.
  std::size_t size() const { return size_ - dead_; }
  /// No event may be pushed before this instant.
  TimePoint last() const { return TimePoint{Duration{static_cast<std::int64_t>(last_)}}; }

 private:
  static constexpr int kBuckets = 65;
  static constexpr std::uint64_t kNever = ~std::uint64_t{0};
  /// The lowest bucket holds the next events; with this many in it, all are near and not all are
  /// next.
  static constexpr std::size_t kFewest = 4;
  static constexpr std::size_t kMost = 16;

  static std::uint64_t key_of(TimePoint time) {
    return static_cast<std::uint64_t>(time.time_since_epoch().count());
  }
  void append(std::uint64_t key, const Event& event) {
    const auto i = static_cast<std::size_t>(std::bit_width(key ^ last_));
    buckets_[i].push_back(event);
    if (i == 0) return;
    if (key < minimum_[i]) minimum_[i] = key;
    mask_ |= std::uint64_t{1} << (i - 1);
  }
  template <typename Soon>
  bool pop_any(std::uint64_t limit, Event& event, const Soon& soon) {
    if (front_ == buckets_[0].size() && !refill(limit, soon)) return false;
    event = buckets_[0][front_++];
    --size_;
    return true;
  }
  template <typename Soon>
  bool refill(std::uint64_t limit, const Soon& soon);
  bool release_if_live(const Event& event);
  bool is_dead(const Event& event) const;
  void sweep();

  // Invariant: every event e in bucket i has bit_width(e.time XOR last_) = i; minimum_[i] is the
  // least time in bucket i (or all ones when it is empty); bit i-1 of mask_ says bucket i is not
  // empty.
  std::uint64_t last_ = 0;
  std::uint64_t mask_ = 0;
  std::size_t front_ = 0;  ///< first unread event of bucket 0
  std::size_t size_ = 0;   ///< events in buckets, dead ones included
  std::size_t dead_ = 0;
  std::array<std::uint64_t, kBuckets> minimum_;
  std::array<std::vector<Event>, kBuckets> buckets_;
  std::vector<std::uint32_t> generations_;  ///< by slot
  std::vector<std::uint32_t> free_slots_;
};

template <typename Soon>
bool Calendar::refill(std::uint64_t limit, const Soon& soon) {
  if (mask_ == 0) return false;
  const auto i = static_cast<std::size_t>(std::countr_zero(mask_)) + 1;
  const std::uint64_t least = minimum_[i];
  // `last_` moves here and nowhere else: not on a peek, not to `limit`.
  if (least > limit) return false;
  buckets_[0].clear();
  front_ = 0;
  last_ = least;
  mask_ &= mask_ - 1;
  minimum_[i] = kNever;
  std::vector<Event>& bucket = buckets_[i];
  if (bucket.size() >= kFewest && bucket.size() <= kMost) {
    for (const Event& event : bucket) soon(event);
  }
  // Lower buckets are empty, so moving in order keeps ties in the order they were pushed.
  for (const Event& event : bucket) append(key_of(event.time), event);
  bucket.clear();
  return true;
}

}  // namespace skyreplay::kernel
