#pragma once

#include <string_view>

#include "scenario/mistakes.h"

namespace skyreplay::scenario {

/// Refuses what YAML readers disagree about before one of them sees it: bytes that are not UTF-8,
/// and control characters (yaml-cpp takes 0x04 for the end of the file, and others stop at NUL).
/// Throws InputError through `mistakes`.
void check_text(std::string_view text, std::uint32_t source, Mistakes& mistakes);

}  // namespace skyreplay::scenario
