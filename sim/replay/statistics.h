#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>

#include "metrics/window_row.h"

namespace skyreplay::replay {

/// Percentiles of one sparse histogram, nanoseconds.
struct Percentiles {
  std::int64_t p50 = 0;
  std::int64_t p90 = 0;
  std::int64_t p99 = 0;
  std::int64_t p99_9 = 0;
};

/// Nearest rank: the value of the ceil(p x n)-th smallest of n requests, reported as its bucket's
/// midpoint, never above `max_ns`. Nothing if the histogram is empty. One pass over the buckets.
std::optional<Percentiles> percentiles(std::span<const metrics::BucketCount> buckets,
                                       std::int64_t max_ns);

/// sum / n in whole units, half to even. REQUIRES n > 0.
std::int64_t mean(std::int64_t sum, std::uint64_t n);

/// The parts in the order of their columns: queue, init, work, cpu_stretch, wait, downstream,
/// retry.
inline constexpr std::size_t kLatencyParts = 7;
std::array<std::int64_t, kLatencyParts> in_order(const metrics::LatencyParts& parts);
inline constexpr std::array<const char*, kLatencyParts> kPartNames = {
    "queue", "init", "work", "cpu_stretch", "wait", "downstream", "retry"};

/// The highest octaves of latency that together cover at least the slowest 1 % of requests.
struct Slowest {
  std::uint64_t requests = 0;
  std::uint64_t of = 0;         ///< requests / of is their true share
  std::int64_t from_ns = 0;     ///< least latency that counts as slow: an octave's lower bound
  metrics::LatencyParts parts;  ///< sums over them
};

/// Nothing if no request completed.
std::optional<Slowest> slowest_percent(std::span<const metrics::OctaveParts> octaves);

}  // namespace skyreplay::replay
