#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "metrics/histogram_layout.h"

namespace skyreplay::replay {

/// Sparse histograms one after another, as result.proto describes: per histogram the varint number
/// of its buckets, then for each the varint of twice its distance from the bucket before, plus one
/// if a varint count above 1 follows. A request alone in its bucket thus costs one byte.
///
/// By hand and not as packed fields, because a result of many services is mostly histograms: 2 ns a
/// bucket against 8.
class HistogramEncoder {
 public:
  /// REQUIRES buckets ascending, counts above 0.
  void add(std::span<const metrics::BucketCount> buckets);
  std::string_view bytes() const { return {bytes_.data(), used_}; }
  /// Whether no histogram so far has a bucket.
  bool all_empty() const { return used_ == histograms_; }
  void clear();

 private:
  void put(std::uint64_t value);

  std::string bytes_;  ///< never shrinks; the first used_ count
  std::size_t used_ = 0;
  std::size_t histograms_ = 0;
};

/// Decoded histograms; memory is kept from one use to the next.
struct HistogramRows {
  std::vector<metrics::BucketCount> buckets;  ///< of all rows in turn; what lies behind is unused
  std::vector<std::uint32_t> sizes;           ///< buckets of each row
};

/// Reads exactly `rows` histograms, or none from no bytes. Returns what is wrong, "" if nothing is:
/// bytes missing or left over, a bucket that does not exist, a count of 0.
std::string decode_histograms(std::string_view bytes, std::size_t rows, HistogramRows& to);

}  // namespace skyreplay::replay
