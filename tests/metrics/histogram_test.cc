#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include "metrics/dense_histogram.h"

namespace skyreplay::metrics {
namespace {

TEST_CASE("every value lies in its bucket and buckets are contiguous") {
  for (std::uint32_t bucket = 0; bucket + 1 < HistogramLayout::kBuckets; ++bucket) {
    const std::int64_t low = HistogramLayout::lower_bound_ns(bucket);
    const std::int64_t width = HistogramLayout::width_ns(bucket);
    REQUIRE(HistogramLayout::bucket(low) == bucket);
    REQUIRE(HistogramLayout::bucket(low + width - 1) == bucket);
    REQUIRE(HistogramLayout::lower_bound_ns(bucket + 1) == low + width);
  }
  CHECK(HistogramLayout::bucket(INT64_MAX) == HistogramLayout::kBuckets - 1);
}

TEST_CASE("a bucket's midpoint is within one percent of every value in it") {
  for (std::uint32_t bucket = 0; bucket < HistogramLayout::kBuckets; ++bucket) {
    const double low = static_cast<double>(HistogramLayout::lower_bound_ns(bucket));
    const double high = low + static_cast<double>(HistogramLayout::width_ns(bucket) - 1);
    const double middle = static_cast<double>(HistogramLayout::midpoint_ns(bucket));
    if (low == 0) continue;
    REQUIRE(std::abs(middle - low) / low <= 0.01);
    REQUIRE(std::abs(middle - high) / high <= 0.01);
  }
}

TEST_CASE("percentiles of a million draws are within one percent of the sorted ones") {
  std::mt19937_64 random(7);
  std::vector<std::int64_t> values;
  DenseHistogram histogram;
  for (int i = 0; i < 1'000'000; ++i) {
    // Five decades of latency, heavy tailed.
    const double u = static_cast<double>(random() >> 11) * 0x1p-53;
    values.push_back(static_cast<std::int64_t>(1e5 * std::pow(10.0, 5 * u * u)));
    histogram.add(HistogramLayout::bucket(values.back()));
  }
  std::sort(values.begin(), values.end());
  std::vector<BucketCount> buckets;
  histogram.drain(buckets);
  for (const double percentile : {1.0, 50.0, 90.0, 99.0, 99.9, 99.99}) {
    const auto rank = static_cast<std::size_t>(std::ceil(1e6 * percentile / 100));
    const auto exact = static_cast<double>(values[rank - 1]);
    const auto reported = static_cast<double>(percentile_ns(buckets, percentile));
    CAPTURE(percentile);
    CHECK(std::abs(reported - exact) / exact <= 0.01);
  }
}

TEST_CASE("draining empties a histogram") {
  DenseHistogram histogram;
  histogram.add(130, 3);
  histogram.add(5);
  std::vector<BucketCount> buckets;
  histogram.drain(buckets);
  REQUIRE(buckets.size() == 2);
  CHECK(buckets[0].bucket == 5);
  CHECK(buckets[1].bucket == 130);
  CHECK(buckets[1].count == 3);
  buckets.clear();
  histogram.drain(buckets);
  CHECK(buckets.empty());
}

TEST_CASE("merging span histograms is the same in either order") {
  SpanHistogram one, two, both, reverse;
  const std::vector<BucketCount> a = {{3, 5}, {700, 1}, {2000, 9}};
  const std::vector<BucketCount> b = {{3, 2}, {701, 4}};
  for (const auto& [bucket, count] : a) both.add(bucket, count);
  for (const auto& [bucket, count] : b) both.add(bucket, count), reverse.add(bucket, count);
  for (const auto& [bucket, count] : a) reverse.add(bucket, count);
  std::vector<BucketCount> left, right;
  both.collect(left);
  reverse.collect(right);
  REQUIRE(left.size() == 4);
  CHECK(left[0].count == 7);
  for (std::size_t i = 0; i < left.size(); ++i) {
    CHECK(left[i].bucket == right[i].bucket);
    CHECK(left[i].count == right[i].count);
  }
}

TEST_CASE("a span's count goes beyond 32 bits, also when it is built of small ones") {
  SpanHistogram histogram;
  histogram.add(700, (std::uint64_t{1} << 33) + 5);
  histogram.add(5, 0xffff'ffff);
  histogram.add(5, 1);  // nothing is left in the page: all is carried
  histogram.add(500, 1);
  std::vector<BucketCount> buckets;
  histogram.collect(buckets);
  REQUIRE(buckets.size() == 3);
  CHECK(buckets[0].bucket == 5);
  CHECK(buckets[0].count == std::uint64_t{1} << 32);
  CHECK(buckets[1].bucket == 500);
  CHECK(buckets[1].count == 1);
  CHECK(buckets[2].bucket == 700);
  CHECK(buckets[2].count == (std::uint64_t{1} << 33) + 5);
}

}  // namespace
}  // namespace skyreplay::metrics
