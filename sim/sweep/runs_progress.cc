#include "sweep/runs_progress.h"

#include <algorithm>

namespace skyreplay::sweep {

RunsProgressSum::RunsProgressSum(std::size_t runs,
                                 const std::function<void(const RunsProgress&)>& watcher)
    : parts_(runs), watcher_(watcher) {}

std::function<void(const replay::Progress&)> RunsProgressSum::of_run(std::size_t i) {
  if (!watcher_) return {};
  return [this, i](const replay::Progress& at) {
    const double span = static_cast<double>((at.end - at.start).count());
    const double done = static_cast<double>((at.now - at.start).count());
    const std::lock_guard lock(mutex_);
    parts_[i] = {span > 0 ? std::clamp(done / span, 0.0, 1.0) : 0, at.requests};
    tell();
  };
}

void RunsProgressSum::done(std::size_t i) {
  if (!watcher_) return;
  const std::lock_guard lock(mutex_);
  parts_[i].share = 1;
  ++runs_done_;
  tell();
}

void RunsProgressSum::tell() {
  RunsProgress sum{.runs_done = runs_done_, .runs = parts_.size(), .share = 0, .requests = 0};
  for (const Part& part : parts_) {
    sum.share += part.share / static_cast<double>(parts_.size());
    sum.requests += part.requests;
  }
  watcher_(sum);
}

}  // namespace skyreplay::sweep
