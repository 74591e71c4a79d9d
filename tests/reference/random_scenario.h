#pragma once

#include <cstdint>

#include "reference/model/scenario.h"

namespace skyreplay::reference {

/// The random scenario of that number: small, valid, and full of ties. Its times are multiples of a
/// unit of its own, most of them of few.
Scenario random_scenario(std::uint64_t number);

}  // namespace skyreplay::reference
