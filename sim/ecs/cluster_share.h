#pragma once

#include <cstdint>
#include <vector>

#include "core/time.h"
#include "pricing/meters.h"

namespace skyreplay::ecs {

class Cluster;

/// What one tenant of a cluster pays of it: its part of what each provider's instances cost (C121),
/// line items of the same price on one line.
class ClusterShare {
 public:
  /// The cluster, whose groups have begun, outlives this. Adds the items to `meters`.
  ClusterShare(Cluster& cluster, std::uint32_t tenant, pricing::Meters& meters);

  /// Brings the items up to `until`. O(items).
  void read(TimePoint until, pricing::Meters& meters);

 private:
  struct Item {
    std::uint32_t provider;
    std::uint32_t of_whole;  ///< its number there
    std::uint32_t own;       ///< in the tenant's meters
  };

  Cluster& cluster_;
  std::uint32_t tenant_;
  std::uint32_t first_;             ///< of the own items
  std::vector<std::uint64_t> sum_;  ///< by own item, from `first_`
  std::vector<Item> items_;
};

}  // namespace skyreplay::ecs
