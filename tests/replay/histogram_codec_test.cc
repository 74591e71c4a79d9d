#include "replay/histogram_codec.h"

#include <doctest/doctest.h>

#include "core/random.h"

namespace skyreplay::replay {
namespace {

using metrics::BucketCount;

TEST_CASE("a request alone in its bucket costs one byte, more cost a count") {
  HistogramEncoder encoder;
  const std::vector<BucketCount> buckets = {{3, 1}, {70, 2}, {71, 300}};
  encoder.add(buckets);
  // 3 buckets; 2 x 3; 2 x 67 + 1 in two bytes, count 2; 2 x 1 + 1, count 300 in two bytes.
  CHECK(encoder.bytes() == "\x03\x06\x87\x01\x02\x03\xac\x02");
}

TEST_CASE("histograms of any size come back as they were") {
  const RandomStream stream(1, "histograms", "test");
  HistogramEncoder encoder;
  HistogramRows decoded;
  for (std::uint64_t round = 0; round < 50; ++round) {
    RandomEngine random = stream.at(round);
    encoder.clear();
    std::vector<std::vector<BucketCount>> rows(random() % 20);
    for (auto& row : rows) {
      const std::uint64_t gap = 1 + random() % 500;
      for (std::uint64_t b = random() % gap; b < metrics::HistogramLayout::kBuckets;
           b += 1 + random() % gap) {
        const std::uint64_t count = random() % 2 == 0 ? 1 : 1 + (random() >> (random() % 64));
        row.push_back({static_cast<std::uint32_t>(b), count == 0 ? 1 : count});
      }
      encoder.add(row);
    }
    REQUIRE(decode_histograms(encoder.bytes(), rows.size(), decoded) == "");
    const BucketCount* next = decoded.buckets.data();
    for (std::size_t r = 0; r < rows.size(); ++r) {
      REQUIRE(decoded.sizes[r] == rows[r].size());
      for (const BucketCount& expected : rows[r]) {
        REQUIRE(next->bucket == expected.bucket);
        REQUIRE(next->count == expected.count);
        ++next;
      }
    }
  }
}

TEST_CASE("no bytes are rows without a bucket") {
  HistogramEncoder encoder;
  CHECK(encoder.all_empty());
  encoder.add({});
  encoder.add({});
  CHECK(encoder.all_empty());
  CHECK(encoder.bytes().size() == 2);
  HistogramRows decoded;
  CHECK(decode_histograms("", 2, decoded) == "");
  CHECK(decoded.sizes == std::vector<std::uint32_t>{0, 0});
  encoder.add(std::vector<BucketCount>{{0, 1}});
  CHECK_FALSE(encoder.all_empty());
}

}  // namespace
}  // namespace skyreplay::replay
