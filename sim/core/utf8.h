#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace skyreplay {

/// Bytes of the well-formed UTF-8 character that `text` begins with (Unicode 15, table 3-7: no
/// overlong form, no surrogate, nothing above U+10FFFF); 0 if there is none. REQUIRES text not
/// empty.
std::size_t utf8_length(std::string_view text);

/// Whether one well-formed character commands a terminal instead of showing: below U+0020, DEL, or
/// U+0080 to U+009F. REQUIRES character not empty.
bool is_control(std::string_view character);

/// Text from strangers as a terminal may show it: each control character, and each byte that is no
/// UTF-8, is a question mark.
std::string printable(std::string_view text);

}  // namespace skyreplay
