#include "sweep/spans.h"

namespace skyreplay::sweep {
namespace {

check::ServiceSpan span_of(const replay::ServiceHeader& header,
                           const replay::ServiceSummary& summary) {
  const replay::Usage& usage = summary.usage;
  check::ServiceSpan span;
  span.name = header.name;
  span.platform = header.platform;
  span.requests = &summary.requests;
  span.has_cold_starts = header.has_cold_starts;
  span.has_queue = header.has_queue;
  span.in_flight = {usage.in_flight_us, usage.in_flight_max};
  if (header.has_queue) span.queue_depth = {usage.queue_depth_us, usage.queue_depth_max};
  if (header.has_capacity) {
    span.capacity_running = {usage.capacity_running_us, usage.capacity_running_max};
  }
  if (header.has_desired) span.capacity_desired_us = usage.capacity_desired_us;
  if (header.has_pending) span.capacity_pending_us = usage.capacity_pending_us;
  if (header.has_cpu) span.cpu = {usage.cpu_busy_us, usage.cpu_available_us};
  span.event_source = header.event_source;
  span.events = usage.events;
  if (header.has_provisioned) span.provisioned = usage.provisioned;
  span.has_lambda_metrics = header.has_lambda_metrics;
  span.is_in_loop = header.is_in_loop;
  span.function = usage.function;
  if (header.has_memory) span.memory = usage.memory;
  if (header.has_reservation) span.reservation = usage.reservation;
  span.cost_nano_usd = summary.cost;
  return span;
}

}  // namespace

check::Span span_of(const replay::ResultHeader& header, const replay::Summary& summary) {
  check::Span span;
  span.horizon = header.end - header.start;
  span.overall = &summary.overall;
  span.cost_nano_usd = summary.cost;
  for (std::size_t i = 0; i < header.services.size(); ++i) {
    span.services.push_back(span_of(header.services[i], summary.services[i]));
  }
  for (std::size_t i = 0; i < header.routes.size(); ++i) {
    span.routes.push_back({.name = header.routes[i].name,
                           .service = header.routes[i].service,
                           .requests = &summary.routes[i]});
  }
  return span;
}

}  // namespace skyreplay::sweep
