#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/time.h"

/// Numbers and names as a person reads them in a terminal. Everything is deterministic: integers
/// are rounded as integers.
namespace skyreplay::report {

/// Milliseconds with about four digits: "0.725", "12.40", "431.0", "29,410".
std::string human_ms(std::int64_t nanoseconds);

/// "26.67 %"; "<0.01 %" for what is there but would round to nothing; "" if `of` is 0.
std::string human_share(std::uint64_t count, std::uint64_t of);

/// "1,234.57" from 100 USD on, "12.3457" from 1, "0.001237" below, all nine decimals below 1e-6.
std::string human_usd(std::int64_t nano_usd);
/// With as many decimals as human_usd gives `largest`, so that a column lines up.
std::string human_usd(std::int64_t nano_usd, std::int64_t largest);

/// "102.5 s", "35.20 min", "8.00 h", "7.00 d".
std::string human_span(Duration span);

/// A name that comes from strangers, safe to print: control characters and bytes that are not UTF-8
/// become '?' (a terminal would obey them); longer than `width` characters it loses its middle.
std::string printable(std::string_view name, std::size_t width);

/// `text` followed by blanks up to `width` characters (not bytes). REQUIRES text to be UTF-8.
std::string padded(std::string_view text, std::size_t width);

/// Breaks text at blanks into lines of at most `width` characters, each after `indent` blanks; the
/// first line begins with `head` in their place.
std::string wrapped(std::string_view text, std::string_view head, std::size_t indent,
                    std::size_t width);

}  // namespace skyreplay::report
