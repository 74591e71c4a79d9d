#pragma once

#include <cstdint>
#include <string_view>

namespace skyreplay::trace {

/// Why a number was refused; kNone if it was not.
enum class NumberError : std::uint8_t { kNone, kNotANumber, kNegative, kTooLarge };

/// Reads a plain decimal number ("12", "0.0795", "1.5e-3") times `scale`, rounded to the nearest
/// integer (halves up), exactly: no binary fraction comes between. "nan", "inf", signs other than a
/// leading '-' or '+', blanks and trailing text are kNotANumber. REQUIRES 0 < scale <= 10^14.
NumberError parse_scaled(std::string_view text, std::int64_t scale, std::int64_t& value);

/// Reads a whole number; "249.0" is one, "249.5" is not.
NumberError parse_count(std::string_view text, std::uint64_t& value);

/// "is not a number", "is negative", "is too large".
const char* to_string(NumberError error);

}  // namespace skyreplay::trace
