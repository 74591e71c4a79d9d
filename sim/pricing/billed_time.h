#pragma once

#include <chrono>
#include <cstdint>
#include <vector>

#include "core/time.h"

namespace skyreplay::pricing {

/// The span of a run over which capacity is billed, [start, end): the trace's own. The drain after
/// it is not billed for capacity, nor is what runs before it.
struct BilledSpan {
  TimePoint start;
  TimePoint end;
};

/// One thing that is billed while it runs; valid from start() to end().
enum class RunningId : std::uint32_t {};

/// The seconds for which a set of like things has run, as AWS bills them (E138, E140, C119): each
/// start apart, rounded up to whole seconds, at least the minimum.
///
/// **Method.** A thing that started at s within the span and has run until t has been billed
/// max(minimum, ceil(min(t, span.end) - s)) seconds: the whole minimum at once when it starts, and
/// each further second when it begins. A reading is the sum of these; it never falls, and the
/// reading at the end of the run is the bill. What ran before the span is billed from the span's
/// start on without a minimum, which was due before; what starts at or after its end, nothing.
/// Where what is interrupted early is free (E41, E146), a thing is billed nothing until it has run
/// so long or has been ended otherwise; then, or at the span's end, it is billed as above at once.
/// **Cost** of at(): O(things that run), with changes of price also by the hours that each has run.
/// Start and end are O(1).
class BilledTime {
 public:
  /// `free_if_interrupted`: what is interrupted before it has run so long is free. REQUIRES:
  /// span.start <= span.end; neither is negative.
  /// `price_changes`, ascending, divide what runs by price: each of its hours, counted from its
  /// start or the span's, has the price that holds as the hour begins (E146).
  BilledTime(BilledSpan span, std::chrono::seconds minimum, Duration free_if_interrupted = {},
             std::vector<TimePoint> price_changes = {});

  /// Something begins to run. A time before the span means that it ran already.
  RunningId start(TimePoint at);
  /// It ends. REQUIRES: `id` runs, `at` is not before its start.
  void end(RunningId id, TimePoint at);

  /// It is taken away by its provider. REQUIRES as end().
  void interrupt(RunningId id, TimePoint at);

  /// The seconds billed until `now`. REQUIRES: no start or end was told that lies after `now`.
  std::uint64_t at(TimePoint now) const;
  /// The same by price: those of before the first change, then of each change.
  std::vector<std::uint64_t> by_price(TimePoint now) const;

  /// How many things run.
  std::size_t running() const { return starts_.size() - free_.size(); }
  const BilledSpan& span() const { return span_; }

 private:
  static constexpr TimePoint kNotRunning = kEndOfTime;

  TimePoint stop(RunningId id, TimePoint at);
  std::uint64_t seconds(TimePoint start, TimePoint end) const;
  void add(TimePoint start, TimePoint end, std::vector<std::uint64_t>& by_price) const;

  BilledSpan span_;
  std::chrono::seconds minimum_;
  Duration free_if_interrupted_;
  std::vector<TimePoint> price_changes_;
  std::vector<std::uint64_t> ended_seconds_;  ///< by price
  std::vector<TimePoint> starts_;             ///< by id; kNotRunning in a slot that is free
  std::vector<std::uint32_t> free_;           ///< slots to be used again
};

}  // namespace skyreplay::pricing
