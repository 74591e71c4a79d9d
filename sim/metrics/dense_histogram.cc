#include "metrics/dense_histogram.h"

#include <algorithm>
#include <cmath>

namespace skyreplay::metrics {

std::int64_t percentile_ns(const std::vector<BucketCount>& buckets, double percentile) {
  std::uint64_t total = 0;
  for (const BucketCount& b : buckets) total += b.count;
  if (total == 0) return 0;
  const double exact = std::ceil(static_cast<double>(total) * percentile / 100.0);
  const auto rank = std::max<std::uint64_t>(1, static_cast<std::uint64_t>(exact));
  std::uint64_t seen = 0;
  for (const BucketCount& b : buckets) {
    seen += b.count;
    if (seen >= rank) return HistogramLayout::midpoint_ns(b.bucket);
  }
  return HistogramLayout::midpoint_ns(buckets.back().bucket);
}

}  // namespace skyreplay::metrics
