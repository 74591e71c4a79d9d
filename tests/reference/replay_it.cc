#include "reference/both.h"
#include "replay/result_reader.h"
#include "replay/run.h"
#include "scenario/scenario.h"
#include "support/run_world.h"
#include "support/temp_folder.h"

namespace skyreplay::reference {
namespace {

Time since_epoch(TimePoint time) { return time.time_since_epoch(); }

Parts parts_of(const metrics::LatencyParts& p) {
  return {Time{p.queue}, Time{p.init},       Time{p.work}, Time{p.cpu_stretch},
          Time{p.wait},  Time{p.downstream}, Time{p.retry}};
}

void read_buckets(std::span<const metrics::BucketCount> from,
                  std::map<std::uint32_t, std::uint64_t>& to) {
  for (const metrics::BucketCount& bucket : from) to[bucket.bucket] += bucket.count;
}

Counts counts_of(const metrics::Counters& counters) {
  Counts counts{.arrivals = counters.arrivals,
                .calls = counters.calls,
                .attempts = counters.attempts,
                .cold_starts = counters.cold_starts};
  for (std::size_t i = 0; i < kOutcomes; ++i) counts.outcomes[i] = counters.outcomes[i];
  return counts;
}

Counts counts_of(const metrics::SpanRow& row) {
  Counts counts = counts_of(row.counters);
  counts.parts = parts_of(row.parts);
  counts.latency_max = Time{row.latency_max_ns};
  read_buckets(row.latency, counts.latency);
  read_buckets(row.overhead, counts.overhead);
  for (const metrics::OctaveParts& octave : row.octaves) {
    counts.octaves[octave.octave] = {octave.count, parts_of(octave.parts)};
  }
  return counts;
}

WindowRow row_of(const metrics::Window& window, const metrics::WindowRow& from) {
  WindowRow row{.start = since_epoch(window.start), .service = from.service};
  row.counts = counts_of(from.counters);
  row.counts.parts = parts_of(from.parts);
  row.counts.latency_max = Time{from.latency_max_ns};
  read_buckets(from.latency, row.counts.latency);
  read_buckets(from.overhead, row.counts.overhead);
  row.in_flight = from.in_flight_ns;
  row.queue = from.queue_depth_ns;
  row.running = from.capacity_running_ns;
  row.desired = from.capacity_desired_ns;
  row.pending = from.capacity_pending_ns;
  row.in_flight_max = from.in_flight_max;
  row.queue_max = from.queue_depth_max;
  row.running_max = from.capacity_running_max;
  row.cpu_busy = from.cpu_busy_ns;
  row.cpu_available = from.cpu_available_ns;
  row.cost = from.cost_nano_usd;
  const metrics::EventCounts& events = from.events;
  row.events = {events.received,     events.invoked, events.dropped,
                events.dead_letters, events.age_us,  events.age_max_us};
  const metrics::ProvisionedCounts& provisioned = from.provisioned;
  row.provisioned = {provisioned.invocations, provisioned.spillovers,
                     provisioned.busy,        provisioned.ready,
                     provisioned.busy_max,    provisioned.utilization_max_ppm};
  row.memory = {from.memory.used, from.memory.available, from.memory.kills};
  const metrics::ReservationCounts& reservation = from.reservation;
  row.reservation = {reservation.cpu_reserved, reservation.cpu_registered,
                     reservation.memory_reserved, reservation.memory_registered};
  const metrics::FunctionCounts& f = from.function;
  row.function = {f.invocations,
                  f.ended,
                  f.duration_us,
                  f.duration_max_us,
                  f.errors,
                  f.throttles,
                  f.concurrent_executions_max,
                  f.account_concurrent_executions_max,
                  f.unreserved_concurrent_executions_max,
                  f.claimed_account_concurrency_max,
                  f.recursive_invocations_dropped};
  return row;
}

Activity activity_of(const replay::Activity& from) {
  Activity activity{since_epoch(from.time), from.service, from.kind, from.from.value_or(-1),
                    from.to.value_or(-1)};
  // Which member it is stands in the cause: "instance 3 in us-east-1a".
  if (!from.to && (from.kind == "launch" || from.kind == "terminate")) {
    activity.from = std::stoll(from.cause.substr(from.cause.find_first_of("0123456789")));
  }
  // A throttle's reason stands first in its cause.
  if (from.kind == "limit") activity.kind += " " + from.cause.substr(0, from.cause.find(':'));
  return activity;
}

void read_summary(const replay::Summary& summary, Result& result) {
  result.overall = counts_of(summary.overall);
  for (const auto& service : summary.services) {
    result.services.push_back(counts_of(service.requests));
  }
  for (const auto& route : summary.routes) result.routes.push_back(counts_of(route));
  result.ended = summary.conservation.outcomes;
  result.in_flight_at_end = summary.conservation.in_flight_at_end;
  for (const replay::MeterTotal& meter : summary.meters) {
    result.meters.push_back({meter.service, meter.name, std::stoull(meter.quantity)});
  }
  result.verdict = to_string(summary.verdict);
}

Result read_result(const std::filesystem::path& path) {
  replay::ResultReader reader(path);
  Result result;
  read_summary(reader.summary(), result);
  using Item = replay::ResultReader::Item;
  for (Item item = reader.next(); item != Item::kEnd; item = reader.next()) {
    if (item == Item::kWindow) {
      for (const metrics::WindowRow& row : reader.rows()) {
        result.rows.push_back(row_of(reader.window(), row));
      }
    } else if (item == Item::kActivities) {
      for (const replay::Activity& activity : reader.activities()) {
        result.activities.push_back(activity_of(activity));
      }
    } else {
      for (const pricing::BillRow& row : reader.bill()) {
        result.bill.push_back({row.service, row.line_item, row.quantity, row.amount});
      }
    }
  }
  std::sort(result.activities.begin(), result.activities.end());
  return result;
}

trace::InvocationKind kind_of(RouteKind kind) {
  switch (kind) {
    case RouteKind::kAsync:
      return trace::InvocationKind::kAsync;
    case RouteKind::kSchedule:
      return trace::InvocationKind::kSchedule;
    case RouteKind::kQueue:
      return trace::InvocationKind::kQueue;
    case RouteKind::kStream:
      return trace::InvocationKind::kStream;
    default:
      return trace::InvocationKind::kSync;
  }
}

/// Every other route's kind stands in the scenario instead.
testing::RowSource trace_of(const Scenario& scenario) {
  std::vector<trace::Route> routes;
  for (std::size_t i = 0; i < scenario.routes.size(); ++i) {
    routes.push_back({.name = "r" + std::to_string(i)});
    if (i < scenario.kinds.size() && i % 2 == 0) routes[i].kind = kind_of(scenario.kinds[i]);
  }
  std::vector<testing::RowSource::Row> rows;
  for (const Row& row : scenario.rows) {
    rows.push_back({row.arrival, row.work, row.wait, static_cast<std::uint32_t>(row.route),
                    row.bytes_in, row.bytes_out});
  }
  testing::RowSource source(std::move(routes), rows, scenario.end);
  source.start_at(scenario.start);
  if (scenario.one_duration) source.use_one_duration();
  return source;
}

}  // namespace

Replayed replay_it(const Scenario& scenario) {
  const testing::TempFolder folder;
  const std::filesystem::path path = folder / "result.binpb";
  testing::RowSource source = trace_of(scenario);
  const std::string digest =
      replay::run(scenario::Scenario::parse(to_yaml(scenario), "random.yaml"), source,
                  {.result = path, .provenance = {}, .progress = {}});
  return {read_result(path), digest};
}

}  // namespace skyreplay::reference
