#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "core/time.h"

namespace skyreplay::compute {

/// A job that is worked on, and what its owner wants to have back of it.
struct PresentJob {
  double key = 0;  ///< the virtual time at which it is done
  Duration wait{};
  std::uint32_t tag = 0;
  /// Order of entering. Decides between equal keys; may wrap, as no two present are 2^31 apart.
  std::uint32_t ordinal = 0;
};

/// The jobs present at one server, of which the first by (key, ordinal) leaves first.
///
/// **Method** Up to kFew stand sorted, the first one last: it leaves without a step, and another
/// finds its place without a guess about a parent's or a child's. More are a binary heap, until
/// they are few again. **Cost** O(log n); no allocation once as many have been present before.
class PresentJobs {
 public:
  static constexpr std::uint32_t kFew = 16;

  std::uint32_t size() const { return size_; }
  /// REQUIRES size() > 0.
  const PresentJob& first() const { return jobs_[sorted_ ? size_ - 1 : 0]; }

  void push(const PresentJob& job) {
    if (size_ == capacity_) [[unlikely]]
      grow();
    if (sorted_ && size_ < kFew) [[likely]] {
      insert(job);
    } else {
      push_to_heap(job);
    }
  }
  /// Takes out first().
  PresentJob pop() {
    const PresentJob job = first();
    --size_;
    if (!sorted_) [[unlikely]]
      fill_top_of_heap();
    return job;
  }
  void clear() {
    size_ = 0;
    sorted_ = true;
  }

  /// All of them, in no order; what is done to their keys must not change it.
  std::span<PresentJob> all() { return {jobs_.get(), size_}; }
  std::span<const PresentJob> all() const { return {jobs_.get(), size_}; }

 private:
  static bool before(const PresentJob& a, const PresentJob& b) {
    if (a.key != b.key) return a.key < b.key;
    return static_cast<std::int32_t>(a.ordinal - b.ordinal) < 0;
  }
  void insert(const PresentJob& job) {
    PresentJob* place = jobs_.get() + size_;
    for (; place != jobs_.get() && before(place[-1], job); --place) *place = place[-1];
    *place = job;
    ++size_;
  }
  void grow();
  void push_to_heap(const PresentJob& job);
  void fill_top_of_heap();

  // Invariant: of the first size_, each is before the one to its left where sorted_; else they are
  // a heap, and more than kFew / 2.
  std::unique_ptr<PresentJob[]> jobs_;  ///< not a vector, which is larger
  std::uint32_t capacity_ = 0;
  std::uint32_t size_ = 0;
  bool sorted_ = true;
};

}  // namespace skyreplay::compute
