#pragma once

#include <cstdint>
#include <vector>

#include "core/time.h"
#include "ecs/placement.h"
#include "metrics/window_row.h"

namespace skyreplay::ecs {

/// What tasks reserve of a cluster's container instances, and what these have registered, over
/// time: CPUReservation and MemoryReservation (C122, C123).
///
/// An instance counts from when it is ACTIVE until it is gone, one that drains too; a task from
/// when it is placed until it has stopped, as its instance's remaining resources have it (C22).
/// **Cost** O(1) a change.
class ClusterReservation {
 public:
  explicit ClusterReservation(TimePoint start) : cpu_(start), memory_(start) {}

  /// Of an instance that may have been there before, or be gone already.
  void registered(std::uint32_t instance, const Resources& has, bool more, TimePoint now) {
    if (is_registered_.size() <= instance) is_registered_.resize(instance + std::size_t{1}, false);
    if (is_registered_[instance] == more) return;
    is_registered_[instance] = more;
    cpu_.registered.change(has.cpu_units, more, now);
    memory_.registered.change(has.memory_mib, more, now);
  }
  void reserved(const Resources& task, bool more, TimePoint now) {
    cpu_.reserved.change(task.cpu_units, more, now);
    memory_.reserved.change(task.memory_mib, more, now);
  }
  /// Since the last call, up to `now`.
  metrics::ReservationCounts take(TimePoint now) {
    return {.cpu_reserved = cpu_.reserved.take(now),
            .cpu_registered = cpu_.registered.take(now),
            .memory_reserved = memory_.reserved.take(now),
            .memory_registered = memory_.registered.take(now)};
  }

 private:
  class Integral {
   public:
    explicit Integral(TimePoint start) : since_(start) {}
    void change(std::uint32_t by, bool more, TimePoint now) {
      advance(now);
      more ? level_ += by : level_ -= by;
    }
    std::uint64_t take(TimePoint now) {
      advance(now);
      const auto ms = static_cast<std::uint64_t>(sum_ / 1'000'000);
      sum_ = 0;
      return ms;
    }

   private:
    void advance(TimePoint now) {
      using Wide = unsigned __int128;
      sum_ += Wide{level_} * static_cast<std::uint64_t>((now - since_).count());
      since_ = now;
    }

    std::uint64_t level_ = 0;
    unsigned __int128 sum_ = 0;  ///< x ns
    TimePoint since_;
  };
  struct Both {
    explicit Both(TimePoint start) : reserved(start), registered(start) {}
    Integral reserved;
    Integral registered;
  };

  Both cpu_;
  Both memory_;
  std::vector<bool> is_registered_;  ///< by instance
};

}  // namespace skyreplay::ecs
