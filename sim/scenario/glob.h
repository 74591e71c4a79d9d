#pragma once

#include <string_view>

namespace skyreplay::scenario {

/// Whether `name` is matched by `pattern`, in which '*' stands for any run of bytes, none included,
/// and '?' for any one byte. Cost: at most the product of the lengths.
bool glob_matches(std::string_view pattern, std::string_view name);

}  // namespace skyreplay::scenario
