#include "balancing/member_mix.h"

#include <algorithm>
#include <numeric>
#include <optional>

namespace skyreplay::balancing {

std::int64_t MemberMix::excess(std::uint32_t kind, std::uint32_t of_it, std::uint32_t total) const {
  std::int64_t weights = 0;
  std::int64_t base = 0;
  for (const Share& share : shares_) {
    weights += share.weight;
    base += share.base;
  }
  const std::int64_t of_base = std::min<std::int64_t>(total, shares_[kind].base);
  const std::int64_t split = std::max<std::int64_t>(total - base, 0);
  const std::int64_t beyond = of_it - of_base;
  if (weights == 0) return beyond;  // the base is all there is
  return weights * beyond - shares_[kind].weight * split;
}

std::uint32_t MemberMix::next(const std::vector<std::uint32_t>& members) const {
  const std::uint32_t total = std::accumulate(members.begin(), members.end(), 1U);
  std::uint32_t best = 0;
  for (std::uint32_t kind = 1; kind < kinds(); ++kind) {
    const bool is_lower = excess(kind, members[kind], total) < excess(best, members[best], total);
    if (is_lower) best = kind;
  }
  return best;
}

std::uint32_t MemberMix::first_to_go(const std::vector<std::uint32_t>& members) const {
  const std::uint32_t total = std::accumulate(members.begin(), members.end(), 0U) - 1;
  std::optional<std::uint32_t> best;
  for (std::uint32_t kind = 0; kind < kinds(); ++kind) {
    if (members[kind] == 0) continue;
    const bool is_higher =
        !best || excess(kind, members[kind], total) >= excess(*best, members[*best], total);
    if (is_higher) best = kind;
  }
  return *best;
}

}  // namespace skyreplay::balancing
