#pragma once

#include <cstdint>
#include <vector>

#include "pricing/billed_time.h"

namespace skyreplay::pricing {

/// Meters the provisioned concurrency that one function is configured with, used or not (L93): each
/// environment from when it is configured until it no longer is, rounded up to five minutes.
///
/// **Method** A larger number is a span of its own for what is added; a smaller one ends the newest
/// first; other memory ends all and begins anew. The whole five minutes are billed when they begin,
/// and nothing before the billed span or from its end on, as in BilledTime. **Cost** O(increases).
class ProvisionedMeter {
 public:
  explicit ProvisionedMeter(const BilledSpan& span) : span_(span) {}

  /// So many environments of that memory from `at` on. REQUIRES `at` not before that of the call
  /// before.
  void configure(TimePoint at, std::uint32_t environments, std::uint32_t memory_mib);

  /// MiB x ms billed until `now`; at most 2^64 - 1. REQUIRES `now` as `at`.
  std::uint64_t mib_ms(TimePoint now) const;

 private:
  struct Block {
    std::uint32_t environments = 0;
    std::uint32_t memory_mib = 0;
    TimePoint since;
  };

  void end(TimePoint at, std::uint32_t environments);
  std::uint64_t billed(const Block& block, TimePoint until) const;

  BilledSpan span_;
  std::vector<Block> blocks_;  ///< of the environments there are, the newest last
  std::uint32_t environments_ = 0;
  std::uint64_t ended_ = 0;  ///< MiB x ms of what has ended
};

}  // namespace skyreplay::pricing
