#include "check/window_sum.h"

#include <fmt/format.h>

#include <algorithm>

#include "check/subject.h"
#include "core/error.h"

namespace skyreplay::check {
namespace {

/// Whether the metric is about requests, not about capacity or money.
bool is_of_requests(Form form) {
  return form == Form::kTimes || form == Form::kPart || form == Form::kCounter ||
         form == Form::kTotal;
}

}  // namespace

void WindowSum::Requests::add(const metrics::WindowRow& from) {
  row.counters += from.counters;
  row.parts += from.parts;
  row.latency_max_ns = std::max(row.latency_max_ns, from.latency_max_ns);
  latency.add(from.latency);
  overhead.add(from.overhead);
}

metrics::SpanRow WindowSum::Requests::collected() const {
  metrics::SpanRow all = row;
  latency.collect(all.latency);
  overhead.collect(all.overhead);
  return all;
}

WindowSum::WindowSum(const std::string& of, const Span& whole, TimePoint end)
    : whole_(whole), end_(end), part_of_service_(whole.services.size(), kNone) {
  const Subject subject = find_subject(of, whole);
  if (subject.is_route) {
    throw InputError(
        fmt::format("{} is a route, whose numbers are kept over the whole span only: leave out "
                    "between and each",
                    of));
  }
  everything_ = subject.is_everything;
  for (const ServiceSpan* service : subject.services) {
    const auto index = static_cast<std::uint32_t>(service - whole.services.data());
    part_of_service_[index] = static_cast<std::uint32_t>(parts_.size());
    parts_.push_back({.service = index, .usage = {}, .cost_nano_usd = 0});
  }
  clear();
}

void WindowSum::clear() {
  for (Part& part : parts_) part = {.service = part.service, .usage = {}, .cost_nano_usd = 0};
  requests_.clear();
  requests_.resize(everything_ ? 1 : parts_.size());
  mixed_ = false;
  covered_ = Duration{};
}

void WindowSum::add(const metrics::Window& window) {
  window_ = window;
  covered_ += std::max(std::min(window.end, end_) - window.start, Duration{});
}

void WindowSum::add(const metrics::WindowRow& row) {
  const std::uint32_t index = part_of_service_[row.service];
  if (index == kNone) return;
  Part& part = parts_[index];
  part.usage.add(row, window_, end_);
  part.cost_nano_usd += row.cost_nano_usd;
  if (!everything_) return requests_[index].add(row);
  // Of a service that is only called, requests are inside of what clients see.
  if (row.counters.calls > 0 && row.counters.arrivals == 0) return;
  mixed_ |= row.counters.calls > 0;
  requests_[0].add(row);
}

Span WindowSum::span_of(const std::vector<metrics::SpanRow>& rows) const {
  Span span;
  span.horizon = covered_;
  for (std::size_t i = 0; i < parts_.size(); ++i) {
    const Part& part = parts_[i];
    ServiceSpan service = whole_.services[part.service];
    const metrics::Usage& usage = part.usage;
    service.requests = everything_ ? &rows[0] : &rows[i];
    service.in_flight = {usage.in_flight_us, usage.in_flight_max};
    if (service.queue_depth) service.queue_depth = {usage.queue_depth_us, usage.queue_depth_max};
    if (service.capacity_running) {
      service.capacity_running = {usage.capacity_running_us, usage.capacity_running_max};
    }
    if (service.capacity_desired_us) service.capacity_desired_us = usage.capacity_desired_us;
    if (service.capacity_pending_us) service.capacity_pending_us = usage.capacity_pending_us;
    if (service.cpu) service.cpu = {usage.cpu_busy_us, usage.cpu_available_us};
    service.events = usage.events;
    if (service.provisioned) service.provisioned = usage.provisioned;
    service.function = usage.function;
    if (service.memory) service.memory = usage.memory;
    if (service.reservation) service.reservation = usage.reservation;
    service.cost_nano_usd = part.cost_nano_usd;
    span.cost_nano_usd += part.cost_nano_usd;
    span.services.push_back(std::move(service));
  }
  if (everything_) span.overall = rows.data();
  return span;
}

Measurement WindowSum::evaluate(const Requirement& requirement) const {
  if (everything_ && mixed_ && is_of_requests(requirement.form)) {
    throw InputError(
        "a service answers both clients and other services, whose requests its windows do not keep "
        "apart: name services instead of *, or leave out between and each");
  }
  std::vector<metrics::SpanRow> rows;
  for (const Requests& requests : requests_) rows.push_back(requests.collected());
  return check::evaluate(requirement, span_of(rows));
}

metrics::LatencyParts WindowSum::parts() const {
  metrics::LatencyParts sum;
  for (const Requests& requests : requests_) sum += requests.row.parts;
  return sum;
}

std::uint64_t WindowSum::completions() const {
  std::uint64_t sum = 0;
  for (const Requests& requests : requests_) sum += requests.row.counters.completions();
  return sum;
}

}  // namespace skyreplay::check
