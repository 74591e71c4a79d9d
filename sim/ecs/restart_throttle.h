#pragma once

#include <algorithm>

#include "core/time.h"

namespace skyreplay::ecs {

/// How long a service launches nothing after tasks that came to nothing before they ran (C46).
///
/// The first such task holds launches up for `first`; one that fails at or after the end of that
/// does so for twice as long, and so on up to 27 minutes. A task that runs ends it.
class RestartThrottle {
 public:
  explicit RestartThrottle(Duration first) : first_(first) {}

  bool holds(TimePoint now) const { return now < until_; }
  TimePoint until() const { return until_; }
  Duration delay() const { return delay_; }

  /// A task failed before it ran. True where a delay begins.
  bool failed(TimePoint now) {
    if (holds(now)) return false;
    delay_ = delay_ == Duration{} ? first_ : std::min<Duration>(2 * delay_, kMost);
    until_ = now + delay_;
    return delay_ > Duration{};
  }
  void reset() {
    delay_ = {};
    until_ = {};
  }

 private:
  static constexpr Duration kMost = std::chrono::minutes{27};

  Duration first_;
  Duration delay_{};
  TimePoint until_{};
};

}  // namespace skyreplay::ecs
