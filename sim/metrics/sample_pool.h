#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/huge_pages.h"
#include "metrics/histogram_layout.h"

namespace skyreplay::metrics {

/// A few samples of one flow and, by `before`, the flow's earlier ones of the same window. A sample
/// is the bucket of a latency and that of its overhead, in 24 bits.
struct alignas(64) SampleChunk {
  static constexpr std::uint32_t kSamples = 62;

  static std::uint32_t sample(std::uint32_t latency_bucket, std::uint32_t overhead_bucket) {
    return latency_bucket << 12 | overhead_bucket;
  }
  static std::uint32_t latency_bucket(std::uint32_t sample) { return sample >> 12; }
  static std::uint32_t overhead_bucket(std::uint32_t sample) { return sample & 0xfff; }
  static_assert(HistogramLayout::kBuckets <= 1u << 12);

  SampleChunk* before = nullptr;
  std::array<std::uint32_t, kSamples> samples;
};
static_assert(sizeof(SampleChunk) == 256);

/// Chunks for the samples of one window: writing a sample down is one store, where counting it in
/// its flow's own histogram would be two cache misses as soon as there are many flows.
///
/// **Cost** O(1); memory is what the busiest window took, never more than `most` chunks beyond one
/// a flow.
class SamplePool {
 public:
  explicit SamplePool(std::size_t most) : left_(most) {}

  /// An unused chunk; nullptr once `most` were taken and not given back.
  SampleChunk* take() { return left_ == 0 ? nullptr : (--left_, take_first()); }
  /// A flow's first chunk, which does not count towards `most`.
  SampleChunk* take_first() {
    if (free_ == nullptr) grow();
    SampleChunk* chunk = free_;
    free_ = chunk->before;
    __builtin_prefetch(free_, 1);  // the next to go, whose line is needed then
    chunk->before = nullptr;
    return chunk;
  }
  /// All of a flow's chunks, its last in hand.
  void give_back(SampleChunk* last) {
    for (; last->before != nullptr; ++left_) give_back_one(last);
    give_back_one(last);
  }

 private:
  static constexpr std::size_t kFewest = 64;
  static constexpr std::size_t kMost = HugeArray<SampleChunk>::kPage / sizeof(SampleChunk);

  void give_back_one(SampleChunk*& chunk) {
    SampleChunk* const before = chunk->before;
    chunk->before = free_;
    free_ = chunk;
    chunk = before;
  }
  void grow() {
    // Doubles until it is a huge page at a time.
    const std::size_t n = std::min(kMost, kFewest << std::min<std::size_t>(memory_.size(), 16));
    HugeArray<SampleChunk>& added = memory_.emplace_back(n);
    for (std::size_t i = n; i-- > 0;) {
      added[i].before = free_;
      free_ = &added[i];
    }
  }

  std::vector<HugeArray<SampleChunk>> memory_;
  SampleChunk* free_ = nullptr;
  std::size_t left_;
};

}  // namespace skyreplay::metrics
