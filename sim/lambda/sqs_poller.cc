#include "lambda/sqs_poller.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "core/check.h"
#include "workload/batch_record.h"

namespace skyreplay::lambda {
namespace {

using metrics::Outcome;

constexpr std::uint32_t kFirstConcurrency = 5;  // L61
constexpr Duration kScalingStep = 200ms;        // L61: 300 a minute
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
  units_[unit] =
      std::make_unique<Unit>(Unit{.config = config,
                                  .queue = {loop_, recorder_, messages_, config.queue, seed_},
                                  .concurrency = first_concurrency(config)});
  recorder_.always(config.queue.service);
  functions_.fed_by(unit, *this);
}

// --- Messages

workload::Admitted SqsPoller::admit(std::uint32_t unit_index, std::uint32_t index,
                                    workload::Request& request) {
  Unit& unit = *units_[unit_index];
  unit.queue.count_requests(empty_receives(unit, loop_.now()));
  unit.queue.send(index, request, unit_index);
  poll(unit_index);
  return {workload::Admission::kAccepted, loop_.now()};
}

/// For the time after the visibility timeout (L65).
void SqsPoller::put_back(std::uint32_t index, TimePoint visible_at, Outcome outcome) {
  workload::SqsMessage message = messages_[index];
  message.last = outcome;
  const std::uint32_t kept = clients_->keep_for_retry(index, outcome);
  messages_.of(kept) = message;
  clients_->request(kept).place = workload::Place::kNone;
  loop_.schedule(std::max(visible_at, loop_.now()), process_, kVisible, kept);
}

/// A message that was received comes back.
void SqsPoller::come_back(std::uint32_t index) {
  const std::uint32_t unit = messages_[index].of;
  workload::SqsQueue& queue = units_[unit]->queue;
  const bool was_full = queue.is_full();
  if (queue.come_back(index) || was_full) poll(unit);
}

// --- Batches

/// L60, L63: it is full, or its first message has waited for the window.
bool SqsPoller::is_ready(Unit& unit) const {
  if (unit.queue.visible() == 0 || unit.queue.is_full()) return false;
  if (unit.queue.visible() >= unit.config.batch_size) return true;
  return loop_.now() >= unit.queue.first_since() + unit.config.maximum_batching_window;
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
  const bool waits = unit.queue.visible() > 0 && !unit.queue.is_full();
  if (waits && !is_ready(unit)) await_window(unit_index);
}

void SqsPoller::await_window(std::uint32_t unit_index) {
  Unit& unit = *units_[unit_index];
  const TimePoint due = unit.queue.first_since() + unit.config.maximum_batching_window;
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
  while (batch.messages.size() < unit.config.batch_size) {
    const std::optional<std::uint32_t> index = unit.queue.receive();
    if (!index) break;
    batch.messages.push_back(*index);
  }
  if (batch.messages.empty()) {
    free_batches_.push_back(number);
    return kNoBatch;
  }
  unit.queue.count_requests(requests_for(batch.messages.size()));
  ++unit.running;
  batch.record =
      workload::begin_batch(*clients_, batch.messages, messages_[batch.messages.front()].receives);
  messages_.of(batch.record).of = number;
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
    unit.queue.begin_attempt(index, {this, batch.unit}, admitted);
  }
}

/// L65: the batch is tried again for as long as nobody else sees its messages.
void SqsPoller::throttled(std::uint32_t number) {
  Batch& batch = batches_[number];
  Unit& unit = *units_[batch.unit];
  if (batch.throttles++ == 0) ++unit.throttled;
  const TimePoint lapses = batch.received + unit.config.queue.visibility_timeout;
  loop_.schedule(std::min(loop_.now() + pause_after(batch.throttles), lapses), process_, kInvoke,
                 number);
}

void SqsPoller::invoke_again(std::uint32_t number) {
  const Batch& batch = batches_[number];
  Unit& unit = *units_[batch.unit];
  if (loop_.now() < batch.received + unit.config.queue.visibility_timeout) return invoke(number);
  constexpr workload::Admitted kThrottled{workload::Admission::kThrottled, {}};
  for (const std::uint32_t index : batch.messages) {
    unit.queue.begin_attempt(index, {this, batch.unit}, kThrottled);
    put_back(index, loop_.now(), Outcome::kThrottle);
  }
  --unit.throttled;
  release(number);
}

void SqsPoller::answered(std::uint32_t record, Outcome outcome) {
  const std::uint32_t number = messages_[record].of;
  const Batch& batch = batches_[number];
  Unit& unit = *units_[batch.unit];
  const Outcome whole = outcome_of(batch, outcome);
  std::size_t deleted = 0;
  for (const std::uint32_t index : batch.messages) {
    workload::copy_times(*clients_, record, index);
    const bool failed =
        whole != Outcome::kCompleted || (unit.config.reports_item_failures && fails(unit, index));
    if (failed) {
      put_back(index, batch.received + unit.config.queue.visibility_timeout,
               whole == Outcome::kCompleted ? Outcome::kError : whole);
    } else {
      unit.queue.end(index);
      ++deleted;
    }
  }
  unit.queue.count_requests(requests_for(deleted));
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
  standing.queued = units_[unit]->queue.visible();
  return standing;
}

void SqsPoller::complete(std::uint32_t unit, metrics::WindowRow& row) {
  row.events = units_[unit]->queue.take_counts();
}

/// Of a queue that holds nothing: each poller asks anew every 20 s.
std::uint64_t SqsPoller::empty_receives(const Unit& unit, TimePoint until) {
  const std::optional<TimePoint> since = unit.queue.empty_since();
  if (!since) return 0;
  return first_concurrency(unit.config) *
         workload::empty_receives(unit.config.span.start, unit.config.span.end, *since, until);
}

std::uint64_t SqsPoller::queue_requests(std::uint32_t unit_index, TimePoint until) const {
  const Unit& unit = *units_[unit_index];
  return unit.queue.requests() + empty_receives(unit, until);
}

}  // namespace skyreplay::lambda
