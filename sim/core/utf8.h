#pragma once

#include <cstddef>
#include <string_view>

namespace skyreplay {

/// Bytes of the well-formed UTF-8 character that `text` begins with (Unicode 15, table 3-7: no
/// overlong form, no surrogate, nothing above U+10FFFF); 0 if there is none. REQUIRES text not
/// empty.
std::size_t utf8_length(std::string_view text);

}  // namespace skyreplay
