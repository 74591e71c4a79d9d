#include "lambda/sqs_poller.h"

#include <algorithm>
#include <utility>

#include "core/check.h"
#include "lambda/batch_record.h"

namespace skyreplay::lambda {
namespace {

using metrics::Outcome;

constexpr std::uint32_t kFirstConcurrency = 5;  // L61
constexpr Duration kScalingStep = 200ms;        // L61: 300 a minute
constexpr Duration kLongPoll = 20s;             // the longest that SQS lets a receive wait
constexpr std::uint32_t kPerRequest = 10;       // messages of one receive or delete
constexpr std::uint32_t kNoBatch = ~std::uint32_t{0};

std::uint32_t first_concurrency(const SqsConfig& config) {
  return std::min(kFirstConcurrency, config.maximum_concurrency);
}

std::uint64_t requests_for(std::size_t messages) {
  return (messages + kPerRequest - 1) / kPerRequest;
}

}  // namespace

SqsPoller::SqsPoller(kernel::Loop& loop, metrics::Recorder& recorder, Functions& functions,
                     std::uint64_t seed)
    : loop_(loop),
      recorder_(recorder),
      functions_(functions),
      seed_(seed),
      process_(loop.add(*this)) {}

void SqsPoller::add(std::uint32_t unit, const SqsConfig& config) {
  if (units_.size() <= unit) units_.resize(unit + std::size_t{1});
  units_[unit] = std::make_unique<Unit>(Unit{.config = config,
                                             .failures = {seed_, config.name, "message_failure"},
                                             .visible = {},
                                             .concurrency = first_concurrency(config),
                                             .idle_since = loop_.now(),
                                             .counts = {}});
  recorder_.always(functions_.config(unit).service);
  functions_.fed_by(unit, *this);
}

SqsPoller::Message& SqsPoller::message_of(std::uint32_t index) {
  if (messages_.size() <= index) messages_.resize(clients_->requests().capacity());
  return messages_[index];
}

// --- Messages

workload::Admitted SqsPoller::admit(std::uint32_t unit_index, std::uint32_t index,
                                    workload::Request& request) {
  Unit& unit = *units_[unit_index];
  request.awaited = workload::Awaited::kBySource;
  request.attempts = 0;
  request.place = workload::Place::kNone;
  if (unit.present++ == 0) unit.requests += empty_receives(unit, loop_.now());
  ++unit.counts.received;
  ++unit.requests;  // it was sent
  message_of(index) = {.since = {}, .unit = unit_index};
  become_visible(index);
  poll(unit_index);
  return {workload::Admission::kAccepted, loop_.now()};
}

void SqsPoller::become_visible(std::uint32_t index) {
  Message& message = messages_[index];
  message.since = loop_.now();
  units_[message.unit]->visible.push_back(index);
  recorder_.queue_enter(functions_.config(message.unit).service, loop_.now());
}

/// For the time after the visibility timeout (L65).
void SqsPoller::put_back(std::uint32_t index, TimePoint visible_at, Outcome outcome) {
  Message message = messages_[index];
  message.last = outcome;
  const std::uint32_t kept = clients_->keep_for_retry(index, outcome);
  message_of(kept) = message;
  clients_->request(kept).place = workload::Place::kNone;
  loop_.schedule(std::max(visible_at, loop_.now()), process_, kVisible, kept);
}

void SqsPoller::end_message(std::uint32_t index) {
  Unit& unit = *units_[messages_[index].unit];
  clients_->end_event(index, Outcome::kCompleted, messages_[index].held);
  left(unit);
}

/// Of a message that waits, or would again.
void SqsPoller::drop(std::uint32_t index, bool is_kept) {
  const Message& message = messages_[index];
  Unit& unit = *units_[message.unit];
  ++unit.counts.dropped;
  unit.counts.dead_letters += is_kept;
  clients_->give_up_event(index, message.last, message.held);
  left(unit);
}

void SqsPoller::left(Unit& unit) {
  SKY_CHECK(unit.present > 0);
  if (--unit.present == 0) unit.idle_since = loop_.now();
}

bool SqsPoller::is_too_old(std::uint32_t index) const {
  return loop_.now() - clients_->request(index).arrival >=
         units_[messages_[index].unit]->config.message_retention;
}

/// A message that was received comes back.
void SqsPoller::come_back(std::uint32_t index) {
  const std::uint32_t unit = messages_[index].unit;
  const std::uint32_t most = units_[unit]->config.max_receive_count;
  if (most > 0 && messages_[index].receives >= most) return drop(index, true);  // L65
  if (is_too_old(index)) return drop(index, false);
  become_visible(index);
  poll(unit);
}

// --- Batches

/// L60, L63: it is full, or its first message has waited for the window.
bool SqsPoller::is_ready(const Unit& unit) const {
  if (unit.visible.empty()) return false;
  if (unit.visible.size() >= unit.config.batch_size) return true;
  return loop_.now() >= messages_[unit.visible.front()].since + unit.config.maximum_batching_window;
}

void SqsPoller::poll(std::uint32_t unit_index) {
  Unit& unit = *units_[unit_index];
  while (unit.running < unit.concurrency && is_ready(unit)) {
    const std::uint32_t batch = receive(unit_index);
    if (batch != kNoBatch) invoke(batch);
  }
  if (is_ready(unit) || unit.concurrency > first_concurrency(unit.config)) {
    scale_later(unit_index);
  }
  if (!unit.visible.empty() && !is_ready(unit)) await_window(unit_index);
}

void SqsPoller::await_window(std::uint32_t unit_index) {
  Unit& unit = *units_[unit_index];
  const TimePoint due = messages_[unit.visible.front()].since + unit.config.maximum_batching_window;
  if (std::exchange(unit.window_due, due) == due) return;
  loop_.schedule(due, process_, kWindow, unit_index);
}

void SqsPoller::scale_later(std::uint32_t unit) {
  if (std::exchange(units_[unit]->scale_pending, true)) return;
  loop_.schedule(loop_.now() + kScalingStep, process_, kScale, unit);
}

/// L61: one up while batches wait for it, one down while none does.
void SqsPoller::scale(std::uint32_t unit_index) {
  Unit& unit = *units_[unit_index];
  unit.scale_pending = false;
  if (!is_ready(unit)) {
    unit.concurrency = std::max(unit.concurrency - 1, first_concurrency(unit.config));
  } else if (unit.throttled == 0) {
    unit.concurrency = std::min(unit.concurrency + 1, unit.config.maximum_concurrency);
  }
  poll(unit_index);
}

/// Nothing where all that it finds is too old.
std::uint32_t SqsPoller::receive(std::uint32_t unit_index) {
  Unit& unit = *units_[unit_index];
  const std::uint32_t number = new_batch();
  Batch& batch = batches_[number];
  batch.received = loop_.now();
  batch.unit = unit_index;
  while (batch.messages.size() < unit.config.batch_size && !unit.visible.empty()) {
    const std::uint32_t index = unit.visible.front();
    unit.visible.pop_front();
    if (is_too_old(index)) {
      leave_queue(index);
      drop(index, false);
      continue;
    }
    ++messages_[index].receives;
    batch.messages.push_back(index);
  }
  if (batch.messages.empty()) {
    free_batches_.push_back(number);
    return kNoBatch;
  }
  unit.requests += requests_for(batch.messages.size());
  ++unit.running;
  batch.record = begin_batch(*clients_, batch.messages, messages_[batch.messages.front()].receives);
  message_of(batch.record).unit = number;
  return number;
}

std::uint32_t SqsPoller::new_batch() {
  if (free_batches_.empty()) {
    batches_.emplace_back();
    return static_cast<std::uint32_t>(batches_.size() - 1);
  }
  const std::uint32_t number = free_batches_.back();
  free_batches_.pop_back();
  batches_[number].messages.clear();
  batches_[number].throttles = 0;
  return number;
}

void SqsPoller::invoke(std::uint32_t number) {
  const Batch& batch = batches_[number];
  Unit& unit = *units_[batch.unit];
  workload::Request& request = clients_->request(batch.record);
  request.attempt = loop_.now();
  request.init = Duration{};
  functions_.end_what_is_due(batch.unit);
  const workload::Admitted admitted =
      functions_.admit_event(batch.unit, batch.record, request, Functions::Rates::kSynchronous);
  if (admitted.admission != workload::Admission::kAccepted) return throttled(number);
  if (batch.throttles > 0) --unit.throttled;
  for (const std::uint32_t index : batch.messages) {
    begin_attempt(index, admitted);
    unit.counts.handed_over(loop_.now() - clients_->request(index).arrival);
  }
}

/// L65: the batch is tried again for as long as nobody else sees its messages.
void SqsPoller::throttled(std::uint32_t number) {
  Batch& batch = batches_[number];
  Unit& unit = *units_[batch.unit];
  if (batch.throttles++ == 0) ++unit.throttled;
  const TimePoint lapses = batch.received + unit.config.visibility_timeout;
  loop_.schedule(std::min(loop_.now() + pause_after(batch.throttles), lapses), process_, kInvoke,
                 number);
}

void SqsPoller::invoke_again(std::uint32_t number) {
  const Batch& batch = batches_[number];
  Unit& unit = *units_[batch.unit];
  if (loop_.now() < batch.received + unit.config.visibility_timeout) return invoke(number);
  constexpr workload::Admitted kThrottled{workload::Admission::kThrottled, {}};
  for (const std::uint32_t index : batch.messages) {
    begin_attempt(index, kThrottled);
    put_back(index, loop_.now(), Outcome::kThrottle);
  }
  --unit.throttled;
  release(number);
}

/// A message's attempt: all that is told of it is told when its batch runs, or is given up.
void SqsPoller::begin_attempt(std::uint32_t index, const workload::Admitted& admitted) {
  leave_queue(index);
  const workload::Request& request = clients_->begin_attempt(index);
  if (!request.is_watched()) return;
  const workload::ServiceUnit here{this, messages_[index].unit};
  clients_->watcher().attempting(index, request, here);
  clients_->watcher().attempted(request, here, admitted);
}

void SqsPoller::leave_queue(std::uint32_t index) {
  Message& message = messages_[index];
  message.held += loop_.now() - message.since;
  recorder_.queue_leave(functions_.config(message.unit).service, loop_.now());
}

void SqsPoller::answered(std::uint32_t record, Outcome outcome) {
  const std::uint32_t number = messages_[record].unit;
  const Batch& batch = batches_[number];
  Unit& unit = *units_[batch.unit];
  const Outcome whole = outcome_of(batch, outcome);
  std::size_t deleted = 0;
  for (const std::uint32_t index : batch.messages) {
    copy_times(*clients_, record, index);
    const bool failed =
        whole != Outcome::kCompleted || (unit.config.reports_item_failures && fails(unit, index));
    if (failed) {
      put_back(index, batch.received + unit.config.visibility_timeout,
               whole == Outcome::kCompleted ? Outcome::kError : whole);
    } else {
      end_message(index);
      ++deleted;
    }
  }
  unit.requests += requests_for(deleted);
  release(number);
}

/// L65: without a report of its failures a batch fails as a whole where one of its messages does.
Outcome SqsPoller::outcome_of(const Batch& batch, Outcome outcome) const {
  const Unit& unit = *units_[batch.unit];
  if (outcome != Outcome::kCompleted || unit.config.reports_item_failures) return outcome;
  const bool any = std::any_of(batch.messages.begin(), batch.messages.end(),
                               [&](std::uint32_t index) { return fails(unit, index); });
  return any ? Outcome::kError : Outcome::kCompleted;
}

bool SqsPoller::fails(const Unit& unit, std::uint32_t index) const {
  if (unit.config.failure_probability == 0) return false;
  RandomEngine draw = unit.failures.at(clients_->request(index).row, messages_[index].receives);
  return draw.uniform() < unit.config.failure_probability;
}

void SqsPoller::release(std::uint32_t number) {
  const std::uint32_t unit = batches_[number].unit;
  clients_->end_batch(batches_[number].record);
  free_batches_.push_back(number);
  --units_[unit]->running;
  poll(unit);
}

void SqsPoller::fire(const kernel::Event& event) {
  switch (event.kind) {
    case kScale:
      return scale(event.payload);
    case kWindow:
      return poll(event.payload);
    case kInvoke:
      return invoke_again(event.payload);
    default:
      return come_back(event.payload);
  }
}

// --- What a run's result is told

workload::Place SqsPoller::place_of(std::uint32_t unit, const workload::Request& request) const {
  if (request.place == workload::Place::kNone) return {};
  return functions_.place_of(unit, request);
}

workload::Standing SqsPoller::standing(std::uint32_t unit) const {
  workload::Standing standing = functions_.standing(unit);
  standing.queued = static_cast<std::uint32_t>(units_[unit]->visible.size());
  return standing;
}

void SqsPoller::complete(std::uint32_t unit, metrics::WindowRow& row) {
  row.events = std::exchange(units_[unit]->counts, {});
}

/// Of a queue that holds nothing: each poller asks anew every 20 s.
std::uint64_t SqsPoller::empty_receives(const Unit& unit, TimePoint until) {
  const TimePoint from = std::max(unit.idle_since, unit.config.span.start);
  const TimePoint to = std::min(until, unit.config.span.end);
  if (to <= from) return 0;
  return first_concurrency(unit.config) * static_cast<std::uint64_t>((to - from) / kLongPoll);
}

std::uint64_t SqsPoller::queue_requests(std::uint32_t unit_index, TimePoint until) const {
  const Unit& unit = *units_[unit_index];
  return unit.requests + (unit.present == 0 ? empty_receives(unit, until) : 0);
}

}  // namespace skyreplay::lambda
