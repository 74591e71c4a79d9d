#pragma once

#include <cstdint>

#include "pricing/billed_time.h"

namespace skyreplay::pricing {

/// Meters the cache of a function's SnapStart snapshots (L34): of each version its memory, from its
/// publication until the next one replaces it, three hours at least.
///
/// The three hours are billed when they begin, and nothing before the billed span or from its end
/// on, as in BilledTime. ASSUMED: a version is deleted when the next one is published. **Cost**
/// O(1).
class SnapshotMeter {
 public:
  /// What is billed of a version at least.
  static constexpr Duration kLeast = std::chrono::hours{3};

  explicit SnapshotMeter(const BilledSpan& span) : span_(span) {}

  /// A version with that memory is published at `at`. REQUIRES `at` not before the call before.
  void publish(TimePoint at, std::uint32_t memory_mib);

  /// MiB x ms billed until `now`, begun milliseconds in full. REQUIRES `now` as `at`.
  std::uint64_t mib_ms(TimePoint now) const;

 private:
  std::uint64_t current(TimePoint until) const;

  BilledSpan span_;
  TimePoint since_{};
  std::uint32_t memory_mib_ = 0;  ///< 0: nothing was published
  std::uint64_t ended_ = 0;
};

}  // namespace skyreplay::pricing
