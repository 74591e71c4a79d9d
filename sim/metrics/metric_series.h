#pragma once

#include <optional>
#include <vector>

#include "core/time.h"
#include "metrics/datapoint.h"

namespace skyreplay::metrics {

/// The latest datapoints of one CloudWatch metric of one dimension, each stamped with the start of
/// its period (E101). Who looks says of which instant its knowledge is: a datapoint whose period
/// has not ended by then is not known yet, also where its stamp is old (E98).
///
/// **Cost** put() O(1); over() O(length / resolution). Memory: what is kept, once.
class MetricSeries {
 public:
  /// Stamps are multiples of `resolution` since the epoch; the last `kept` of them are remembered.
  MetricSeries(Duration resolution, Duration kept)
      : resolution_(resolution), slots_(static_cast<std::size_t>(kept / resolution + 1)) {}

  Duration resolution() const { return resolution_; }
  /// The samples of the period [start, end); none is no datapoint. REQUIRES start a multiple of the
  /// resolution, above the last one's.
  void put(TimePoint start, TimePoint end, const Datapoint& samples) {
    slots_[slot(start)] = {start, end, samples};
  }

  /// The samples stamped in [from, from + length) that are known `as_of` that instant; nothing
  /// where there is none. REQUIRES both multiples of the resolution, and no more than is kept.
  std::optional<Datapoint> over(TimePoint from, Duration length, TimePoint as_of) const {
    Datapoint sum;
    for (TimePoint stamp = from; stamp < from + length; stamp += resolution_) {
      if (stamp < TimePoint{}) continue;
      const Slot& found = slots_[slot(stamp)];
      if (found.start == stamp && found.end <= as_of) sum.merge(found.samples);
    }
    if (sum.sample_count == 0) return std::nullopt;
    return sum;
  }

 private:
  struct Slot {
    TimePoint start = kEndOfTime;
    TimePoint end = kEndOfTime;
    Datapoint samples;
  };

  std::size_t slot(TimePoint stamp) const {
    return static_cast<std::size_t>(stamp.time_since_epoch() / resolution_) % slots_.size();
  }

  Duration resolution_;
  std::vector<Slot> slots_;
};

}  // namespace skyreplay::metrics
