#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

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
/// A bound in its one spelling: 12:00, 12:00:30, 2026-01-05T12:00:00Z, +5m. Reads back as the same.
std::string to_string(const Bound& bound);

/// The span [from, to); both ends are of one kind. A time of day that is not before the other runs
/// over midnight.
struct Between {
  Bound from;
  Bound to;

  bool contains(TimePoint time, TimePoint trace_start) const;
};

/// What is wrong with a span as it was written; nothing where all is well: both ends are of one
/// kind, and the second comes after the first, times of day over midnight too.
std::optional<std::string> mistake_of(const Between& between);

}  // namespace skyreplay::check
