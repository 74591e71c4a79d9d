#pragma once

#include <bit>
#include <cstdint>

namespace skyreplay::metrics {

/// The buckets of every latency histogram: log-linear, 64 to an octave, over nonnegative 64-bit
/// nanoseconds (Tene's HdrHistogram layout). Buckets below 128 ns are exact; above, a bucket is at
/// most 1/64 wide relative to its lower bound, so its midpoint is within 1/128 < 1 % of any value
/// in it.
struct HistogramLayout {
  static constexpr std::uint32_t kSubBucketBits = 6;
  static constexpr std::uint32_t kSubBuckets = 1u << kSubBucketBits;
  static constexpr std::uint32_t kOctaves = 64 - kSubBucketBits;  ///< octave 0 and 1 are linear
  static constexpr std::uint32_t kBuckets = kOctaves * kSubBuckets;

  /// REQUIRES value_ns >= 0.
  static constexpr std::uint32_t bucket(std::int64_t value_ns) {
    const auto v = static_cast<std::uint64_t>(value_ns);
    const auto width = static_cast<std::uint32_t>(std::bit_width(v | (kSubBuckets * 2 - 1)));
    const std::uint32_t shift = width - (kSubBucketBits + 1);
    return (shift << kSubBucketBits) + static_cast<std::uint32_t>(v >> shift);
  }
  static constexpr std::uint32_t octave(std::uint32_t bucket) { return bucket >> kSubBucketBits; }
  static constexpr std::int64_t lower_bound_ns(std::uint32_t bucket) {
    if (bucket < 2 * kSubBuckets) return bucket;
    const std::uint32_t shift = (bucket >> kSubBucketBits) - 1;
    return static_cast<std::int64_t>((bucket & (kSubBuckets - 1)) | kSubBuckets) << shift;
  }
  static constexpr std::int64_t width_ns(std::uint32_t bucket) {
    return bucket < 2 * kSubBuckets ? 1 : std::int64_t{1} << ((bucket >> kSubBucketBits) - 1);
  }
  /// What a percentile that falls into the bucket is reported as.
  static constexpr std::int64_t midpoint_ns(std::uint32_t bucket) {
    return lower_bound_ns(bucket) + (width_ns(bucket) - 1) / 2;
  }
};

/// One non-empty bucket of a sparse histogram.
struct BucketCount {
  std::uint32_t bucket = 0;
  std::uint64_t count = 0;
};

}  // namespace skyreplay::metrics
