#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace skyreplay::scenario {

/// Reads "250MB", "1.5GiB", "512B": a number and a unit, B, kB, MB, GB, TB (powers of 1,000) or
/// KiB, MiB, GiB, TiB (powers of 1,024), rounded to the nearest byte. A number without a unit, a
/// negative one and one of 2^53 bytes or more are refused (false) and leave `bytes` unchanged.
bool parse_data_size(std::string_view text, std::int64_t& bytes);

/// The same a second: "30MB/s".
bool parse_data_rate(std::string_view text, std::int64_t& bytes_per_second);

/// The exact spelling that parse_data_size reads back, in the largest unit that is whole: "250MB",
/// "1536MiB", "0B".
std::string format_data_size(std::int64_t bytes);

}  // namespace skyreplay::scenario
