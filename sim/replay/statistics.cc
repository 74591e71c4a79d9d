#include "replay/statistics.h"

#include <algorithm>

#include "core/check.h"

namespace skyreplay::replay {
namespace {

/// ceil(n x per_mille / 1000) without overflow.
std::uint64_t rank(std::uint64_t n, std::uint64_t per_mille) {
  return n / 1000 * per_mille + (n % 1000 * per_mille + 999) / 1000;
}

}  // namespace

std::optional<Percentiles> percentiles(std::span<const metrics::BucketCount> buckets,
                                       std::int64_t max_ns) {
  std::uint64_t total = 0;
  for (const metrics::BucketCount& entry : buckets) total += entry.count;
  if (total == 0) return std::nullopt;
  const std::array<std::uint64_t, 4> ranks = {rank(total, 500), rank(total, 900), rank(total, 990),
                                              rank(total, 999)};
  std::array<std::int64_t, 4> values{};
  std::size_t next = 0;
  std::uint64_t seen = 0;
  for (const metrics::BucketCount& entry : buckets) {
    seen += entry.count;
    for (; next < ranks.size() && seen >= ranks[next]; ++next) {
      values[next] = std::min(metrics::HistogramLayout::midpoint_ns(entry.bucket), max_ns);
    }
  }
  return Percentiles{values[0], values[1], values[2], values[3]};
}

std::int64_t mean(std::int64_t sum, std::uint64_t n) {
  SKY_CHECK(n > 0);
  const bool negative = sum < 0;
  const std::uint64_t magnitude =
      negative ? 0 - static_cast<std::uint64_t>(sum) : static_cast<std::uint64_t>(sum);
  std::uint64_t quotient = magnitude / n;
  const std::uint64_t rest = magnitude % n;
  const std::uint64_t half = n - rest;  // rest > half means beyond the middle
  if (rest > half || (rest == half && quotient % 2 == 1)) ++quotient;
  return static_cast<std::int64_t>(negative ? 0 - quotient : quotient);
}

std::array<std::int64_t, kLatencyParts> in_order(const metrics::LatencyParts& parts) {
  return {parts.queue, parts.init,       parts.work, parts.cpu_stretch,
          parts.wait,  parts.downstream, parts.retry};
}

std::optional<Slowest> slowest_percent(std::span<const metrics::OctaveParts> octaves) {
  Slowest slow;
  for (const metrics::OctaveParts& octave : octaves) slow.of += octave.count;
  if (slow.of == 0) return std::nullopt;
  const std::uint64_t enough = slow.of / 100 + (slow.of % 100 != 0 ? 1 : 0);
  for (std::size_t i = octaves.size(); i-- > 0 && slow.requests < enough;) {
    slow.requests += octaves[i].count;
    slow.parts += octaves[i].parts;
    slow.from_ns = metrics::HistogramLayout::lower_bound_ns(
        octaves[i].octave << metrics::HistogramLayout::kSubBucketBits);
  }
  return slow;
}

}  // namespace skyreplay::replay
