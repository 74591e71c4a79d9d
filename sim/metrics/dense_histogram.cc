#include "metrics/dense_histogram.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace skyreplay::metrics {

void SpanHistogram::add_pages(std::uint64_t octaves) {
  const auto missing = static_cast<std::size_t>(std::popcount(octaves & ~used_));
  if (missing == 0) return;
  // Not doubled: a hundred thousand of these are in memory at a time.
  pages_.reserve(pages_.size() + missing);
  for (std::uint64_t rest = octaves & ~used_; rest != 0; rest &= rest - 1) {
    const auto octave = static_cast<std::uint32_t>(std::countr_zero(rest));
    pages_.insert(pages_.begin() + static_cast<std::ptrdiff_t>(place(octave)), Page{});
    used_ |= std::uint64_t{1} << octave;
  }
}

void SpanHistogram::add(std::span<const BucketCount> buckets) {
  std::uint64_t octaves = 0;
  for (const BucketCount& b : buckets) {
    octaves |= std::uint64_t{1} << HistogramLayout::octave(b.bucket);
  }
  add_pages(octaves);
  for (const BucketCount& b : buckets) {
    Page& page = pages_[place(HistogramLayout::octave(b.bucket))];
    const std::uint32_t at = b.bucket % HistogramLayout::kSubBuckets;
    const std::uint64_t sum = page.counts[at] + b.count;
    page.counts[at] = static_cast<std::uint32_t>(sum);
    page.used |= std::uint64_t{b.count != 0} << at;
    if (sum >> 32 != 0) [[unlikely]]
      carried_.push_back({b.bucket, sum >> 32 << 32});
  }
}

std::uint64_t SpanHistogram::carried(std::uint32_t bucket) const {
  std::uint64_t sum = 0;
  for (const BucketCount& b : carried_) sum += b.bucket == bucket ? b.count : 0;
  return sum;
}

void SpanHistogram::collect(std::vector<BucketCount>& out) const {
  std::size_t most = 0;
  for (const Page& page : pages_) most += static_cast<std::size_t>(std::popcount(page.used));
  // Exact, because results are kept for every function.
  if (out.empty()) out.reserve(most);
  std::size_t i = 0;
  for (std::uint64_t rest = used_; rest != 0; rest &= rest - 1, ++i) {
    const auto first =
        static_cast<std::uint32_t>(std::countr_zero(rest)) * HistogramLayout::kSubBuckets;
    for (std::uint64_t used = pages_[i].used; used != 0; used &= used - 1) {
      const auto at = static_cast<std::uint32_t>(std::countr_zero(used));
      std::uint64_t count = pages_[i].counts[at];
      if (!carried_.empty()) [[unlikely]]
        count += carried(first + at);
      out.push_back({first + at, count});
    }
  }
}

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
