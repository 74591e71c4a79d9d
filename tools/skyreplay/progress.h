#pragma once

#include <skyreplay/compare.h>
#include <skyreplay/replay.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace skyreplay::tool {

/// What is said to standard error while a run goes on: a bar that redraws itself on a terminal,
/// else a plain line every ten seconds. The caller has the clock.
class ProgressMeter {
 public:
  using Clock = std::chrono::steady_clock;
  enum class Style { kBar, kColoredBar, kLines };

  ProgressMeter(Style style, Clock::time_point started) : style_(style), started_(started) {}

  /// What to write now; empty where it is too early to say something again.
  std::string update(const RunProgress& at, Clock::time_point now);
  /// The same of several runs.
  std::string update(const RunsProgress& at, Clock::time_point now);
  /// What takes the bar away, so that the next text starts on an empty line; empty if there is
  /// none.
  std::string clear();

 private:
  /// How far the work is, and where that is.
  struct Progress {
    std::string place;
    double share = 0;
    std::uint64_t requests = 0;
  };
  std::string update(const Progress& at, Clock::time_point now);
  std::string bar(const Progress& at, Clock::time_point now) const;
  std::string line(const Progress& at, Clock::time_point now) const;
  static std::string rate_and_left(const Progress& at, double elapsed_s);

  Style style_;
  Clock::time_point started_;
  Clock::time_point last_ = started_;
  bool drawn_ = false;
};

}  // namespace skyreplay::tool
