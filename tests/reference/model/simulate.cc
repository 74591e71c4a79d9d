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
  /// What is due by `time`: windows end when everything before their end has happened; a change
  /// comes after the events of its instant, in the window that begins there.
  void reach(Time time) {
    for (;;) {
      const Time change = next_change();
      if (std::min(boundary_, change) > time) return;
      if (boundary_ <= change) {
        world_.calendar.advance(boundary_ - Time{1});
        ends_.push_back(boundary_);
        boundary_ += scenario_.window;
      } else {
        world_.calendar.advance(change);
        world_.make_change(scenario_.changes[changes_made_++]);
      }
    }
  }

  Time next_change() const {
    if (changes_made_ == scenario_.changes.size()) return Time::max();
    return scenario_.start + scenario_.changes[changes_made_].at;
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
  std::size_t changes_made_ = 0;
};

}  // namespace

Result simulate(const Scenario& scenario, Mutation mutation) {
  return Run(scenario, mutation).play();
}

}  // namespace skyreplay::reference
