#pragma once

#include <cstdint>
#include <vector>

#include "core/check.h"

namespace skyreplay::kernel {

/// Names one record of a slab for as long as it lives: an index and the generation of its place.
struct SlabId {
  std::uint32_t index = 0;
  std::uint32_t generation = 0;
  friend bool operator==(const SlabId&, const SlabId&) = default;
};

/// Records of one kind, reused most recently freed first. T needs a member `std::uint32_t
/// generation` that the slab owns, and is kept compact so that what is in flight stays in cache.
///
/// **Cost** acquire and release O(1), no allocation once as many records have lived at a time
/// before. A reference is valid until the next acquire().
template <typename T>
class Slab {
 public:
  /// A record whose fields, but for `generation`, are what its last user left.
  SlabId acquire() {
    const std::uint32_t index = acquire_index();
    return {index, records_[index].generation};
  }
  /// The same for whoever does not need its generation.
  std::uint32_t acquire_index() {
    if (free_.empty()) [[unlikely]] {
      records_.emplace_back();
      return static_cast<std::uint32_t>(records_.size() - 1);
    }
    const std::uint32_t index = free_.back();
    free_.pop_back();
    return index;
  }
  void release(std::uint32_t index) {
    ++records_[index].generation;
    free_.push_back(index);
  }
  /// False once the record was released, even if its place is in use again.
  bool is_live(SlabId id) const {
    return id.index < records_.size() && records_[id.index].generation == id.generation;
  }
  SlabId id_of(std::uint32_t index) const { return {index, records_[index].generation}; }
  T& operator[](std::uint32_t index) { return records_[index]; }
  const T& operator[](std::uint32_t index) const { return records_[index]; }
  void prefetch(std::uint32_t index) const { __builtin_prefetch(&records_[index]); }
  std::size_t live() const { return records_.size() - free_.size(); }
  /// Places ever in use at a time: the memory held.
  std::size_t capacity() const { return records_.size(); }

 private:
  std::vector<T> records_;
  std::vector<std::uint32_t> free_;
};

}  // namespace skyreplay::kernel
