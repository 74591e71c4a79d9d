#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "skyreplay/error.h"  // IWYU pragma: export

namespace skyreplay {

/// ", did you mean 'max_size'?" for the candidate nearest to `word` within a third of its length,
/// else "".
std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace skyreplay
