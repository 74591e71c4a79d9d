#pragma once

#include <cstdint>
#include <vector>

#include "kernel/calendar.h"

namespace skyreplay::kernel {

/// Something that events are delivered to: a platform, the clients, a policy.
class Process {
 public:
  virtual ~Process() = default;
  /// The event's time is the loop's now().
  virtual void fire(const Event& event) = 0;
};

/// The clock and the calendar of one run. Single-threaded; time never goes back.
///
/// Arrivals are not events: whoever drives the loop advances it to an arrival's time, which fires
/// everything due at or before that time, and then hands the arrival over.
class Loop {
 public:
  /// The clock begins at `start`.
  explicit Loop(TimePoint start = {}) : now_(start) {}

  /// The process must outlive the loop. At most 65,535 of them.
  ProcessId add(Process& process) {
    SKY_CHECK(processes_.size() < 65'535);
    processes_.push_back(&process);
    return static_cast<ProcessId>(processes_.size() - 1);
  }

  TimePoint now() const { return now_; }

  /// REQUIRES at >= now().
  void schedule(TimePoint at, ProcessId process, std::uint16_t kind, std::uint32_t payload,
                std::uint32_t tag = 0) {
    calendar_.push({.time = at, .payload = payload, .process = process, .kind = kind, .tag = tag});
  }
  /// Like schedule(), for what may have to be taken back.
  EventId schedule_cancellable(TimePoint at, ProcessId process, std::uint16_t kind,
                               std::uint32_t payload) {
    return calendar_.push_cancellable(
        {.time = at, .payload = payload, .process = process, .kind = kind});
  }
  bool cancel(EventId id) { return calendar_.cancel(id); }

  /// Fires every event due at or before `time`, in order, also those scheduled meanwhile; then
  /// now() is `time`. REQUIRES time >= now().
  void advance(TimePoint time) {
    SKY_CHECK(time >= now_);
    Event event;
    while (calendar_.pop_due(time, event)) {
      now_ = event.time;
      processes_[event.process]->fire(event);
      ++events_;
    }
    now_ = time;
  }

  /// The earliest pending event's time; kEndOfTime if there is none.
  TimePoint next_time() const { return calendar_.next_time(); }
  std::size_t pending() const { return calendar_.size(); }
  /// Events fired so far.
  std::uint64_t events() const { return events_; }

 private:
  Calendar calendar_;
  TimePoint now_;
  std::uint64_t events_ = 0;
  std::vector<Process*> processes_;
};

}  // namespace skyreplay::kernel
