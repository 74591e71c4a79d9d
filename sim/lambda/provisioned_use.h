#pragma once

#include <algorithm>
#include <cstdint>

#include "core/time.h"

namespace skyreplay::lambda {

/// How much of what a function has provisioned was in use since it was last read (L100): its
/// environments that are ready, and those of them that serve. What lasts no time counts nothing, so
/// that it does not matter in which order the changes of an instant come.
class ProvisionedUse {
 public:
  struct Sum {
    std::uint64_t busy_ns = 0;   ///< environments x ns
    std::uint64_t ready_ns = 0;  ///< so too, busy ones among them
    std::uint32_t busy_max = 0;
    double utilization_max = 0;  ///< the largest busy / ready

    /// Of the whole span. REQUIRES ready_ns > 0.
    double utilization() const {
      return static_cast<double>(busy_ns) / static_cast<double>(ready_ns);
    }
  };

  /// So many are ready, and busy of these, from `now` on. REQUIRES busy <= ready, and `now` not
  /// before that of the call before.
  void set(TimePoint now, std::uint32_t busy, std::uint32_t ready) {
    advance(now);
    busy_ = busy;
    ready_ = ready;
  }

  /// Of the span from the last call to `now`.
  Sum take(TimePoint now) {
    advance(now);
    const Sum taken = sum_;
    sum_ = {};
    return taken;
  }

 private:
  void advance(TimePoint now) {
    const auto ns = static_cast<std::uint64_t>((now - since_).count());
    since_ = now;
    if (ns == 0 || ready_ == 0) return;
    sum_.busy_ns += ns * busy_;
    sum_.ready_ns += ns * ready_;
    sum_.busy_max = std::max(sum_.busy_max, busy_);
    sum_.utilization_max =
        std::max(sum_.utilization_max, static_cast<double>(busy_) / static_cast<double>(ready_));
  }

  TimePoint since_{};
  std::uint32_t busy_ = 0;
  std::uint32_t ready_ = 0;
  Sum sum_;
};

}  // namespace skyreplay::lambda
