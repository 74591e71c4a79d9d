#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <tuple>

#include "core/time.h"
#include "trace/spans.h"

namespace skyreplay::trace {

/// What a service did for one request: its own work, and waiting for what no span of another
/// service tells of (databases).
struct ServiceTimes {
  Duration work{};
  Duration wait{};
  Duration remote{};  ///< in calls to other services, which are not in `wait`
};

/// Counts calls between services and writes them as the `calls:` of a scenario: for each pair how
/// many one request makes on average, and how long the called service took by itself. Memory: some
/// kilobytes for each pair.
class CallSkeleton {
 public:
  void add_entry(std::uint32_t service) { ++entries_[service]; }
  void add_call(std::uint32_t from, std::uint32_t to, bool async, const ServiceTimes& times);
  bool empty() const { return edges_.empty(); }

  /// YAML. Order: most calls first, then by names. A synchronous call that would close a circle, or
  /// beyond what a scenario takes, stands as a comment that says why.
  std::string to_yaml(const Operations& operations) const;

 private:
  using Buckets = std::map<std::uint32_t, std::uint64_t>;  ///< of HistogramLayout
  struct Edge {
    std::uint64_t calls = 0;
    Buckets work, wait;
  };
  using Key = std::tuple<std::uint32_t, std::uint32_t, bool>;

  std::map<std::uint32_t, std::uint64_t> entries_;
  std::map<Key, Edge> edges_;
};

}  // namespace skyreplay::trace
