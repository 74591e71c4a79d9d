#include "report/timeline_csv.h"

#include <utility>

#include "replay/statistics.h"
#include "report/csv.h"

namespace skyreplay::report {
namespace {

/// Sixty numbers of at most 21 characters and their commas.
constexpr std::size_t kRowBytes = std::size_t{60} * 22;

std::uint64_t count(const metrics::Counters& counters, metrics::Outcome outcome) {
  return counters.outcomes[static_cast<std::size_t>(outcome)];
}

std::string seconds(std::int64_t nanoseconds) {
  std::string text = std::to_string(nanoseconds / 1'000'000'000);
  std::string fraction = std::to_string(1'000'000'000 + nanoseconds % 1'000'000'000);
  fraction.erase(fraction.find_last_not_of('0') + 1);
  if (fraction.size() > 1) text += "." + fraction.substr(1);
  return text;
}

/// Of a sum of rows a cell has a meaning where it has one in any of them.
void add_what_has_meaning(const replay::ServiceHeader& one, replay::ServiceHeader& sum) {
  const bool is_first = sum.platform.empty();
  if (is_first) {
    sum = one;
    return;
  }
  if (sum.capacity_unit != one.capacity_unit) sum.capacity_unit.clear();
  sum.has_queue |= one.has_queue;
  sum.has_capacity |= one.has_capacity;
  sum.has_cold_starts |= one.has_cold_starts;
  sum.has_desired |= one.has_desired;
  sum.has_pending |= one.has_pending;
  sum.has_cpu |= one.has_cpu;
  if (sum.event_source.empty()) sum.event_source = one.event_source;
  sum.has_provisioned |= one.has_provisioned;
  sum.has_lambda_metrics |= one.has_lambda_metrics;
  sum.is_in_loop |= one.is_in_loop;
  sum.has_memory |= one.has_memory;
  sum.has_reservation |= one.has_reservation;
}

}  // namespace

const char* const TimelineCsv::kHeader =
    "window_start,window_s,service,arrivals,calls,completions,errors,throttles,timeouts,refused,"
    "attempts,cold_starts,latency_p50_ms,latency_p90_ms,latency_p99_ms,latency_max_ms,overhead_p50_"
    "ms,"
    "overhead_p99_ms,queue_ms,init_ms,work_ms,cpu_stretch_ms,wait_ms,downstream_ms,retry_ms,"
    "queue_depth,queue_depth_max,in_flight,in_flight_max,capacity_unit,capacity_desired,"
    "capacity_running,capacity_running_max,capacity_pending,cpu_utilization,"
    "events_received,events_dropped,dead_letters,event_age_ms,event_age_max_ms,"
    "provisioned_invocations,spillover_invocations,provisioned_utilization,"
    "provisioned_utilization_max,invocations,invocation_errors,invocation_throttles,duration_ms,"
    "duration_max_ms,concurrent_executions_max,account_concurrent_executions_max,"
    "unreserved_concurrent_executions_max,claimed_account_concurrency_max,"
    "recursive_invocations_dropped,memory_utilization,out_of_memory_kills,cpu_reservation,"
    "memory_reservation,cost_usd\n";

TimelineCsv::TimelineCsv(const std::filesystem::path& path, const replay::ResultHeader& header,
                         std::vector<bool> own)
    : header_(header), own_(std::move(own)), file_(path), out_(file_) {
  for (const replay::ServiceHeader& service : header.services) {
    names_.push_back(csv_cell(service.name) + ",");
    units_.push_back((service.has_capacity ? csv_cell(service.capacity_unit) : "") + ",");
  }
  for (std::size_t i = 0; i < own_.size(); ++i) {
    if (!own_[i]) add_what_has_meaning(header.services[i], rest_header_);
  }
  out_.text(kHeader);
}

void TimelineCsv::window(const metrics::Window& window, std::span<const metrics::WindowRow> rows) {
  if (window.start != window_start_) end_window();
  window_start_ = window.start;
  const std::int64_t length = (window.end - window.start).count();
  length_ns_ = static_cast<std::uint64_t>(length);
  prefix_ = to_rfc3339(window.start) + "," + seconds(length) + ",";
  for (const metrics::WindowRow& each : rows) {
    if (!own_.empty() && !own_[each.service]) {
      rest_.add(each);
      continue;
    }
    row(each, header_.services[each.service], names_[each.service], units_[each.service]);
  }
}

/// A window comes in several blocks, and what is left of it at the end of all.
void TimelineCsv::end_window() {
  if (rest_.empty()) return;
  maxima_ = false;
  row(rest_.sum(), rest_header_, kRest + std::string(","), rest_header_.capacity_unit + ",");
  maxima_ = true;
  rest_.clear();
}

void TimelineCsv::row(const metrics::WindowRow& row, const replay::ServiceHeader& service,
                      const std::string& name, const std::string& unit) {
  out_.reserve(kRowBytes + prefix_.size() + name.size() + unit.size());
  out_.put(prefix_);
  out_.put(name);
  counters(row.counters, service);
  latency(row);
  parts(row, service);
  mean_if(service.has_queue, row.queue_depth_ns);
  max_if(maxima_ && service.has_queue, row.queue_depth_max);
  mean_if(true, row.in_flight_ns);
  max_if(maxima_, row.in_flight_max);
  out_.put(unit);
  capacity(row, service);
  service.event_source.empty() ? out_.put(",,,,,") : events(row.events);
  service.has_provisioned ? provisioned(row.provisioned) : out_.put(",,,,");
  function(row.function, service);
  memory(row.memory, service);
  reservation(row.reservation, service);
  out_.usd(row.cost_nano_usd);
  out_.put('\n');
}

void TimelineCsv::counters(const metrics::Counters& counters,
                           const replay::ServiceHeader& service) {
  const std::uint64_t timeouts = count(counters, metrics::Outcome::kClientTimeout) +
                                 count(counters, metrics::Outcome::kServerTimeout);
  const std::uint64_t errors =
      count(counters, metrics::Outcome::kError) + count(counters, metrics::Outcome::kDependency);
  for (const std::uint64_t value :
       {counters.arrivals, counters.calls, counters.completions(), errors,
        count(counters, metrics::Outcome::kThrottle), timeouts,
        count(counters, metrics::Outcome::kRefused), counters.attempts}) {
    out_.integer(value);
    out_.put(',');
  }
  max_if(service.has_cold_starts, counters.cold_starts);
}

void TimelineCsv::latency(const metrics::WindowRow& row) {
  const auto latency = replay::percentiles(row.latency, row.latency_max_ns);
  if (!latency) {
    out_.put(",,,,");
  } else {
    for (const std::int64_t value :
         {latency->p50, latency->p90, latency->p99, row.latency_max_ns}) {
      out_.milliseconds(value);
      out_.put(',');
    }
  }
  // No request's overhead exceeds the largest latency.
  const auto overhead = replay::percentiles(row.overhead, row.latency_max_ns);
  if (!overhead) {
    out_.put(",,");
    return;
  }
  for (const std::int64_t value : {overhead->p50, overhead->p99}) {
    out_.milliseconds(value);
    out_.put(',');
  }
}

void TimelineCsv::parts(const metrics::WindowRow& row, const replay::ServiceHeader& service) {
  const std::uint64_t n = row.counters.completions();
  const auto sums = replay::in_order(row.parts);
  for (std::size_t i = 0; i < sums.size(); ++i) {
    const bool meaning =
        n > 0 && (i != 0 || service.has_queue) && (i != 1 || service.has_cold_starts);
    if (meaning) out_.milliseconds(replay::mean(sums[i], n));
    out_.put(',');
  }
}

void TimelineCsv::capacity(const metrics::WindowRow& row, const replay::ServiceHeader& service) {
  mean_if(service.has_capacity && service.has_desired, row.capacity_desired_ns);
  mean_if(service.has_capacity, row.capacity_running_ns);
  max_if(maxima_ && service.has_capacity, row.capacity_running_max);
  mean_if(service.has_capacity && service.has_pending, row.capacity_pending_ns);
  if (service.has_cpu && row.cpu_available_ns > 0) {
    // In percent, as CloudWatch's CPUUtilization.
    out_.percent(row.cpu_busy_ns, row.cpu_available_ns);
  }
  out_.put(',');
}

void TimelineCsv::events(const metrics::EventCounts& events) {
  for (const std::uint64_t value : {events.received, events.dropped, events.dead_letters}) {
    out_.integer(value);
    out_.put(',');
  }
  if (events.invoked == 0) return out_.put(",,");
  for (const std::int64_t age : {events.age_mean_ns(), events.age_max_ns()}) {
    out_.milliseconds(age);
    out_.put(',');
  }
}

/// In percent, as cpu_utilization.
void TimelineCsv::provisioned(const metrics::ProvisionedCounts& counts) {
  for (const std::uint64_t value : {counts.invocations, counts.spillovers}) {
    out_.integer(value);
    out_.put(',');
  }
  if (counts.ready > 0) out_.percent(counts.busy, counts.ready);
  out_.put(',');
  if (maxima_ && counts.ready > 0) out_.percent(counts.utilization_max_ppm, 1'000'000);
  out_.put(',');
}

/// What is of the account has its maximum in a sum of rows too.
void TimelineCsv::function(const metrics::FunctionCounts& counts,
                           const replay::ServiceHeader& service) {
  const bool is_counted = service.has_lambda_metrics;
  for (const std::uint64_t value : {counts.invocations, counts.errors, counts.throttles}) {
    max_if(is_counted, value);
  }
  for (const std::int64_t ns : {counts.duration_mean_ns(), counts.duration_max_ns()}) {
    if (is_counted && counts.ended > 0) out_.milliseconds(ns);
    out_.put(',');
  }
  max_if(maxima_ && is_counted, counts.concurrent_executions_max);
  max_if(is_counted, counts.account_concurrent_executions_max);
  max_if(is_counted, counts.unreserved_concurrent_executions_max);
  max_if(is_counted, counts.claimed_account_concurrency_max);
  max_if(service.is_in_loop, counts.recursive_invocations_dropped);
}

/// In percent, as CloudWatch's MemoryUtilization.
void TimelineCsv::memory(const metrics::MemoryCounts& counts,
                         const replay::ServiceHeader& service) {
  if (service.has_memory && counts.available > 0) out_.percent(counts.used, counts.available);
  out_.put(',');
  max_if(service.has_memory, counts.kills);
}

/// In percent, as CloudWatch's CPUReservation and MemoryReservation.
void TimelineCsv::reservation(const metrics::ReservationCounts& counts,
                              const replay::ServiceHeader& service) {
  const auto percent = [&](std::uint64_t reserved, std::uint64_t registered) {
    if (service.has_reservation && registered > 0) out_.percent(reserved, registered);
    out_.put(',');
  };
  percent(counts.cpu_reserved, counts.cpu_registered);
  percent(counts.memory_reserved, counts.memory_registered);
}

void TimelineCsv::mean_if(bool meaning, std::uint64_t integral_ns) {
  if (meaning) out_.ratio(integral_ns, length_ns_);
  out_.put(',');
}

void TimelineCsv::max_if(bool meaning, std::uint64_t value) {
  if (meaning) out_.integer(value);
  out_.put(',');
}

void TimelineCsv::commit() {
  end_window();
  out_.flush();
  file_.commit();
}

}  // namespace skyreplay::report
