#pragma once

#include "progress.h"

namespace skyreplay::tool {

/// Writes what a meter says to standard error, and takes its bar away also where the work throws.
class LiveProgress {
 public:
  LiveProgress();
  ~LiveProgress();
  LiveProgress(const LiveProgress&) = delete;
  LiveProgress& operator=(const LiveProgress&) = delete;

  void update(const RunProgress& at);
  void update(const RunsProgress& at);

 private:
  ProgressMeter meter_;
};

}  // namespace skyreplay::tool
