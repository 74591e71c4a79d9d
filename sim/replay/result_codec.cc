#include "replay/result_codec.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "core/check.h"
#include "replay/histogram_codec.h"
#include "replay/result_format.h"

namespace skyreplay::replay::codec {
namespace {

constexpr int kParts = 7;

/// "75889" or "0.0000166667": what may stand unquoted in CSV and JSON.
bool is_decimal(const std::string& text) {
  const std::size_t point = std::min(text.find('.'), text.size());
  const auto digits = [](std::string_view part) {
    return !part.empty() && part.find_first_not_of("0123456789") == std::string_view::npos;
  };
  const std::string_view whole = std::string_view(text).substr(0, point);
  if (!digits(whole) || (whole.size() > 1 && whole.front() == '0')) return false;
  return point == text.size() || digits(std::string_view(text).substr(point + 1));
}

TimePoint at(std::int64_t nanoseconds) { return TimePoint{Duration{nanoseconds}}; }

void encode_parts(const metrics::LatencyParts& from,
                  google::protobuf::RepeatedField<std::int64_t>& to) {
  for (const std::int64_t part : {from.queue, from.init, from.work, from.cpu_stretch, from.wait,
                                  from.downstream, from.retry}) {
    to.Add(part);
  }
}

/// REQUIRES seven values from `first` on.
metrics::LatencyParts decode_parts(const google::protobuf::RepeatedField<std::int64_t>& from,
                                   int first) {
  return {.queue = from[first],
          .init = from[first + 1],
          .work = from[first + 2],
          .cpu_stretch = from[first + 3],
          .wait = from[first + 4],
          .downstream = from[first + 5],
          .retry = from[first + 6]};
}

/// Whether any of the values can be summed in any order without overflow.
bool summable(const google::protobuf::RepeatedField<std::int64_t>& values) {
  std::int64_t sum = 0;
  for (const std::int64_t value : values) {
    const bool fits = value < 0 ? !__builtin_sub_overflow(sum, value, &sum)
                                : !__builtin_add_overflow(sum, value, &sum);
    if (!fits) return false;
  }
  return true;
}

std::string decode_octaves(const pb::Span& from, metrics::SpanRow& to) {
  const int n = from.octave_size();
  if (from.octave_count_size() != n || from.octave_parts_ns_size() != n * kParts) {
    return fmt::format("{} octaves with {} counts and {} parts", n, from.octave_count_size(),
                       from.octave_parts_ns_size());
  }
  for (int i = 0; i < n; ++i) {
    if (from.octave(i) >= metrics::HistogramLayout::kOctaves) {
      return fmt::format("octave {} does not exist", from.octave(i));
    }
    if (i > 0 && from.octave(i) <= from.octave(i - 1)) return "octaves do not ascend";
    to.octaves.push_back({.octave = from.octave(i),
                          .count = from.octave_count(i),
                          .parts = decode_parts(from.octave_parts_ns(), i * kParts)});
  }
  return {};
}

std::string histogram(std::span<const metrics::BucketCount> buckets) {
  HistogramEncoder encoder;
  encoder.add(buckets);
  return std::string(encoder.bytes());
}

std::string histogram(const std::string& bytes, std::vector<metrics::BucketCount>& to) {
  HistogramRows rows;
  std::string wrong = decode_histograms(bytes, 1, rows);
  if (wrong.empty()) to.assign(rows.buckets.begin(), rows.buckets.begin() + rows.sizes[0]);
  return wrong;
}

void encode(const Usage& from, pb::Usage& to) {
  to.set_in_flight_us(from.in_flight_us);
  to.set_queue_depth_us(from.queue_depth_us);
  to.set_capacity_running_us(from.capacity_running_us);
  to.set_cpu_busy_us(from.cpu_busy_us);
  to.set_cpu_available_us(from.cpu_available_us);
  to.set_capacity_desired_us(from.capacity_desired_us);
  to.set_capacity_pending_us(from.capacity_pending_us);
  to.set_in_flight_max(from.in_flight_max);
  to.set_queue_depth_max(from.queue_depth_max);
  to.set_capacity_running_max(from.capacity_running_max);
  to.set_events_received(from.events.received);
  to.set_events_invoked(from.events.invoked);
  to.set_events_dropped(from.events.dropped);
  to.set_dead_letters(from.events.dead_letters);
  to.set_event_age_us(from.events.age_us);
  to.set_event_age_max_us(from.events.age_max_us);
  to.set_provisioned_invocations(from.provisioned.invocations);
  to.set_spillover_invocations(from.provisioned.spillovers);
  to.set_provisioned_busy_us(from.provisioned.busy);
  to.set_provisioned_ready_us(from.provisioned.ready);
  to.set_provisioned_busy_max(from.provisioned.busy_max);
  to.set_provisioned_utilization_max_ppm(from.provisioned.utilization_max_ppm);
  const metrics::FunctionCounts& function = from.function;
  to.set_invocations(function.invocations);
  to.set_invocations_ended(function.ended);
  to.set_duration_us(function.duration_us);
  to.set_duration_max_us(function.duration_max_us);
  to.set_invocation_errors(function.errors);
  to.set_invocation_throttles(function.throttles);
  to.set_concurrent_executions_max(function.concurrent_executions_max);
  to.set_account_concurrent_executions_max(function.account_concurrent_executions_max);
  to.set_unreserved_concurrent_executions_max(function.unreserved_concurrent_executions_max);
  to.set_claimed_account_concurrency_max(function.claimed_account_concurrency_max);
  to.set_recursive_invocations_dropped(function.recursive_invocations_dropped);
  to.set_memory_used_us(from.memory.used);
  to.set_memory_available_us(from.memory.available);
  to.set_out_of_memory_kills(from.memory.kills);
  to.set_cpu_reserved_ms(from.reservation.cpu_reserved);
  to.set_cpu_registered_ms(from.reservation.cpu_registered);
  to.set_memory_reserved_ms(from.reservation.memory_reserved);
  to.set_memory_registered_ms(from.reservation.memory_registered);
}

Usage decode(const pb::Usage& from) {
  return {
      .in_flight_us = from.in_flight_us(),
      .queue_depth_us = from.queue_depth_us(),
      .capacity_running_us = from.capacity_running_us(),
      .cpu_busy_us = from.cpu_busy_us(),
      .cpu_available_us = from.cpu_available_us(),
      .capacity_desired_us = from.capacity_desired_us(),
      .capacity_pending_us = from.capacity_pending_us(),
      .in_flight_max = from.in_flight_max(),
      .queue_depth_max = from.queue_depth_max(),
      .capacity_running_max = from.capacity_running_max(),
      .events = {.received = from.events_received(),
                 .invoked = from.events_invoked(),
                 .dropped = from.events_dropped(),
                 .dead_letters = from.dead_letters(),
                 .age_us = from.event_age_us(),
                 .age_max_us = from.event_age_max_us()},
      .provisioned = {.invocations = from.provisioned_invocations(),
                      .spillovers = from.spillover_invocations(),
                      .busy = from.provisioned_busy_us(),
                      .ready = from.provisioned_ready_us(),
                      .busy_max = from.provisioned_busy_max(),
                      .utilization_max_ppm = from.provisioned_utilization_max_ppm()},
      .function = {.invocations = from.invocations(),
                   .ended = from.invocations_ended(),
                   .duration_us = from.duration_us(),
                   .duration_max_us = from.duration_max_us(),
                   .errors = from.invocation_errors(),
                   .throttles = from.invocation_throttles(),
                   .concurrent_executions_max = from.concurrent_executions_max(),
                   .account_concurrent_executions_max = from.account_concurrent_executions_max(),
                   .unreserved_concurrent_executions_max =
                       from.unreserved_concurrent_executions_max(),
                   .claimed_account_concurrency_max = from.claimed_account_concurrency_max(),
                   .recursive_invocations_dropped = from.recursive_invocations_dropped()},
      .memory = {.used = from.memory_used_us(),
                 .available = from.memory_available_us(),
                 .kills = from.out_of_memory_kills()},
      .reservation = {.cpu_reserved = from.cpu_reserved_ms(),
                      .cpu_registered = from.cpu_registered_ms(),
                      .memory_reserved = from.memory_reserved_ms(),
                      .memory_registered = from.memory_registered_ms()}};
}

}  // namespace

void encode(const ResultHeader& from, pb::Header& to) {
  to.set_version(kResultVersion);
  to.set_scenario_name(from.scenario_name);
  to.set_scenario_text(from.scenario_text);
  to.set_scenario_digest(from.scenario_digest);
  to.set_trace_digest(from.trace_digest);
  to.set_seed(from.seed);
  to.set_start_ns(from.start.time_since_epoch().count());
  to.set_end_ns(from.end.time_since_epoch().count());
  to.set_window_ns(from.window.count());
  to.set_warm_up_ns(from.warm_up.count());
  to.set_drain_ns(from.drain.count());
  to.set_services(static_cast<std::uint32_t>(from.services.size()));
  to.set_routes(static_cast<std::uint32_t>(from.routes.size()));
}

std::string decode(const pb::Header& from, ResultHeader& to) {
  if (from.version() != kResultVersion) {
    return fmt::format("version {}, this program reads version {}", from.version(), kResultVersion);
  }
  if (from.start_ns() < 0 || from.end_ns() < from.start_ns()) {
    return fmt::format("a span from {} to {} ns", from.start_ns(), from.end_ns());
  }
  if (from.window_ns() <= 0) return fmt::format("a window of {} ns", from.window_ns());
  to.scenario_name = from.scenario_name();
  to.scenario_text = from.scenario_text();
  to.scenario_digest = from.scenario_digest();
  to.trace_digest = from.trace_digest();
  to.seed = from.seed();
  to.start = at(from.start_ns());
  to.end = at(from.end_ns());
  to.window = Duration{from.window_ns()};
  to.warm_up = Duration{from.warm_up_ns()};
  to.drain = Duration{from.drain_ns()};
  return {};
}

void encode(const ServiceHeader& from, pb::Service& to) {
  to.set_name(from.name);
  to.set_platform(from.platform);
  to.set_capacity_unit(from.capacity_unit);
  to.set_region(from.region);
  to.set_has_queue(from.has_queue);
  to.set_has_desired(from.has_desired);
  to.set_has_pending(from.has_pending);
  to.set_has_cpu(from.has_cpu);
  to.set_has_capacity(from.has_capacity);
  to.set_has_cold_starts(from.has_cold_starts);
  to.set_event_source(from.event_source);
  to.set_has_provisioned(from.has_provisioned);
  to.set_front(from.front);
  to.set_has_lambda_metrics(from.has_lambda_metrics);
  to.set_is_in_loop(from.is_in_loop);
  to.set_has_memory(from.has_memory);
  to.set_has_reservation(from.has_reservation);
}

ServiceHeader decode(const pb::Service& from) {
  return {.name = from.name(),
          .platform = from.platform(),
          .capacity_unit = from.capacity_unit(),
          .has_queue = from.has_queue(),
          .has_desired = from.has_desired(),
          .has_pending = from.has_pending(),
          .has_cpu = from.has_cpu(),
          .has_capacity = from.has_capacity(),
          .has_cold_starts = from.has_cold_starts(),
          .region = from.region(),
          .event_source = from.event_source(),
          .has_provisioned = from.has_provisioned(),
          .front = from.front(),
          .has_lambda_metrics = from.has_lambda_metrics(),
          .is_in_loop = from.is_in_loop(),
          .has_memory = from.has_memory(),
          .has_reservation = from.has_reservation()};
}

void encode(const Provenance& from, pb::Provenance& to) {
  to.set_version(from.version);
  to.set_command(from.command);
  to.set_tzdata(from.tzdata);
  to.set_build(from.build);
  to.set_scenario(from.scenario);
  to.set_trace(from.trace);
}

Provenance decode(const pb::Provenance& from) {
  return {.version = from.version(),
          .command = from.command(),
          .tzdata = from.tzdata(),
          .build = from.build(),
          .scenario = from.scenario(),
          .trace = from.trace()};
}

void encode(const Activity& from, pb::Activity& to) {
  to.set_time_ns(from.time.time_since_epoch().count());
  to.set_service(from.service);
  to.set_kind(from.kind);
  to.set_cause(from.cause);
  if (from.from) to.set_from(*from.from);
  if (from.to) to.set_to(*from.to);
}

Activity decode(const pb::Activity& from) {
  Activity to{.time = at(from.time_ns()),
              .service = from.service(),
              .kind = from.kind(),
              .cause = from.cause(),
              .from = {},
              .to = {}};
  if (from.has_from()) to.from = from.from();
  if (from.has_to()) to.to = from.to();
  return to;
}

void encode(const pricing::BillRow& from, pb::BillLine& to) {
  SKY_CHECK(is_decimal(from.quantity) && is_decimal(from.unit_price_usd));
  to.set_service(from.service);
  to.set_line_item(from.line_item);
  to.set_unit(from.unit);
  to.set_quantity(from.quantity);
  to.set_unit_price_usd(from.unit_price_usd);
  to.set_nano_usd(from.amount);
}

std::string decode(const pb::BillLine& from, pricing::BillRow& to) {
  if (!is_decimal(from.quantity()) || !is_decimal(from.unit_price_usd())) {
    return "a line of the bill whose quantity or price is no number";
  }
  to.service = from.service();
  to.line_item = from.line_item();
  to.unit = from.unit();
  to.quantity = from.quantity();
  to.unit_price_usd = from.unit_price_usd();
  to.amount = from.nano_usd();
  return {};
}

void encode(const metrics::SpanRow& from, pb::Span& to) {
  to.set_arrivals(from.counters.arrivals);
  to.set_calls(from.counters.calls);
  to.set_attempts(from.counters.attempts);
  to.set_cold_starts(from.counters.cold_starts);
  for (const std::uint64_t n : from.counters.outcomes) to.add_outcomes(n);
  to.set_in_flight_at_end(from.in_flight_at_end);
  encode_parts(from.parts, *to.mutable_parts_ns());
  to.set_latency_max_ns(from.latency_max_ns);
  to.set_latency(histogram(from.latency));
  to.set_overhead(histogram(from.overhead));
  for (const metrics::OctaveParts& octave : from.octaves) {
    to.add_octave(octave.octave);
    to.add_octave_count(octave.count);
    encode_parts(octave.parts, *to.mutable_octave_parts_ns());
  }
}

std::string decode(const pb::Span& from, metrics::SpanRow& to) {
  if (from.outcomes_size() != static_cast<int>(metrics::kOutcomes) ||
      from.parts_ns_size() != kParts) {
    return fmt::format("a span with {} outcomes and {} parts", from.outcomes_size(),
                       from.parts_ns_size());
  }
  if (!summable(from.parts_ns()) || !summable(from.octave_parts_ns()) ||
      from.latency_max_ns() < 0) {
    return "a span whose times are impossible";
  }
  to.counters.arrivals = from.arrivals();
  to.counters.calls = from.calls();
  to.counters.attempts = from.attempts();
  to.counters.cold_starts = from.cold_starts();
  for (int i = 0; i < from.outcomes_size(); ++i) to.counters.outcomes[i] = from.outcomes(i);
  to.in_flight_at_end = from.in_flight_at_end();
  to.parts = decode_parts(from.parts_ns(), 0);
  to.latency_max_ns = from.latency_max_ns();
  std::string wrong = histogram(from.latency(), to.latency);
  if (wrong.empty()) wrong = histogram(from.overhead(), to.overhead);
  if (wrong.empty()) wrong = decode_octaves(from, to);
  return wrong;
}

void encode(const ServiceSummary& from, pb::Span& to) {
  encode(from.requests, to);
  encode(from.usage, *to.mutable_usage());
  to.set_cost_nano_usd(from.cost);
  if (from.monthly) to.set_monthly_nano_usd(*from.monthly);
}

std::string decode(const pb::Span& from, ServiceSummary& to) {
  to.usage = decode(from.usage());
  to.cost = from.cost_nano_usd();
  if (from.has_monthly_nano_usd()) to.monthly = from.monthly_nano_usd();
  return decode(from, to.requests);
}

void encode(const Summary& from, pb::Summary& to) {
  to.set_trace_requests(from.conservation.trace_requests);
  to.set_arrivals(from.conservation.arrivals);
  to.set_warm_up_arrivals(from.conservation.warm_up_arrivals);
  for (const std::uint64_t n : from.conservation.outcomes) to.add_outcomes(n);
  to.set_in_flight_at_end(from.conservation.in_flight_at_end);
  to.set_verdict(static_cast<pb::Summary::Verdict>(from.verdict));
  to.set_verdict_reason(from.verdict_reason);
  for (const std::string& note : from.notes) to.add_notes(note);
  to.set_cost_nano_usd(from.cost);
  if (from.monthly) to.set_monthly_nano_usd(*from.monthly);
  to.set_monthly_unavailable(from.monthly_unavailable);
  for (const MeterTotal& meter : from.meters) {
    SKY_CHECK(is_decimal(meter.quantity));
    pb::Meter& m = *to.add_meters();
    m.set_service(meter.service);
    m.set_name(meter.name);
    m.set_unit(meter.unit);
    m.set_quantity(meter.quantity);
  }
  encode(from.overall, *to.mutable_overall());
}

std::string decode(const pb::Summary& from, Summary& to) {
  if (from.outcomes_size() != static_cast<int>(metrics::kOutcomes)) {
    return fmt::format("a summary with {} outcomes", from.outcomes_size());
  }
  if (!pb::Summary::Verdict_IsValid(from.verdict())) {
    return fmt::format("verdict {} does not exist", static_cast<int>(from.verdict()));
  }
  to.conservation.trace_requests = from.trace_requests();
  to.conservation.arrivals = from.arrivals();
  to.conservation.warm_up_arrivals = from.warm_up_arrivals();
  for (int i = 0; i < from.outcomes_size(); ++i) {
    to.conservation.outcomes[static_cast<std::size_t>(i)] = from.outcomes(i);
  }
  to.conservation.in_flight_at_end = from.in_flight_at_end();
  to.verdict = static_cast<Verdict>(from.verdict());
  to.verdict_reason = from.verdict_reason();
  to.notes.assign(from.notes().begin(), from.notes().end());
  to.cost = from.cost_nano_usd();
  if (from.has_monthly_nano_usd()) to.monthly = from.monthly_nano_usd();
  to.monthly_unavailable = from.monthly_unavailable();
  for (const pb::Meter& meter : from.meters()) {
    if (!is_decimal(meter.quantity())) return "a meter whose quantity is no number";
    to.meters.push_back({meter.service(), meter.name(), meter.unit(), meter.quantity()});
  }
  return decode(from.overall(), to.overall);
}

}  // namespace skyreplay::replay::codec
