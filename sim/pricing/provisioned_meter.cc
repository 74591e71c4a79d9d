#include "pricing/provisioned_meter.h"

#include <algorithm>
#include <limits>

namespace skyreplay::pricing {
namespace {

constexpr std::uint64_t kMost = std::numeric_limits<std::uint64_t>::max();
constexpr Duration kStep = std::chrono::minutes{5};  // L93
constexpr std::uint64_t kStepMs = 300'000;

std::uint64_t sum(std::uint64_t a, std::uint64_t b) { return a > kMost - b ? kMost : a + b; }

}  // namespace

void ProvisionedMeter::configure(TimePoint at, std::uint32_t environments,
                                 std::uint32_t memory_mib) {
  if (!blocks_.empty() && blocks_.back().memory_mib != memory_mib) end(at, environments_);
  if (environments < environments_) return end(at, environments_ - environments);
  if (environments == environments_) return;
  blocks_.push_back({environments - environments_, memory_mib, at});
  environments_ = environments;
}

void ProvisionedMeter::end(TimePoint at, std::uint32_t environments) {
  environments_ -= environments;
  while (environments > 0) {
    Block& newest = blocks_.back();
    Block ending = newest;
    ending.environments = std::min(environments, newest.environments);
    ended_ = sum(ended_, billed(ending, at));
    environments -= ending.environments;
    newest.environments -= ending.environments;
    if (newest.environments == 0) blocks_.pop_back();
  }
}

std::uint64_t ProvisionedMeter::billed(const Block& block, TimePoint until) const {
  const TimePoint from = std::max(block.since, span_.start);
  const TimePoint to = std::min(until, span_.end);
  if (to <= from) return 0;
  const auto steps = static_cast<std::uint64_t>((to - from + kStep - Duration{1}) / kStep);
  const auto mib_ms =
      static_cast<unsigned __int128>(steps * kStepMs) * block.environments * block.memory_mib;
  return mib_ms > kMost ? kMost : static_cast<std::uint64_t>(mib_ms);
}

std::uint64_t ProvisionedMeter::mib_ms(TimePoint now) const {
  std::uint64_t total = ended_;
  for (const Block& block : blocks_) total = sum(total, billed(block, now));
  return total;
}

}  // namespace skyreplay::pricing
