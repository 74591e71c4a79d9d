#pragma once

#include <string>
#include <string_view>

namespace skyreplay::tool {

/// A line for a terminal that quotes what a stranger wrote: control characters (below U+0020, DEL,
/// U+0080 to U+009F) and stray bytes of 0x80 to 0x9f, which older terminals obey as well, are
/// spelled out, "\x1b".
std::string harmless(std::string_view line);

}  // namespace skyreplay::tool
