#include "reference/model/simulate.h"

#include <algorithm>

#include "reference/model/count.h"
#include "reference/model/world.h"

namespace skyreplay::reference {
namespace {

/// Windows end at multiples of their length since the epoch, and the last one where the run does.
class Run {
 public:
  Run(const Scenario& scenario, Mutation mutation)
      : scenario_(scenario), world_(scenario, mutation) {
    boundary_ = (scenario.start / scenario.window + 1) * scenario.window;
    for (std::size_t i = 0; i < scenario.changes.size(); ++i) {
      steps_.push_back({scenario.changes[i].at, Step::kChange, i});
    }
    for (std::size_t i = 0; i < scenario.operations.size(); ++i) {
      steps_.push_back({scenario.operations[i].at, Step::kOperation, i});
    }
    for (std::size_t i = 0; i < scenario.faults.size(); ++i) {
      const Fault& fault = scenario.faults[i];
      steps_.push_back({fault.at, Step::kFaultBegins, i});
      if (fault.lasts) steps_.push_back({fault.at + *fault.lasts, Step::kFaultEnds, i});
    }
    std::sort(steps_.begin(), steps_.end());
  }

  Result play() {
    for (std::uint64_t row = 0; row < scenario_.rows.size(); ++row) {
      reach(scenario_.rows[row].arrival);
      world_.calendar.advance(scenario_.rows[row].arrival);
      world_.arrive(row);
    }
    const Time end = drain();
    for (const auto& station : world_.stations) station->finish(end);
    if (ends_.empty() || end > ends_.back()) ends_.push_back(end);
    if (end == scenario_.start) ends_.clear();
    return count(scenario_, world_, ends_);
  }

 private:
  struct Step {
    Time at;
    enum What { kChange, kOperation, kFaultEnds, kFaultBegins } what;
    std::size_t index;
    auto operator<=>(const Step&) const = default;
  };

  /// What is due by `time`: windows end when everything before their end has happened; a change or
  /// a fault comes after the events of its instant, in the window that begins there.
  void reach(Time time) {
    for (;;) {
      const Time step = next_step();
      if (std::min(boundary_, step) > time) return;
      if (boundary_ <= step) {
        world_.calendar.advance(boundary_ - Time{1});
        ends_.push_back(boundary_);
        boundary_ += scenario_.window;
      } else {
        world_.calendar.advance(step);
        take(steps_[taken_++]);
      }
    }
  }

  Time next_step() const {
    return taken_ == steps_.size() ? Time::max() : scenario_.start + steps_[taken_].at;
  }
  void take(const Step& step) {
    if (step.what == Step::kChange) return world_.make_change(scenario_.changes[step.index]);
    if (step.what == Step::kOperation) return world_.operate(step.index);
    step.what == Step::kFaultEnds ? world_.end_fault(step.index) : world_.begin_fault(step.index);
  }

  /// The span's windows, then whole windows while anything is in flight, for as long as `drain`.
  /// Whether anything is, is asked after the last arrival and at each window's end.
  Time drain() {
    const Time limit = scenario_.end + scenario_.drain;
    while (boundary_ < scenario_.end || (world_.is_busy() && boundary_ < limit)) reach(boundary_);
    const Time last = ends_.empty() ? scenario_.start : ends_.back();
    const Time end = world_.is_busy() ? limit : std::max(scenario_.end, last);
    if (end > last) {
      reach(end - Time{1});
      world_.calendar.advance(end - Time{1});
    }
    return end;
  }

  const Scenario& scenario_;
  World world_;
  Time boundary_{};  ///< where the window in hand ends
  std::vector<Time> ends_;
  std::vector<Step> steps_;  ///< changes, operations and faults
  std::size_t taken_ = 0;
};

}  // namespace

Result simulate(const Scenario& scenario, Mutation mutation) {
  return Run(scenario, mutation).play();
}

}  // namespace skyreplay::reference
