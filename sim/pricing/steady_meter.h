#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <vector>

#include "pricing/billed_time.h"
#include "pricing/meters.h"

namespace skyreplay::pricing {

/// Meters what is there all of a span, and billed for each second of it: alarms, custom metrics.
class SteadyMeter {
 public:
  explicit SteadyMeter(BilledSpan span) : span_(span) {}

  /// So many of an item that the meters have.
  void add(std::uint32_t item, std::uint64_t count) { items_.push_back({item, count}); }

  /// The seconds of the span that have begun by `now`.
  std::uint64_t seconds(TimePoint now) const {
    const TimePoint until = std::max(span_.start, std::min(now, span_.end));
    return static_cast<std::uint64_t>(
        std::chrono::ceil<std::chrono::seconds>(until - span_.start).count());
  }
  /// Brings `meters` up to `now`: a unit is one of them and a second begun. Cost: O(items).
  void read(TimePoint now, Meters& meters) const {
    for (const Item& item : items_) meters.advance_to(item.index, item.count * seconds(now));
  }

 private:
  struct Item {
    std::uint32_t index;
    std::uint64_t count;
  };

  BilledSpan span_;
  std::vector<Item> items_;
};

}  // namespace skyreplay::pricing
