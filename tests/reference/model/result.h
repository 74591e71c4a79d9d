#pragma once

// What a run left, as plain values: what docs/results.md describes, before any rendering.

#include <array>
#include <compare>
#include <map>
#include <string>
#include <vector>

#include "reference/model/scenario.h"

namespace skyreplay::reference {

/// In the order of docs/results.md's outcomes.
enum class Outcome {
  kCompleted,
  kError,
  kThrottle,
  kClientTimeout,
  kServerTimeout,
  kRefused,
  kDependency
};
inline constexpr std::size_t kOutcomes = 7;

struct Parts {
  Time queue{}, init{}, work{}, cpu_stretch{}, wait{}, downstream{}, retry{};
};

/// Counts, and sums over completed requests.
struct Counts {
  std::uint64_t arrivals = 0, calls = 0, attempts = 0, cold_starts = 0;
  std::array<std::uint64_t, kOutcomes> outcomes{};
  Parts parts{};
  Time latency_max{};
  std::map<std::uint32_t, std::uint64_t> latency{}, overhead{};  ///< by histogram bucket
  std::map<std::uint32_t, std::pair<std::uint64_t, Parts>> octaves{};
};

__extension__ using Wide = __int128;

struct WindowRow {
  Time start{};
  std::size_t service = 0;
  Counts counts{};
  /// Integrals over the window, in units x ns.
  Wide in_flight = 0, queue = 0, running = 0, desired = 0, pending = 0;
  std::int64_t in_flight_max = 0, queue_max = 0, running_max = 0;
  Wide cpu_busy = 0, cpu_available = 0;   ///< vCPU x ns
  std::array<std::uint64_t, 3> memory{};  ///< used and there, MiB x ns; tasks killed
  /// Of a cluster: CPU units x ms that tasks hold and that are registered, and MiB x ms.
  std::array<std::uint64_t, 4> reservation{};
  std::int64_t cost = 0;  ///< 10^-9 USD
  /// Events: received, invoked, dropped, sent to a dead-letter queue; ages in us, sum and largest.
  std::array<std::uint64_t, 6> events{};
  /// Provisioned concurrency: invocations on it and elsewhere, integrals of what was busy and of
  /// what was ready (units x ns), the most that were busy, the largest part of it in 10^-6.
  std::array<std::uint64_t, 6> provisioned{};
  /// As CloudWatch counts functions: invocations, of those that ended how many, with which sum and
  /// largest of durations in us, errors, throttles; the largest concurrency of the function, the
  /// account, what is unreserved, what is claimed; loops that were stopped.
  std::array<std::uint64_t, 11> function{};
};

struct Meter {
  std::string service, item;
  std::uint64_t units = 0;
  auto operator<=>(const Meter&) const = default;
};
struct BillRow {
  std::string service, item, quantity;
  std::int64_t amount = 0;  ///< 10^-9 USD
  auto operator<=>(const BillRow&) const = default;
};
struct Activity {
  Time time{};
  std::size_t service = 0;
  std::string kind;
  std::int64_t from = -1, to = -1;  ///< -1: none; `from` of a launch or terminate: which member
  auto operator<=>(const Activity&) const = default;
};

struct Result {
  std::vector<WindowRow> rows;  ///< by time, then service
  std::vector<Counts> routes, services;
  Counts overall;
  std::array<std::uint64_t, kOutcomes> ended{};  ///< of every request, the warm-up's too
  std::uint64_t in_flight_at_end = 0;
  std::vector<Meter> meters;
  std::vector<BillRow> bill;
  std::vector<Activity> activities;
  std::string verdict;
};

}  // namespace skyreplay::reference
