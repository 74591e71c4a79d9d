#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <span>
#include <vector>

#include "metrics/histogram_layout.h"

namespace skyreplay::metrics {

/// One counter per bucket, with a bitmap of the buckets in use, so that adding is a handful of
/// instructions and reading costs what was added, not what could have been.
///
/// 15 KB, of which only the touched lines cost cache. Mergeable: adding two in any order is the
/// same.
class DenseHistogram {
 public:
  /// REQUIRES bucket < HistogramLayout::kBuckets, and fewer than 2^32 in one bucket between two
  /// drains.
  void add(std::uint32_t bucket, std::uint32_t count = 1) {
    counts_[bucket] += count;
    used_[HistogramLayout::octave(bucket)] |= std::uint64_t{1} << (bucket % 64);
  }

  /// Appends the non-empty buckets, ascending, and empties the histogram.
  void drain(std::vector<BucketCount>& out) {
    for (std::uint32_t octave = 0; octave < used_.size(); ++octave) {
      while (used_[octave] != 0) {
        const auto bit = static_cast<std::uint32_t>(std::countr_zero(used_[octave]));
        used_[octave] &= used_[octave] - 1;
        const std::uint32_t bucket = octave * HistogramLayout::kSubBuckets + bit;
        out.push_back({bucket, counts_[bucket]});
        counts_[bucket] = 0;
      }
    }
  }

 private:
  static_assert(HistogramLayout::kSubBuckets == 64, "one bitmap word covers one octave");
  std::array<std::uint64_t, HistogramLayout::kOctaves> used_{};
  std::array<std::uint32_t, HistogramLayout::kBuckets> counts_{};
};

/// The histogram of a whole span: pages of one octave, allocated when first used, so that a
/// function called a few times costs a few hundred bytes. Counts are 64-bit.
///
/// **Cost** a page is 264 bytes, because a count is 32 bits wide there; what a bucket has beyond
/// that is carried to a list of its own.
class SpanHistogram {
 public:
  void add(std::uint32_t bucket, std::uint64_t count) {
    const BucketCount one{bucket, count};
    add({&one, 1});
  }
  /// REQUIRES buckets ascending.
  void add(std::span<const BucketCount> buckets);
  /// Appends the non-empty buckets, ascending.
  void collect(std::vector<BucketCount>& out) const;

 private:
  struct Page {
    std::uint64_t used = 0;  ///< which buckets hold something
    std::array<std::uint32_t, HistogramLayout::kSubBuckets> counts{};
  };

  /// Where the page of an octave stands, or would.
  std::size_t place(std::uint32_t octave) const {
    return static_cast<std::size_t>(std::popcount(used_ & ((std::uint64_t{1} << octave) - 1)));
  }
  void add_pages(std::uint64_t octaves);
  std::uint64_t carried(std::uint32_t bucket) const;

  static_assert(HistogramLayout::kOctaves <= 64);
  std::uint64_t used_ = 0;            ///< octaves that have a page
  std::vector<Page> pages_;           ///< ascending
  std::vector<BucketCount> carried_;  ///< multiples of 2^32, in no order; nearly always empty
};

/// The value at or below which `percentile` percent of the counted values lie (nearest rank), as
/// the midpoint of its bucket: within 1 % of the true one. 0 for an empty histogram.
std::int64_t percentile_ns(const std::vector<BucketCount>& buckets, double percentile);

}  // namespace skyreplay::metrics
