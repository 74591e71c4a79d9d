#pragma once

#include <vector>

namespace skyreplay::reference {

/// The loads of the 48 hours that follow those hours (docs/models.md, E81).
std::vector<double> forecast(const std::vector<double>& hours);

}  // namespace skyreplay::reference
