#pragma once

#include <cstdint>
#include <string>

#include "core/time.h"
#include "metrics/window_row.h"

namespace skyreplay::replay {

enum class Verdict : std::uint8_t { kStable, kBacklogged, kOverloaded };

/// "stable", "backlogged", "overloaded".
std::string_view to_string(Verdict verdict);

/// The requests of a window that waited, integrated over it (requests x ns): those in the queue,
/// and where all vCPUs were busy also those in service beyond what the vCPUs worked on, since
/// servers that share their CPU let their backlog in.
std::uint64_t waiting_ns(const metrics::WindowRow& row);

/// How the number of waiting requests went over a span: its mean over the middle half against its
/// mean over the last tenth. A window that lies across a border counts with the part inside, as if
/// its depth were constant.
class QueueTrend {
 public:
  /// REQUIRES start <= end.
  QueueTrend(TimePoint start, TimePoint end);

  /// Adds one window's waiting_ns(), of every service. Time outside the span is left out.
  void add(const metrics::Window& window, std::uint64_t waiting_ns);

  /// Mean depths, 0 over a span without length.
  double mean_middle_half() const;
  double mean_last_tenth() const;
  double span_s() const;

 private:
  struct Part {
    std::int64_t start = 0;
    std::int64_t end = 0;
    double integral = 0;  ///< requests x ns
    void add(const metrics::Window& window, std::uint64_t depth_ns);
    double mean() const;
  };

  std::int64_t span_ns_;
  Part middle_;
  Part last_;
};

struct Judgement {
  Verdict verdict = Verdict::kStable;
  std::string reason;  ///< one sentence with the numbers that decided
};

/// Overloaded if refused + throttles + server timeouts + dependency errors (a call that ended in
/// one of these) are at least 1 % of arrivals; else backlogged if the mean number of waiting
/// requests over the last tenth of the span exceeds both one and a half times its mean over the
/// middle half and one second of mean arrivals; else stable. (Of a queue that grows steadily from
/// nothing, 1.9 times as many wait in the last tenth.)
Judgement judge(const metrics::Counters& counters, const QueueTrend& queue);

}  // namespace skyreplay::replay
