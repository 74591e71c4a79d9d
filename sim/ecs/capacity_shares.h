#pragma once

#include <cstdint>
#include <vector>

#include "core/time.h"
#include "ecs/placement.h"
#include "pricing/meters.h"

namespace skyreplay::ecs {

/// Shares out what a cluster's instances are billed for to the services that reserve them (C121),
/// and keeps what nobody reserves.
///
/// Of what the instances are metered from one reading to the next, each item goes to a service in
/// proportion to what its tasks reserved of what was billed in that time: a CPU unit and a MiB
/// weigh 9 to 1, as AWS's split cost allocation data has it. The rest is idle. Parts are whole
/// meter units; a fraction is carried to the next reading, and what the carries of all services
/// would take beyond what there is, later. So all parts add up to what is metered, exactly.
/// **Cost** O(items x services) a reading.
class CapacityShares {
 public:
  explicit CapacityShares(TimePoint start) : read_(start) {}

  /// A service more, counted from 0. REQUIRES before the first reading.
  std::uint32_t add_service();
  /// From now on the service's tasks reserve so much more, or less.
  void reserve(std::uint32_t service, const Resources& task, bool more, TimePoint now);
  /// From now on so much more, or less, is billed.
  void bill(const Resources& instance, bool more, TimePoint now);

  /// Splits what `whole` has beyond the last reading. REQUIRES `until` not before it.
  void read(TimePoint until, const pricing::Meters& whole);
  /// A service's part of an item of `whole` so far; what is idle of it.
  std::uint64_t part(std::uint32_t service, std::uint32_t item) const {
    return services_[service].parts[item].given;
  }
  std::uint64_t idle(std::uint32_t item) const { return idle_[item]; }

 private:
  using Wide = unsigned __int128;

  /// Of a weight over time.
  struct Integral {
    std::uint64_t weight = 0;
    Wide sum = 0;  ///< weight x ns since the last reading, up to `since`
    TimePoint since;
    void advance(TimePoint now) {
      sum += Wide{weight} * static_cast<std::uint64_t>((now - since).count());
      since = now;
    }
  };
  struct Part {
    Wide exact = 0;  ///< in parts of 2^-32
    std::uint64_t given = 0;
  };
  struct Share {
    Integral reserved;
    std::vector<Part> parts;  ///< by item
  };

  TimePoint read_;
  Integral billed_{.since = read_};
  std::vector<Share> services_;
  std::vector<std::uint64_t> seen_;  ///< by item
  std::vector<std::uint64_t> idle_;
};

}  // namespace skyreplay::ecs
