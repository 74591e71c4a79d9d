#pragma once

#include <string>

#include "skyreplay/check.h"

namespace skyreplay::verify {

/// A report for people: a line a scenario, failures with all there is to say, and the sum.
std::string check_text(const CheckReport& report);

}  // namespace skyreplay::verify
