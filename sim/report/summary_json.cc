#include "report/summary_json.h"

#include <array>

#include "replay/statistics.h"
#include "report/json_writer.h"

namespace skyreplay::report {
namespace {

constexpr std::array<const char*, metrics::kOutcomes> kOutcomeNames = {
    "completed",       "errors",  "throttles",        "client_timeouts",
    "server_timeouts", "refused", "dependency_errors"};

/// Each request is a task of its own, and nobody desires any.
bool does_jobs(const replay::ServiceHeader& service) {
  return service.platform == "ecs" && !service.has_desired;
}

class Document {
 public:
  Document(AtomicFile& file, replay::ResultReader& result)
      : json_(file), result_(result), header_(result.header()), summary_(result.summary_head()) {}

  void write();

 private:
  void integer(const char* name, std::uint64_t value) {
    json_.key(name);
    json_.integer(value);
  }
  void string(const char* name, std::string_view value) {
    json_.key(name);
    json_.string(value);
  }
  void milliseconds(const char* name, std::int64_t value) {
    json_.key(name);
    json_.milliseconds(value);
  }

  void conservation();
  void verdict();
  void cost();
  void run();
  void meters();

  void service(std::uint32_t index, const replay::ServiceSummary& row);
  void route(std::uint32_t index, const metrics::SpanRow& row);
  void requests(const metrics::SpanRow& row);
  void counters(const metrics::SpanRow& row);
  void percentiles(const char* name, const metrics::SpanRow& row, bool overhead);
  void parts(const char* name, const metrics::LatencyParts& sums, std::uint64_t n);
  void slowest(const metrics::SpanRow& row);
  void usage(const replay::ServiceHeader& service, const replay::Usage& usage);
  void events(const replay::ServiceHeader& service, const metrics::EventCounts& events);
  void provisioned(const metrics::ProvisionedCounts& counts);
  void cloudwatch(const metrics::FunctionCounts& counts);
  void mean_and_max(const char* name, std::uint64_t integral_us, std::uint64_t max);
  void monthly(const std::optional<pricing::NanoUsd>& amount);

  std::uint64_t horizon_ns() const {
    return static_cast<std::uint64_t>((header_.end - header_.start).count());
  }

