#pragma once

#include <cstdint>
#include <span>

namespace skyreplay::ecs {

/// A container that runs, and what it would use if it had all of the task's CPU.
struct CpuClaim {
  std::uint32_t shares = 2;     ///< of a container whose cpu is null, 0 or 1 they are 2
  std::uint32_t cpu_units = 0;  ///< it uses
};

/// How containers of one task divide its CPU (C3), in CPU units.
struct CpuDivision {
  std::uint32_t left = 0;    ///< to the container that serves, which takes all it gets
  std::uint32_t beside = 0;  ///< used by the others
};

/// Whoever wants less than its share of what is left, against all that want more, gets what it
/// wants; what is left after all of those is divided in proportion to the shares of the rest, among
/// which is the one that serves: of `serving_shares`, 0 where it does not run. Parts of a unit go
/// to that one. REQUIRES task_cpu_units >= 1; shares >= 1. O(n log n).
CpuDivision divide_cpu(std::uint32_t task_cpu_units, std::uint32_t serving_shares,
                       std::span<const CpuClaim> others);

}  // namespace skyreplay::ecs
