#include "sweep/parallel_for.h"

#include <atomic>
#include <exception>
#include <vector>

#include "core/check.h"

// The packaged oneTBB is not built for ThreadSanitizer, which then takes every hand-over of work
// for a race. In such builds plain threads take its place: what the bodies do is checked in full,
// and nothing has to be suppressed. The build says which it is (CMakeLists.txt).
#ifdef SKY_PLAIN_THREADS
#include <thread>
#else
#include <tbb/global_control.h>
#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>
#endif

namespace skyreplay::sweep {
namespace {

/// Runs bodies and remembers what they threw.
class Guarded {
 public:
  Guarded(std::size_t n, const std::function<void(std::size_t)>& body) : thrown_(n), body_(body) {}

  void run(std::size_t i) noexcept {
    if (i > lowest_thrown_.load(std::memory_order_acquire)) return;
    try {
      body_(i);
    } catch (...) {
      thrown_[i] = std::current_exception();
      lower_to(i);
    }
  }

  void rethrow_first() const {
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
};

#ifdef SKY_PLAIN_THREADS
void run_all(std::size_t n, std::uint32_t threads, Guarded& guarded) {
  std::atomic<std::size_t> next = 0;
  std::vector<std::jthread> workers;
  for (std::uint32_t t = 0; t < threads; ++t) {
    workers.emplace_back([&] {
      for (std::size_t i = next.fetch_add(1); i < n; i = next.fetch_add(1)) guarded.run(i);
    });
  }
}
#else
void run_all(std::size_t n, std::uint32_t threads, Guarded& guarded) {
  // Without it oneTBB never uses more threads than the machine has cores.
  const tbb::global_control limit(tbb::global_control::max_allowed_parallelism, threads);
  tbb::task_arena arena(static_cast<int>(threads));
  arena.execute([&] {
    tbb::parallel_for(
        std::size_t{0}, n, [&](std::size_t i) { guarded.run(i); }, tbb::simple_partitioner());
  });
}
#endif

}  // namespace

void parallel_for(std::size_t n, std::uint32_t threads,
                  const std::function<void(std::size_t)>& body) {
  SKY_CHECK(threads > 0);
  Guarded guarded(n, body);
  if (threads == 1) {
    for (std::size_t i = 0; i < n; ++i) guarded.run(i);
  } else {
    run_all(n, threads, guarded);
  }
  guarded.rethrow_first();
}

}  // namespace skyreplay::sweep
