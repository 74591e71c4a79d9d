#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace skyreplay::trace {

/// A field of a log line, quotes removed; escapes (\" and \x22) stand as written.
struct LogField {
  std::string_view text;
  std::uint32_t column = 0;  ///< in bytes from 1; of the opening quote where there is one
  bool quoted = false;
};

/// Splits a line at its blanks; a field that begins with '"' goes on to the next '"' that no
/// backslash escapes and that a blank or the line's end follows, so that a quote which a client
/// smuggled into the middle of a field ends nothing. False where a quote is never closed: the last
/// field is then the one it opens. Cost O(line); reuses the memory of `fields`.
bool split_log_fields(std::string_view line, std::vector<LogField>& fields);

/// Whether it may be the method of a request: letters, '-' and '_', and not '-' alone.
bool is_method(std::string_view text);
/// "GET https://host:443/path HTTP/1.1" to its method and what it asks for, also without a
/// protocol; false where it is nothing of the kind: "-", or what no server could read.
bool split_request(std::string_view request, std::string_view& method, std::string_view& target);

}  // namespace skyreplay::trace
