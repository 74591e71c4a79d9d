#pragma once

#include <cstdint>
#include <functional>
#include <mutex>
#include <vector>

#include "replay/run.h"
#include "skyreplay/compare.h"

namespace skyreplay::sweep {

/// Adds up the progress of runs that go on side by side, and tells whoever watches, one thread at a
/// time.
class RunsProgressSum {
 public:
  RunsProgressSum(std::size_t runs, const std::function<void(const RunsProgress&)>& watcher);

  /// What run `i` is given to call; empty where nobody watches. REQUIRES *this to outlive it.
  std::function<void(const replay::Progress&)> of_run(std::size_t i);
  void done(std::size_t i);

 private:
  struct Part {
    double share = 0;
    std::uint64_t requests = 0;
  };
  void tell();

  std::mutex mutex_;
  std::vector<Part> parts_;
  std::size_t runs_done_ = 0;
  const std::function<void(const RunsProgress&)>& watcher_;
};

}  // namespace skyreplay::sweep
