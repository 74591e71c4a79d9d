#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/time.h"

namespace skyreplay::trace {

/// Appends numbers to text without a format to read first: what a log has a dozen of in each line.
void append_integer(std::uint64_t value, std::string& out);
/// With leading zeros, so many digits. REQUIRES value < 10^digits, digits <= 9.
void append_digits(std::uint64_t value, int digits, std::string& out);

/// Instants as text, one after the other: of many in one second, its date is made up once.
class InstantText {
 public:
  /// "2026-01-05T12:00:00Z", as to_rfc3339().
  void append(TimePoint time, std::string& out);
  /// With so many decimals; what is finer is cut off. REQUIRES 1 <= decimals <= 9.
  void append(TimePoint time, int decimals, std::string& out);

 private:
  /// "2026-01-05T12:00:00" of its second; returns the nanoseconds beyond that.
  std::uint64_t append_second(TimePoint time, std::string& out);

  std::chrono::sys_seconds second_{};
  std::string text_;  ///< of second_; empty at first
};

}  // namespace skyreplay::trace
