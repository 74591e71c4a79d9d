#pragma once

#include <string>
#include <string_view>

namespace skyreplay {

/// 32 hex digits: XXH3-128 of the bytes.
std::string hex_digest(std::string_view bytes);

}  // namespace skyreplay
