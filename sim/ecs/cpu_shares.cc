#include "ecs/cpu_shares.h"

#include <algorithm>
#include <vector>

namespace skyreplay::ecs {

CpuDivision divide_cpu(std::uint32_t task_cpu_units, std::uint32_t serving_shares,
                       std::span<const CpuClaim> others) {
  std::vector<CpuClaim> claims;
  std::uint64_t shares = serving_shares;
  for (const CpuClaim& claim : others) {
    if (claim.cpu_units == 0) continue;
    claims.push_back(claim);
    shares += claim.shares;
  }
  // Who wants the least for its share comes first: when one wants more than its share of what is
  // left, so do all after it.
  std::sort(claims.begin(), claims.end(), [](const CpuClaim& a, const CpuClaim& b) {
    return std::uint64_t{a.cpu_units} * b.shares < std::uint64_t{b.cpu_units} * a.shares;
  });
  std::uint64_t left = task_cpu_units;
  auto claim = claims.begin();
  for (; claim != claims.end(); ++claim) {
    if (claim->cpu_units * shares > left * claim->shares) break;
    left -= claim->cpu_units;
    shares -= claim->shares;
  }
  std::uint64_t taken = 0;
  for (; claim != claims.end(); ++claim) taken += left * claim->shares / shares;
  left -= taken;
  return {.left = static_cast<std::uint32_t>(left),
          .beside = static_cast<std::uint32_t>(task_cpu_units - left)};
}

}  // namespace skyreplay::ecs
