#include "pricing/snapshot_meter.h"

#include <algorithm>

namespace skyreplay::pricing {

void SnapshotMeter::publish(TimePoint at, std::uint32_t memory_mib) {
  ended_ += current(at);
  since_ = at;
  memory_mib_ = memory_mib;
}

std::uint64_t SnapshotMeter::current(TimePoint until) const {
  const TimePoint from = std::max(since_, span_.start);
  const TimePoint to = std::min(until, span_.end);
  if (memory_mib_ == 0 || to <= from) return 0;
  const Duration billed = std::max(to - from, kLeast);
  return static_cast<std::uint64_t>(std::chrono::ceil<std::chrono::milliseconds>(billed).count()) *
         memory_mib_;
}

std::uint64_t SnapshotMeter::mib_ms(TimePoint now) const { return ended_ + current(now); }

}  // namespace skyreplay::pricing
