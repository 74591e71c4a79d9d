#include "lambda/async_queue.h"

#include <algorithm>

namespace skyreplay::lambda {
namespace {

using metrics::Outcome;

constexpr Duration kFirstPause = 1s;  // L56
constexpr Duration kLongestPause = 5min;
constexpr Duration kErrorPause = 1min;  // L55: times the number of failures

}  // namespace

Duration EventSource::pause_after(std::uint32_t throttles) {
  Duration pause = kFirstPause;
  for (std::uint32_t n = 1; n < throttles && pause < kLongestPause; ++n) pause *= 2;
  return std::min(pause, kLongestPause);
}

AsyncQueue::AsyncQueue(kernel::Loop& loop, metrics::Recorder& recorder, Functions& functions)
    : loop_(loop), recorder_(recorder), functions_(functions), process_(loop.add(*this)) {}

void AsyncQueue::add(std::uint32_t unit, const EventInvokeConfig& config) {
  if (units_.size() <= unit) units_.resize(unit + std::size_t{1});
  units_[unit].config = config;
  functions_.fed_by(unit, *this);
}

AsyncQueue::Event& AsyncQueue::event_of(std::uint32_t index) {
  if (events_.size() <= index) events_.resize(clients_->requests().capacity());
  return events_[index];
}

workload::Admitted AsyncQueue::admit(std::uint32_t unit, std::uint32_t index,
                                     workload::Request& request) {
  request.awaited = workload::Awaited::kBySource;
  request.attempts = 0;
  ++units_[unit].counts.received;
  event_of(index) = {.since = {}, .unit = unit};
  invoke(index);
  return {workload::Admission::kAccepted, loop_.now()};  // L54: 202 at once
}

void AsyncQueue::invoke(std::uint32_t index) {
  const std::uint32_t unit = events_[index].unit;
  workload::Request& request = clients_->begin_attempt(index);
  const workload::ServiceUnit here{this, unit};
  if (request.is_watched()) clients_->watcher().attempting(index, request, here);
  const workload::Admitted admitted =
      functions_.admit_event(unit, index, request, Functions::Rates::kNone);
  if (request.is_watched()) clients_->watcher().attempted(request, here, admitted);
  if (admitted.admission == workload::Admission::kAccepted) {
    units_[unit].counts.handed_over(loop_.now() - request.arrival);
    return;
  }
  const auto& reserved = functions_.config(unit).reserved_concurrent_executions;
  if (request.attempts == 1 && reserved == 0U) return drop(index, Outcome::kThrottle);  // L56
  Event& event = events_[index];
  if (event.throttles < 255) ++event.throttles;
  put_back(index, pause_after(event.throttles), Outcome::kThrottle);
}

void AsyncQueue::answered(std::uint32_t index, Outcome outcome) {
  Event& event = events_[index];
  if (outcome == Outcome::kCompleted) return clients_->end_event(index, outcome, event.held);
  event.throttles = 0;
  ++event.failures;
  if (event.failures > units_[event.unit].config.maximum_retry_attempts) {
    return drop(index, outcome);
  }
  put_back(index, kErrorPause * event.failures, outcome);
}

/// Into the queue, for another attempt or until it is too old for one (L56).
void AsyncQueue::put_back(std::uint32_t index, Duration pause, Outcome outcome) {
  Event event = events_[index];
  const TimePoint due = loop_.now() + pause;
  const TimePoint oldest =
      clients_->request(index).arrival + units_[event.unit].config.maximum_event_age;
  const bool expires = due > oldest;
  if (expires && oldest <= loop_.now()) return drop(index, outcome);
  event.since = loop_.now();
  event.last = outcome;
  const std::uint32_t kept =
      expires ? clients_->keep(index) : clients_->keep_for_retry(index, outcome);
  event_of(kept) = event;
  if (expires)
    clients_->request(kept).place = workload::Place::kNone;  // others may have it by then
  ++units_[event.unit].waiting;
  if (outcome == Outcome::kThrottle) {
    recorder_.queue_enter(functions_.config(event.unit).service, loop_.now());
  }
  loop_.schedule(expires ? oldest : due, process_, expires ? kExpire : kInvoke, kept);
}

/// Out of the queue.
void AsyncQueue::take(std::uint32_t index) {
  Event& event = events_[index];
  --units_[event.unit].waiting;
  if (event.last != Outcome::kThrottle) return;
  event.held += loop_.now() - event.since;
  recorder_.queue_leave(functions_.config(event.unit).service, loop_.now());
}

void AsyncQueue::drop(std::uint32_t index, Outcome outcome) {
  const Event& event = events_[index];
  Unit& unit = units_[event.unit];
  ++unit.counts.dropped;
  if (unit.config.has_destination) {  // L57
    ++unit.counts.dead_letters;
    ++unit.queue_requests;
  }
  clients_->end_event(index, outcome, event.held);
}

void AsyncQueue::fire(const kernel::Event& event) {
  const std::uint32_t index = event.payload;
  take(index);
  if (event.kind == kExpire) return drop(index, events_[index].last);
  functions_.end_what_is_due(events_[index].unit);
  invoke(index);
}

workload::Place AsyncQueue::place_of(std::uint32_t unit, const workload::Request& request) const {
  if (request.place == workload::Place::kNone) return {};
  return functions_.place_of(unit, request);
}

workload::Standing AsyncQueue::standing(std::uint32_t unit) const {
  workload::Standing standing = functions_.standing(unit);
  standing.queued = units_[unit].waiting;
  return standing;
}

void AsyncQueue::complete(std::uint32_t unit, metrics::WindowRow& row) {
  row.events = units_[unit].counts;
  units_[unit].counts = {};
}

}  // namespace skyreplay::lambda
