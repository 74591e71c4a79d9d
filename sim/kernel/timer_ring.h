#pragma once

#include <vector>

#include "kernel/loop.h"
#include "kernel/slab.h"

namespace skyreplay::kernel {

/// Timers of one constant length: first set, first due, so a queue with one calendar event for its
/// head does for all of them.
///
/// **Order** Timers due at one instant come out in the order they were set. **Cost** O(1) a timer.
/// A timer is not cancelled: its owner ignores one whose subject is gone (a generation mismatch).
class TimerRing {
 public:
  /// Events of `kind` go to `process`, which answers them by calling fire(). `payload` tells this
  /// ring from the process's others.
  TimerRing(Loop& loop, ProcessId process, std::uint16_t kind, std::uint32_t payload,
            Duration length)
      : loop_(loop), process_(process), kind_(kind), payload_(payload), length_(length) {}

  Duration length() const { return length_; }

  /// Starts a timer now for `subject`.
  void start(SlabId subject) { start_at(loop_.now(), subject); }

  /// Starts one as if at `since`. REQUIRES `since` >= that of the timer started before, and
  /// since + length() >= now.
  void start_at(TimePoint since, SlabId subject) {
    timers_.push_back({since + length_, subject});
    schedule_head();
  }

  /// Calls `due(subject)` for every timer due now, then sees to the next one.
  template <typename Due>
  void fire(Due&& due) {
    expire(due);
    compact();
    scheduled_ = false;
    schedule_head();
  }
  /// The first half of it: REQUIRES that this ring's event of the instant is still to be answered.
  template <typename Due>
  void expire(Due&& due) {
    while (head_ < timers_.size() && timers_[head_].due <= loop_.now()) {
      const SlabId subject = timers_[head_++].subject;
      due(subject);
    }
  }

  /// When the next timer is due; kEndOfTime if there is none.
  TimePoint next_due() const { return size() == 0 ? kEndOfTime : timers_[head_].due; }
  std::size_t size() const { return timers_.size() - head_; }

 private:
  struct Timer {
    TimePoint due;
    SlabId subject;
  };

  void schedule_head() {
    if (scheduled_ || head_ == timers_.size()) return;
    loop_.schedule(timers_[head_].due, process_, kind_, payload_);
    scheduled_ = true;
  }
  void compact() {
    if (head_ * 2 < timers_.size()) return;
    timers_.erase(timers_.begin(), timers_.begin() + static_cast<std::ptrdiff_t>(head_));
    head_ = 0;
  }

  Loop& loop_;
  ProcessId process_;
  std::uint16_t kind_;
  std::uint32_t payload_;
  Duration length_;
  // Invariant: due ascending from head_; exactly one event is pending while a timer is, due no
  // later than it.
  std::vector<Timer> timers_;
  std::size_t head_ = 0;
  bool scheduled_ = false;
};

}  // namespace skyreplay::kernel
