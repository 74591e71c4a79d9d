#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

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
  std::array<std::uint32_t, kSamples> samples{};
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
  static constexpr std::size_t kGrowth = 256;

  void give_back_one(SampleChunk*& chunk) {
    SampleChunk* const before = chunk->before;
    chunk->before = free_;
    free_ = chunk;
    chunk = before;
  }
  void grow() {
    auto& added = memory_.emplace_back(std::make_unique<std::array<SampleChunk, kGrowth>>());
    for (SampleChunk& chunk : *added) {
      chunk.before = free_;
      free_ = &chunk;
    }
  }

  std::vector<std::unique_ptr<std::array<SampleChunk, kGrowth>>> memory_;
  SampleChunk* free_ = nullptr;
  std::size_t left_;
};

}  // namespace skyreplay::metrics
