#pragma once

#include <cstdint>

#include "core/time.h"

namespace skyreplay::lambda {

/// Billed Duration: the sum of its parts rounded up to whole milliseconds once (L23).
inline std::uint32_t billed_ms(Duration duration) {
  constexpr std::int64_t kMillisecondNs = 1'000'000;
  return static_cast<std::uint32_t>((duration.count() + kMillisecondNs - 1) / kMillisecondNs);
}

}  // namespace skyreplay::lambda
