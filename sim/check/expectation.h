#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "check/requirement.h"
#include "core/error.h"
#include "core/time.h"

namespace skyreplay::check {

/// One end of a span of time, as a scenario writes it.
struct Bound {
  enum class Kind : std::uint8_t {
    kTimeOfDay,  ///< 12:00, 12:00:30: on every day, UTC
    kInstant,    ///< 2026-01-05T12:00:00Z
    kOffset,     ///< +5m, from the trace's start
  };
  Kind kind = Kind::kOffset;
  Duration since{};  ///< since midnight, 1970 or the trace's start
};

/// Reads a bound; false if the text is none.
bool parse_bound(std::string_view text, Bound& bound);

/// The span [from, to); both ends are of one kind. A time of day that is not before the other runs
/// over midnight.
struct Between {
  Bound from;
  Bound to;

  bool contains(TimePoint time, TimePoint trace_start) const;
};

/// One thing that a scenario says its result must satisfy (`expectations:`).
struct Expectation {
  enum class About : std::uint8_t { kMetric, kActivity, kDirectionChanges };

  std::string name;
  About about = About::kMetric;
  std::string text;  ///< as a reader wants it: "p99(latency of web) < 300ms in every 5m"
  SourcePosition position;

  std::string of;  ///< service, service/route, or *
  /// Of a metric; of direction changes only comparison and limit mean something.
  Requirement requirement;
  std::optional<Between> between;  ///< absent: the trace's span
  std::optional<Duration> each;    ///< every bucket of this length must hold; absent: all as one

  std::string activity;              ///< its kind: scale_out, ...
  std::optional<Bound> first_after;  ///< absent: the trace's start
  Duration within{};

  /// Whether its numbers come from windows, not from the summary of the span.
  bool is_timed() const { return between.has_value() || each.has_value(); }
};

}  // namespace skyreplay::check
