#pragma once

#include <string_view>

namespace skyreplay {

/// Whether the whole of `text` fits `pattern`: `*` stands for any bytes, also none and also '/',
/// `?` for exactly one. **Cost** O(pattern x text) at worst, without recursion.
bool glob_match(std::string_view pattern, std::string_view text);

}  // namespace skyreplay
