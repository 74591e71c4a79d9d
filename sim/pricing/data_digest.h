#pragma once

#include <string>

namespace skyreplay::pricing {

/// 32 hex digits over every price that the program was built with: two results are only comparable
/// where it is equal.
std::string data_digest();

}  // namespace skyreplay::pricing
