#include "sweep/parallel_for.h"

#include <tbb/global_control.h>
#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>

#include <atomic>
#include <exception>
#include <vector>

#include "core/check.h"

namespace skyreplay::sweep {
namespace {

/// Runs bodies and remembers what they threw.
class Guarded {
 public:
  Guarded(std::size_t n, const std::function<void(std::size_t)>& body) : thrown_(n), body_(body) {}

  /// The packaged oneTBB is not built for ThreadSanitizer, which cannot see how it hands work over:
  /// the counter that both sides touch says it once more.
  void run(std::size_t i) noexcept {
    handed_over_.load(std::memory_order_acquire);
    if (i <= lowest_thrown_.load(std::memory_order_acquire)) {
      try {
        body_(i);
      } catch (...) {
        thrown_[i] = std::current_exception();
        lower_to(i);
      }
    }
    handed_over_.fetch_add(1, std::memory_order_acq_rel);
  }

  void rethrow_first() {
    SKY_CHECK(handed_over_.load(std::memory_order_acquire) == thrown_.size());
    for (const std::exception_ptr& error : thrown_) {
      if (error) std::rethrow_exception(error);
    }
  }

 private:
  void lower_to(std::size_t i) {
    std::size_t lowest = lowest_thrown_.load(std::memory_order_relaxed);
    while (i < lowest &&
           !lowest_thrown_.compare_exchange_weak(lowest, i, std::memory_order_acq_rel)) {
    }
  }

  std::vector<std::exception_ptr> thrown_;
  const std::function<void(std::size_t)>& body_;
  std::atomic<std::size_t> lowest_thrown_ = static_cast<std::size_t>(-1);
  std::atomic<std::size_t> handed_over_ = 0;
};

}  // namespace

void parallel_for(std::size_t n, std::uint32_t threads,
                  const std::function<void(std::size_t)>& body) {
  SKY_CHECK(threads > 0);
  Guarded guarded(n, body);
  if (threads == 1) {
    for (std::size_t i = 0; i < n; ++i) guarded.run(i);
  } else {
    // Without it oneTBB never uses more threads than the machine has cores.
    const tbb::global_control limit(tbb::global_control::max_allowed_parallelism, threads);
    tbb::task_arena arena(static_cast<int>(threads));
    arena.execute([&] {
      tbb::parallel_for(
          std::size_t{0}, n, [&](std::size_t i) { guarded.run(i); }, tbb::simple_partitioner());
    });
  }
  guarded.rethrow_first();
}

}  // namespace skyreplay::sweep
