#include <doctest/doctest.h>

#include "replay/statistics.h"

namespace skyreplay::replay {
namespace {

using metrics::BucketCount;
using metrics::HistogramLayout;

TEST_CASE("a percentile is the value of nearest rank") {
  // 100 requests of 1..100 ns, where buckets are exact.
  std::vector<BucketCount> buckets;
  for (std::uint32_t i = 1; i <= 100; ++i) buckets.push_back({i, 1});
  const auto p = percentiles(buckets, 100);
  REQUIRE(p.has_value());
  CHECK(p->p50 == 50);
  CHECK(p->p90 == 90);
  CHECK(p->p99 == 99);
  CHECK(p->p99_9 == 100);  // rank ceil(99.9)
}

TEST_CASE("of two requests the median is the smaller one") {
  CHECK(percentiles(std::vector<BucketCount>{{3, 1}, {70, 1}}, 70)->p50 == 3);
  CHECK(percentiles(std::vector<BucketCount>{{3, 1}, {70, 1}}, 70)->p90 == 70);
}

TEST_CASE("a percentile is a bucket's midpoint, but never above the largest value") {
  // 1,999,000 ns lies in bucket 1018, [1,998,848, 2,015,232), midpoint 2,007,039.
  REQUIRE(HistogramLayout::bucket(1'999'000) == 1018);
  const std::vector<BucketCount> one = {{1018, 1}};
  CHECK(percentiles(one, 3'000'000)->p50 == 2'007'039);
  CHECK(percentiles(one, 1'999'000)->p50 == 1'999'000);
}

TEST_CASE("ranks hold where a product would overflow") {
  const std::uint64_t many = std::uint64_t{1} << 62;
  CHECK(percentiles(std::vector<BucketCount>{{1, many}, {2, many - 1}}, 9)->p50 == 1);
  CHECK(percentiles(std::vector<BucketCount>{{1, many}, {2, many - 1}}, 9)->p90 == 2);
}

TEST_CASE("no request, no percentile") {
  CHECK_FALSE(percentiles({}, 0).has_value());
  CHECK_FALSE(slowest_percent({}).has_value());
}

TEST_CASE("a mean is rounded half to even, below zero too") {
  CHECK(mean(5, 2) == 2);
  CHECK(mean(7, 2) == 4);
  CHECK(mean(-5, 2) == -2);
  CHECK(mean(-7, 2) == -4);
  CHECK(mean(8, 3) == 3);
  CHECK(mean(-7, 3) == -2);
  CHECK(mean(INT64_MIN, 1) == INT64_MIN);
  CHECK(mean(INT64_MAX, 2) == 4611686018427387904);
}

TEST_CASE(
    "the slowest percent takes whole octaves until one percent is covered, and says its true "
    "share") {
  // 1,000 requests: 4 in the highest octave are too few, the 16 below make 20.
  const std::vector<metrics::OctaveParts> octaves = {{14, 980, {.work = 980}},
                                                     {16, 16, {.queue = 160, .work = 16}},
                                                     {20, 4, {.init = 400, .work = 4}}};
  const auto slow = slowest_percent(octaves);
  REQUIRE(slow.has_value());
  CHECK(slow->requests == 20);
  CHECK(slow->of == 1000);
  CHECK(slow->from_ns == 2'097'152);  // octave 16 begins at 64 << 15
  CHECK(slow->parts.queue == 160);
  CHECK(slow->parts.init == 400);
  CHECK(slow->parts.work == 20);
}

TEST_CASE("exactly one percent is enough") {
  const std::vector<metrics::OctaveParts> octaves = {{14, 990, {}}, {16, 10, {}}};
  CHECK(slowest_percent(octaves)->requests == 10);
  const std::vector<metrics::OctaveParts> less = {{14, 991, {}}, {16, 10, {}}};
  CHECK(slowest_percent(less)->requests == 1001);
}

}  // namespace
}  // namespace skyreplay::replay
