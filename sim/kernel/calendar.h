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
  /// Cancelled events are dropped on the way.
  bool pop_due(TimePoint limit, Event& event) {
    while (has_due(limit)) {
      event = pop();
      if (is_live(event)) return true;
    }
    return false;
  }
  /// The same in three steps, for whoever has no event to fill: whether there is one, cancelled
  /// ones included; that one, removed (REQUIRES has_due() was true just before); and whether it is
  /// not a cancelled one (REQUIRES called once, at once, with what pop() gave).
  bool has_due(TimePoint limit) { return front_ != buckets_[0].size() || refill(key_of(limit)); }
  Event pop() {
    --size_;
    return buckets_[0][front_++];
  }
  bool is_live(const Event& event) { return event.slot == 0 || release_if_live(event); }

  /// The time of the earliest pending event, dead ones included; kEndOfTime if there is none.
  TimePoint next_time() const {
    if (front_ < buckets_[0].size()) return last();
    if (mask_ == 0) return kEndOfTime;
    const auto i = static_cast<std::size_t>(std::countr_zero(mask_)) + 1;
    return TimePoint{Duration{static_cast<std::int64_t>(minimum_[i])}};
  }
  /// Pending events that are not cancelled.
  std::size_t size() const { return size_ - dead_; }
  /// No event may be pushed before this instant.
  TimePoint last() const { return TimePoint{Duration{static_cast<std::int64_t>(last_)}}; }

 private:
  static constexpr int kBuckets = 65;
  static constexpr std::uint64_t kNever = ~std::uint64_t{0};

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
  bool refill(std::uint64_t limit);
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

}  // namespace skyreplay::kernel
