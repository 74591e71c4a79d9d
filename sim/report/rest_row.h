#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <vector>

#include "metrics/window_row.h"
#include "replay/result_reader.h"

namespace skyreplay::report {

/// Which services have lines of their own in a timeline: those with the most requests and calls, of
/// equals the first. `count` of them, or all.
std::vector<bool> busiest_services(replay::ResultReader& reader, std::size_t count);

/// The rows of several services in one window, added up. What was largest at an instant has no sum:
/// maxima but the largest latency are 0. **Cost** O(buckets) a row.
class RestRow {
 public:
  void add(const metrics::WindowRow& row);
  bool empty() const { return rows_ == 0; }
  /// The sum, valid until the next call of a member that is not const.
  const metrics::WindowRow& sum();
  void clear();

 private:
  using Counts = std::map<std::uint32_t, std::uint64_t>;

  static void add(std::span<const metrics::BucketCount> from, Counts& to);
  static std::span<const metrics::BucketCount> all(const Counts& from,
                                                   std::vector<metrics::BucketCount>& to);

  std::size_t rows_ = 0;
  metrics::WindowRow sum_;
  Counts latency_, overhead_;
  std::vector<metrics::BucketCount> latency_buckets_, overhead_buckets_;
};

}  // namespace skyreplay::report
