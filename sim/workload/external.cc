#include "workload/external.h"

#include <fmt/format.h>

#include "core/check.h"
#include "core/time.h"

namespace skyreplay::workload {

External::External(kernel::Loop& loop, metrics::Recorder& recorder, std::uint64_t seed)
    : loop_(loop), recorder_(recorder), seed_(seed), process_(loop.add(*this)) {}

std::uint32_t External::add(const ExternalConfig& config) {
  units_.push_back({.config = config, .draws = {seed_, config.name, "latency"}, .queue = {}});
  return static_cast<std::uint32_t>(units_.size() - 1);
}

bool External::is_full(const Unit& unit) const {
  return unit.config.max_connections && unit.in_service >= *unit.config.max_connections;
}

TimePoint External::start(std::uint32_t unit_index, std::uint32_t index) {
  Unit& unit = units_[unit_index];
  const Request& request = clients_->request(index);
  RandomEngine draw = unit.draws.at(request.row, request.attempts, request.call_path());
  const Duration latency = multiplied(unit.config.latency.sample(draw), unit.latency_factor);
  const TimePoint finish = loop_.now() + latency + request.work + request.wait;
  ++unit.in_service;
  ++unit.requests;
  loop_.schedule(finish, process_, 0, index, unit_index);
  return finish;
}

Admitted External::admit(std::uint32_t unit_index, std::uint32_t index, Request& request) {
  Unit& unit = units_[unit_index];
  if (!is_full(unit)) return {Admission::kAccepted, start(unit_index, index)};
  if (unit.config.refuses_when_full) return {Admission::kRefused, {}};
  request.second_line();
  unit.queue.push_back(index);
  recorder_.queue_enter(unit.config.service, loop_.now());
  return {Admission::kAccepted, kEndOfTime};
}

void External::start_waiting(std::uint32_t unit_index) {
  Unit& unit = units_[unit_index];
  while (unit.head < unit.queue.size() && !is_full(unit)) {
    const std::uint32_t next = unit.queue[unit.head++];
    recorder_.queue_leave(unit.config.service, loop_.now());
    Request& request = clients_->request(next);
    request.spent_queueing(loop_.now() - request.attempt);
    start(unit_index, next);
  }
  if (unit.head * 2 > unit.queue.size()) {
    unit.queue.erase(unit.queue.begin(),
                     unit.queue.begin() + static_cast<std::ptrdiff_t>(unit.head));
    unit.head = 0;
  }
}

void External::set_max_connections(std::uint32_t unit,
                                   std::optional<std::uint32_t> max_connections) {
  units_[unit].config.max_connections = max_connections;
  start_waiting(unit);
}

void External::set_latency_factor(std::uint32_t unit, double factor, const std::string& cause) {
  units_[unit].latency_factor = factor;
  activities_.push_back({.time = loop_.now(),
                         .service = units_[unit].config.service,
                         .kind = "fault",
                         .cause = cause,
                         .from = std::nullopt,
                         .to = std::nullopt});
}

void External::take_activities(std::vector<Activity>& activities) {
  activities.insert(activities.end(), activities_.begin(), activities_.end());
  activities_.clear();
}

void External::fire(const kernel::Event& event) {
  // The latency drawn is part of the wait of the request that had it: not of a retry, which copies
  // the record before its end.
  Request& request = clients_->request(event.payload);
  request.wait = loop_.now() - request.attempt - request.work;
  if (request.more) request.wait -= request.queue;
  --units_[event.tag].in_service;
  start_waiting(event.tag);
  clients_->answer(event.payload, metrics::Outcome::kCompleted);
}

void External::resume(std::uint32_t, std::uint32_t, Called) {
  SKY_CHECK(false && "an external service makes no calls");
}

Standing External::standing(std::uint32_t unit_index) const {
  const Unit& unit = units_[unit_index];
  const auto queued = static_cast<std::uint32_t>(unit.queue.size() - unit.head);
  return {.in_flight = unit.in_service + queued,
          .queued = queued,
          .capacity = unit.config.max_connections.value_or(0)};
}

std::string External::refusal(std::uint32_t unit, const Request&) const {
  return fmt::format("all of max_connections {} are in use",
                     units_[unit].config.max_connections.value_or(0));
}

void External::read_meters(std::uint32_t unit, TimePoint, pricing::Meters& meters) {
  if (meters.size() > 0) meters.add(0, units_[unit].requests - meters.units(0));
}

}  // namespace skyreplay::workload
