#pragma once

#include <string_view>

#include "core/time.h"

namespace skyreplay::trace {

enum class TextTime : std::uint8_t { kRead, kBefore1970, kNotATime };

/// Reads a calendar time as logs write it: RFC 3339, also with a blank for the T and without a
/// zone, which then is UTC.
TextTime parse_text_time(std::string_view text, TimePoint& time);

/// Reads what web servers write: "17/Nov/2013:06:31:30 -0500", also in brackets.
TextTime parse_common_log_time(std::string_view text, TimePoint& time);

}  // namespace skyreplay::trace
