#pragma once

#include <chrono>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

namespace skyreplay {

/// A length of simulated time. 64-bit nanoseconds: 292 years.
using Duration = std::chrono::nanoseconds;

/// An instant: nanoseconds since 1970-01-01T00:00:00Z. Never negative in a trace or a run.
using TimePoint = std::chrono::sys_time<Duration>;

/// Later than any instant of a run.
inline constexpr TimePoint kEndOfTime{Duration{std::numeric_limits<std::int64_t>::max()}};

/// A duration times a factor to the nearest nanosecond, halves up; times 1 it is itself. REQUIRES
/// neither is negative. At most 2^61 ns.
Duration multiplied(Duration duration, double factor);

/// Where a count series or a synthesis starts unless told otherwise: Monday 2026-01-05T00:00:00Z.
inline constexpr TimePoint kDefaultOrigin{std::chrono::seconds{1767571200}};

/// "2026-01-05T12:00:00Z", with as many of ".123456789" as are not trailing zeros.
std::string to_rfc3339(TimePoint time);

/// Reads "2026-01-05T12:00:00[.fraction](Z|±hh:mm)" with at most nine digits of fraction, also a
/// bare date. False if it is not one, lies before 1970 or after 2262; `time` is then unchanged.
bool parse_rfc3339(std::string_view text, TimePoint& time);

/// Reads "1.5s", "300ms", "90s", "5m", "2h", "1d", "250us", "10ns", "1h30m" (longer units first),
/// rounded to the nearest nanosecond. A number without a unit, a negative or an overflowing one is
/// refused (false) and leaves `duration` unchanged.
bool parse_duration(std::string_view text, Duration& duration);

/// The exact spelling that parse_duration reads back, largest units first and only the smallest
/// with a fraction: "250ms", "1h30m", "1m30s", "1.5ms", "0s". A negative one has a leading minus.
std::string format_duration(Duration duration);

}  // namespace skyreplay
