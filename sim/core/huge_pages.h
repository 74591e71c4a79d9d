#pragma once

#include <cstddef>
#include <cstdlib>
#include <memory>
#include <new>
#include <type_traits>
#ifdef __linux__
#include <sys/mman.h>
#endif

namespace skyreplay {

/// Raw memory for arrays that are touched all over: from 2 MiB on in huge pages where the system
/// has them, because with small ones every touch is a miss of the address cache, which even
/// prefetches wait for.
template <typename T>
class HugeArray {
  static_assert(std::is_trivially_destructible_v<T>);

 public:
  static constexpr std::size_t kPage = std::size_t{2} << 20;

  /// `size` elements, not initialized. Throws std::bad_alloc.
  explicit HugeArray(std::size_t size) {
    const std::size_t alignment = size * sizeof(T) < kPage ? alignof(std::max_align_t) * 4 : kPage;
    static_assert(alignof(T) <= alignof(std::max_align_t) * 4);
    const std::size_t bytes = (size * sizeof(T) + alignment - 1) / alignment * alignment;
    memory_.reset(static_cast<T*>(std::aligned_alloc(alignment, bytes)));
    if (memory_ == nullptr) throw std::bad_alloc();
#ifdef __linux__
    // Only advice: without it everything works, slower.
    if (alignment == kPage) ::madvise(memory_.get(), bytes, MADV_HUGEPAGE);
#endif
  }

  T& operator[](std::size_t i) { return memory_.get()[i]; }

 private:
  struct Free {
    void operator()(T* memory) const { std::free(memory); }
  };
  std::unique_ptr<T, Free> memory_;
};

}  // namespace skyreplay
