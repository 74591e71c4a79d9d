#pragma once

#include <cstdint>
#include <string>

namespace skyreplay {

/// "1,234,567": how messages and reports spell counts and byte offsets.
std::string grouped(std::uint64_t number);

}  // namespace skyreplay
