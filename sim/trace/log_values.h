#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/time.h"

namespace skyreplay::trace {

/// Readers of what logs write in their fields. Each returns what is wrong with the text, in words
/// that do not depend on it ("is not a number"), or nullptr where nothing is.

inline constexpr std::int64_t kSecond = 1'000'000'000;
/// More of one request is taken for a mistake.
inline constexpr std::uint64_t kMostBytes = std::uint64_t{1} << 50;

/// Whether a field says that there is nothing to say: "-", "", or "-1" as durations have it.
inline bool is_absent(std::string_view text) { return text == "-" || text == "-1" || text.empty(); }

/// A calendar time as parse_text_time() reads it, from 1970 to 2261.
const char* read_log_time(std::string_view text, TimePoint& time);
/// `unit` nanoseconds since 1970, to 2261. REQUIRES 0 < unit.
const char* read_unix_time(std::string_view text, std::int64_t unit, TimePoint& time);
/// A number of `unit` nanoseconds, up to 100 days. REQUIRES 0 < unit.
const char* read_log_duration(std::string_view text, std::int64_t unit, Duration& duration);
/// A whole number up to `limit`; absent is 0.
const char* read_log_count(std::string_view text, std::uint64_t limit, std::uint64_t& count);
/// Moves `time`, when a request ended, back to its arrival.
const char* go_back(TimePoint& time, Duration by);

/// Reads "10/Oct/2026:13:55:36 -0700", the time of common log formats. The one before is
/// remembered, since hundreds of lines in a row have the same.
class LocalTimes {
 public:
  const char* read(std::string_view text, TimePoint& time);

 private:
  std::string last_;
  TimePoint last_time_{};
};

}  // namespace skyreplay::trace