  JsonWriter json_;
  replay::ResultReader& result_;
  const replay::ResultHeader& header_;
  const replay::Summary summary_;  ///< without services and routes
};

void Document::write() {
  json_.begin_object();
  conservation();
  verdict();
  cost();
  run();
  json_.key("overall");
  json_.begin_object();
  requests(summary_.overall);
  json_.end_object();
  json_.key("services");
  json_.begin_array();
  result_.for_each_service([this](std::uint32_t i, const auto& row) { service(i, row); });
  json_.end_array();
  json_.key("routes");
  json_.begin_array();
  result_.for_each_route([this](std::uint32_t i, const auto& row) { route(i, row); });
  json_.end_array();
  meters();
  json_.end_object();
  json_.finish();
}

void Document::conservation() {
  const replay::Conservation& c = summary_.conservation;
  json_.key("conservation");
  json_.begin_object();
  integer("trace_requests", c.trace_requests);
  integer("arrivals", c.arrivals);
  for (std::size_t i = 0; i < c.outcomes.size(); ++i) integer(kOutcomeNames[i], c.outcomes[i]);
  integer("in_flight_at_end", c.in_flight_at_end);
  integer("warm_up_arrivals", c.warm_up_arrivals);
  json_.key("holds");
  json_.boolean(c.holds());
  json_.end_object();
}

void Document::verdict() {
  string("verdict", replay::to_string(summary_.verdict));
  string("verdict_reason", summary_.verdict_reason);
  json_.key("notes");
  json_.begin_array();
  for (const std::string& note : summary_.notes) json_.string(note);
  json_.end_array();
}

void Document::cost() {
  json_.key("cost_usd");
  json_.usd(summary_.cost);
  json_.key("horizon_h");
  json_.ratio(horizon_ns(), 3'600'000'000'000);
  monthly(summary_.monthly);
  if (!summary_.monthly_unavailable.empty())
    string("monthly_unavailable", summary_.monthly_unavailable);
}

void Document::monthly(const std::optional<pricing::NanoUsd>& amount) {
  json_.key("monthly_usd");
  amount ? json_.usd(*amount) : json_.null();
}

void Document::run() {
  json_.key("run");
  json_.begin_object();
  string("scenario", header_.scenario_name);
  string("start", to_rfc3339(header_.start));
  string("end", to_rfc3339(header_.end));
  string("window", format_duration(header_.window));
  string("warm_up", format_duration(header_.warm_up));
  string("drain", format_duration(header_.drain));
  integer("seed", header_.seed);
  string("scenario_digest", header_.scenario_digest);
  string("trace_digest", header_.trace_digest);
  string("digest", result_.digest());
  json_.end_object();
}

void Document::meters() {
  json_.key("meters");
  json_.begin_array();
  for (const replay::MeterTotal& meter : summary_.meters) {
    json_.begin_object();
    string("service", meter.service);
    string("name", meter.name);
    string("unit", meter.unit);
    json_.key("quantity");
    json_.number(meter.quantity);
    json_.end_object();
  }
  json_.end_array();
}

void Document::service(std::uint32_t index, const replay::ServiceSummary& row) {
  const replay::ServiceHeader& service = header_.services[index];
  json_.begin_object();
  string("name", service.name);
  string("platform", service.platform);
  if (!service.region.empty()) string("region", service.region);
  json_.key("cost_usd");
  json_.usd(row.cost);
  monthly(row.monthly);
  if (does_jobs(service)) {
    json_.key("cost_per_job_usd");
    const auto done = static_cast<std::int64_t>(row.requests.counters.completions());
    done > 0 ? json_.usd((row.cost + done / 2) / done) : json_.null();
  }
  requests(row.requests);
  if (service.has_cold_starts) {
    const metrics::Counters& c = row.requests.counters;
    json_.key("cold_start_share");
    json_.ratio(c.cold_starts, c.attempts);
  }
  usage(service, row.usage);
  if (!service.event_source.empty()) events(service, row.usage.events);
  if (service.has_provisioned) provisioned(row.usage.provisioned);
  if (service.has_lambda_metrics) cloudwatch(row.usage.function);
  if (service.is_in_loop) {
    integer("recursive_invocations_dropped", row.usage.function.recursive_invocations_dropped);
  }
  json_.end_object();
}

void Document::route(std::uint32_t index, const metrics::SpanRow& row) {
  json_.begin_object();
  string("name", header_.routes[index].name);
  string("service", header_.services[header_.routes[index].service].name);
  requests(row);
  json_.end_object();
}

void Document::requests(const metrics::SpanRow& row) {
  const std::uint64_t n = row.counters.completions();
  counters(row);
  percentiles("latency_ms", row, false);
  percentiles("overhead_ms", row, true);
  parts("mean_parts_ms", row.parts, n);
  slowest(row);
}

void Document::counters(const metrics::SpanRow& row) {
  const metrics::Counters& c = row.counters;
  integer("arrivals", c.arrivals);
  integer("calls", c.calls);
  integer("attempts", c.attempts);
  integer("cold_starts", c.cold_starts);
  for (std::size_t i = 0; i < metrics::kOutcomes; ++i) integer(kOutcomeNames[i], c.outcomes[i]);
  integer("in_flight_at_end", row.in_flight_at_end);
}

void Document::percentiles(const char* name, const metrics::SpanRow& row, bool overhead) {
  const auto p = replay::percentiles(overhead ? row.overhead : row.latency, row.latency_max_ns);
  const std::uint64_t n = row.counters.completions();
  json_.key(name);
  if (!p || n == 0) return json_.null();
  const std::int64_t own = overhead ? row.parts.work + row.parts.wait : 0;
  json_.begin_object();
  milliseconds("mean", replay::mean(row.parts.sum() - own, n));
  milliseconds("p50", p->p50);
  milliseconds("p90", p->p90);
  milliseconds("p99", p->p99);
  milliseconds("p99_9", p->p99_9);
  if (!overhead) milliseconds("max", row.latency_max_ns);
  json_.end_object();
}

void Document::parts(const char* name, const metrics::LatencyParts& sums, std::uint64_t n) {
  json_.key(name);
  if (n == 0) return json_.null();
  json_.begin_object();
  const auto values = replay::in_order(sums);
  for (std::size_t i = 0; i < values.size(); ++i)
    milliseconds(replay::kPartNames[i], replay::mean(values[i], n));
  json_.end_object();
}

void Document::slowest(const metrics::SpanRow& row) {
  const auto slow = replay::slowest_percent(row.octaves);
  json_.key("slowest");
  if (!slow) return json_.null();
  json_.begin_object();
  integer("requests", slow->requests);
  json_.key("share");
  json_.ratio(slow->requests, slow->of);
  milliseconds("from_ms", slow->from_ns);
  parts("mean_parts_ms", slow->parts, slow->requests);
  json_.end_object();
}

void Document::usage(const replay::ServiceHeader& service, const replay::Usage& usage) {
  mean_and_max("in_flight", usage.in_flight_us, usage.in_flight_max);
  if (service.has_queue) mean_and_max("queue_depth", usage.queue_depth_us, usage.queue_depth_max);
  if (service.has_capacity) {
    string("capacity_unit", service.capacity_unit);
    mean_and_max("capacity_running", usage.capacity_running_us, usage.capacity_running_max);
  }
  if (service.has_cpu) {
    json_.key("cpu_utilization");
    json_.percent(usage.cpu_busy_us, usage.cpu_available_us);
  }
  if (service.has_memory) {
    json_.key("memory_utilization");
    json_.percent(usage.memory.used, usage.memory.available);
    integer("out_of_memory_kills", usage.memory.kills);
  }
  if (service.has_reservation) {
    json_.key("cpu_reservation");
    json_.percent(usage.reservation.cpu_reserved, usage.reservation.cpu_registered);
    json_.key("memory_reservation");
    json_.percent(usage.reservation.memory_reserved, usage.reservation.memory_registered);
  }
}

void Document::events(const replay::ServiceHeader& service, const metrics::EventCounts& events) {
  json_.key("events");
  json_.begin_object();
  string("source", service.event_source);
  integer("received", events.received);
  integer("dropped", events.dropped);
  integer("dead_letters", events.dead_letters);
  json_.key("age_ms");
  if (events.invoked == 0) {
    json_.null();
  } else {
    json_.begin_object();
    milliseconds("mean", events.age_mean_ns());
    milliseconds("max", events.age_max_ns());
    json_.end_object();
  }
  json_.end_object();
}

void Document::provisioned(const metrics::ProvisionedCounts& counts) {
  json_.key("provisioned");
  json_.begin_object();
  integer("invocations", counts.invocations);
  integer("spillover_invocations", counts.spillovers);
  mean_and_max("concurrent_executions", counts.busy, counts.busy_max);
  json_.key("utilization");
  json_.percent(counts.busy, counts.ready);
  json_.key("utilization_max");
  json_.percent(counts.utilization_max_ppm, 1'000'000);
  json_.end_object();
}

void Document::cloudwatch(const metrics::FunctionCounts& counts) {
  json_.key("cloudwatch");
  json_.begin_object();
  integer("invocations", counts.invocations);
  integer("errors", counts.errors);
  integer("throttles", counts.throttles);
  json_.key("duration_ms");
  if (counts.ended == 0) {
    json_.null();
  } else {
    json_.begin_object();
    milliseconds("mean", counts.duration_mean_ns());
    milliseconds("max", counts.duration_max_ns());
    json_.end_object();
  }
  integer("concurrent_executions_max", counts.concurrent_executions_max);
  integer("account_concurrent_executions_max", counts.account_concurrent_executions_max);
  integer("unreserved_concurrent_executions_max", counts.unreserved_concurrent_executions_max);
  integer("claimed_account_concurrency_max", counts.claimed_account_concurrency_max);
  json_.end_object();
}

void Document::mean_and_max(const char* name, std::uint64_t integral_us, std::uint64_t max) {
  json_.key(name);
  json_.begin_object();
  json_.key("mean");
  json_.ratio(integral_us, horizon_ns() / 1000);
  integer("max", max);
  json_.end_object();
}

}  // namespace

void write_summary_json(const std::filesystem::path& path, replay::ResultReader& result) {
  AtomicFile file(path);
  Document(file, result).write();
  file.commit();
}

}  // namespace skyreplay::report
