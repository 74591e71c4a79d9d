#pragma once

#include <functional>
#include <vector>

#include "kernel/loop.h"
#include "scaling/scheduled_action.h"

namespace skyreplay::scaling {

/// The scheduled actions of one scalable target: calls each when its time comes (E77).
///
/// AWS says of an action that it generally runs within seconds, and up to two minutes late; here it
/// happens at its time. What comes while they are suspended is skipped (E22).
///
/// **Order** Actions due at one instant happen in their order. One event is pending, at the
/// earliest time; the next is looked for when that has come. **Cost** of an instant O(actions), and
/// Recurrence::next of those that are due.
class ScheduledActions final : public kernel::Process {
 public:
  using Act = std::function<void(const ScheduledAction&)>;

  /// The run begins at the loop's now: what is due then happens, what was due before has happened.
  ScheduledActions(kernel::Loop& loop, const std::vector<ScheduledAction>& actions, Act act);

  void suspend(bool suspended) { suspended_ = suspended; }

  void fire(const kernel::Event& event) override;

 private:
  struct Planned {
    ScheduledAction action;
    TimePoint next;
  };

  void schedule_next();

  kernel::Loop& loop_;
  Act act_;
  std::vector<Planned> planned_;
  kernel::ProcessId process_;
  bool suspended_ = false;
};

}  // namespace skyreplay::scaling
