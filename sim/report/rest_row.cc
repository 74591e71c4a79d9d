#include "report/rest_row.h"

#include <algorithm>
#include <numeric>

namespace skyreplay::report {

std::vector<bool> busiest_services(replay::ResultReader& reader, std::size_t count) {
  std::vector<std::uint64_t> requests;
  reader.for_each_service([&](std::uint32_t, const replay::ServiceSummary& service) {
    requests.push_back(service.requests.counters.arrivals + service.requests.counters.calls);
  });
  std::vector<std::size_t> order(requests.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return requests[a] > requests[b]; });
  std::vector<bool> own(requests.size(), false);
  for (std::size_t i = 0; i < std::min(count, order.size()); ++i) own[order[i]] = true;
  return own;
}

void RestRow::add(std::span<const metrics::BucketCount> from, Counts& to) {
  for (const metrics::BucketCount& each : from) to[each.bucket] += each.count;
}

void RestRow::add(const metrics::WindowRow& row) {
  ++rows_;
  sum_.counters += row.counters;
  sum_.parts += row.parts;
  sum_.latency_max_ns = std::max(sum_.latency_max_ns, row.latency_max_ns);
  add(row.latency, latency_);
  add(row.overhead, overhead_);
  sum_.in_flight_ns += row.in_flight_ns;
  sum_.queue_depth_ns += row.queue_depth_ns;
  sum_.capacity_desired_ns += row.capacity_desired_ns;
  sum_.capacity_running_ns += row.capacity_running_ns;
  sum_.capacity_pending_ns += row.capacity_pending_ns;
  sum_.events += row.events;
  sum_.function += row.function;
  sum_.memory.used += row.memory.used;
  sum_.memory.available += row.memory.available;
  sum_.memory.kills += row.memory.kills;
  sum_.reservation.cpu_reserved += row.reservation.cpu_reserved;
  sum_.reservation.cpu_registered += row.reservation.cpu_registered;
  sum_.reservation.memory_reserved += row.reservation.memory_reserved;
  sum_.reservation.memory_registered += row.reservation.memory_registered;
  sum_.provisioned.invocations += row.provisioned.invocations;
  sum_.provisioned.spillovers += row.provisioned.spillovers;
  sum_.provisioned.busy += row.provisioned.busy;
  sum_.provisioned.ready += row.provisioned.ready;
  sum_.cpu_busy_ns += row.cpu_busy_ns;
  sum_.cpu_available_ns += row.cpu_available_ns;
  sum_.cost_nano_usd += row.cost_nano_usd;
}

std::span<const metrics::BucketCount> RestRow::all(const Counts& from,
                                                   std::vector<metrics::BucketCount>& to) {
  to.clear();
  for (const auto& [bucket, count] : from) to.push_back({bucket, count});
  return to;
}

const metrics::WindowRow& RestRow::sum() {
  sum_.latency = all(latency_, latency_buckets_);
  sum_.overhead = all(overhead_, overhead_buckets_);
  return sum_;
}

void RestRow::clear() {
  rows_ = 0;
  sum_ = {};
  latency_.clear();
  overhead_.clear();
}

}  // namespace skyreplay::report
