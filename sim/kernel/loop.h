#pragma once

#include <algorithm>
#include <array>
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

/// What comes behind everything else of its instant: a limit that is reached at the very instant of
/// an answer does not cut it. A function's own timeout is an answer too, and so is what a load
/// balancer answers in the stead of a target, so a client's comes last.
enum class Turn : std::uint8_t { kServerTimeout, kBalancerTimeout, kClientTimeout };
inline constexpr std::size_t kTurns = 3;

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
    scheduled_ = std::min(scheduled_, at);
  }
  /// Like schedule(), for what may have to be taken back.
  EventId schedule_cancellable(TimePoint at, ProcessId process, std::uint16_t kind,
                               std::uint32_t payload) {
    scheduled_ = std::min(scheduled_, at);
    return calendar_.push_cancellable(
        {.time = at, .payload = payload, .process = process, .kind = kind});
  }
  bool cancel(EventId id) { return calendar_.cancel(id); }

  /// Puts the event that is being fired behind everything else due now, also what is scheduled
  /// meanwhile, and says so by true: it is fired once more, in its turn. False, and nothing done,
  /// where its turn has come. Of one turn, processes come in the order they were added, and the
  /// events of one in theirs. REQUIRES called from fire(), with the event it got.
  bool put_off(const Event& event, Turn turn) {
    if (in_turn_ || (late_ == 0 && calendar_.next_time() > now_)) return false;
    auto& events = turns_[static_cast<std::size_t>(turn)];
    const auto later = [](const Event& a, const Event& b) { return a.process < b.process; };
    events.insert(std::upper_bound(events.begin(), events.end(), event, later), event);
    ++late_;
    return true;
  }

  /// Fires every event due at or before `time`, in order, also those scheduled meanwhile; then
  /// now() is `time`. REQUIRES time >= now().
  void advance(TimePoint time) {
    SKY_CHECK(time >= now_);
    while (may_be_due(time)) {
      if (!calendar_.has_due(time)) [[unlikely]] {  // what was has been cancelled
        look_ahead();
        continue;
      }
      const Event event = calendar_.pop();
      look_ahead();
      if (!calendar_.is_live(event)) [[unlikely]]
        continue;
      now_ = event.time;
      fire(event);
      while (late_ > 0) [[unlikely]]
        go_on_with_instant();
    }
    now_ = time;
  }

  /// The earliest pending event's time; kEndOfTime if there is none.
  TimePoint next_time() const { return calendar_.next_time(); }
  std::size_t pending() const { return calendar_.size(); }
  /// Events fired so far.
  std::uint64_t events() const { return events_; }

 private:
  bool may_be_due(TimePoint time) const { return next_ <= time || scheduled_ <= time; }
  void look_ahead() {
    next_ = calendar_.next_time();
    scheduled_ = kEndOfTime;
  }
  void fire(const Event& event) {
    processes_[event.process]->fire(event);
    ++events_;
  }
  /// One more event of this instant: of those put off only where nothing else is due.
  void go_on_with_instant() {
    Event event;
    if (calendar_.pop_due(now_, event)) {
      look_ahead();
      return fire(event);
    }
    auto* turn = turns_.data();
    while (turn->empty()) ++turn;
    event = turn->front();
    turn->erase(turn->begin());
    --late_;
    in_turn_ = true;
    fire(event);
    in_turn_ = false;
  }

  Calendar calendar_;
  TimePoint now_;
  // Nothing is due before the earlier of these: what came next when the calendar was last looked
  // at, and what was scheduled since. Whether an event comes before the next arrival cannot be
  // predicted. Apart, it is mostly known before the arrival at hand has its finish, which seldom
  // comes before the next one.
  TimePoint next_ = kEndOfTime;
  TimePoint scheduled_ = kEndOfTime;
  std::array<std::vector<Event>, kTurns> turns_;  ///< what was put off, by Turn
  std::size_t late_ = 0;                          ///< how many that are
  bool in_turn_ = false;                          ///< the event in hand was put off before
  std::uint64_t events_ = 0;
  std::vector<Process*> processes_;
};

}  // namespace skyreplay::kernel
