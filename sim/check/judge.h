#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "check/expectation.h"
#include "check/span.h"
#include "metrics/window_row.h"

namespace skyreplay::check {

/// An activity as an expectation sees it.
struct ActivitySeen {
  TimePoint time;
  std::uint32_t service = 0;  ///< index in Span::services
  std::string kind;
};

/// What came of one expectation, in numbers.
struct Judgement {
  bool holds = false;
  bool known = false;         ///< false where there was nothing to measure; then it does not hold
  std::int64_t value = 0;     ///< 1e-9 of the requirement's unit; of the bucket below
  std::int64_t worst = 0;     ///< the value of the bucket that is furthest on the wrong side
  std::uint64_t buckets = 0;  ///< that were measured
  std::uint64_t failed = 0;   ///< of them
  /// The first bucket that fails, else the one nearest to failing; of an activity, where it was
  /// looked for.
  TimePoint from;
  TimePoint to;
  std::optional<TimePoint> came;  ///< of an activity: the first there was, in time or not
  std::uint64_t changes = 0;      ///< of direction
};

/// Watches one result go by, in order of time, and says whether one expectation holds.
class Judge {
 public:
  virtual ~Judge() = default;
  virtual void window(const metrics::Window&) {}
  /// A row of the window last given.
  virtual void row(const metrics::WindowRow&) {}
  virtual void activity(const ActivitySeen&) {}
  /// After the last of them.
  virtual Judgement finish() = 0;
};

/// The judge of an expectation on a result whose horizon is [start, end). Throws InputError where
/// the result has no answer: no such service, no such metric on its platform. REQUIRES the
/// expectation and `whole` to outlive it.
std::unique_ptr<Judge> judge_of(const Expectation& expectation, const Span& whole, TimePoint start,
                                TimePoint end);
/// The judge of a requirement, likewise.
std::unique_ptr<Judge> judge_of(const Requirement& requirement, const Span& whole, TimePoint start,
                                TimePoint end);

}  // namespace skyreplay::check
