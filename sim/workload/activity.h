#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "core/time.h"

namespace skyreplay::workload {

/// A change of capacity, or another thing worth a line, and why.
struct Activity {
  TimePoint time;
  std::uint32_t service = 0;
  /// scale_out, scale_in, launch, terminate, replace, health, alarm, fault, deploy, spot, placement
  /// or limit.
  std::string kind;
  std::string cause;  ///< in words and numbers
  std::optional<std::int64_t> from;
  std::optional<std::int64_t> to;
};

}  // namespace skyreplay::workload
