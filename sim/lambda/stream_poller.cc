#include "lambda/stream_poller.h"

#include <algorithm>
#include <utility>

#include "workload/batch_record.h"

namespace skyreplay::lambda {

using metrics::Outcome;

StreamPoller::StreamPoller(kernel::Loop& loop, metrics::Recorder& recorder, Functions& functions,
                           std::uint64_t seed)
    : loop_(loop),
      recorder_(recorder),
      functions_(functions),
      seed_(seed),
      process_(loop.add(*this)) {}

void StreamPoller::add(std::uint32_t unit, const StreamConfig& config) {
  if (units_.size() <= unit) units_.resize(unit + std::size_t{1});
  units_[unit] =
      std::make_unique<Unit>(Unit{.config = config,
                                  .keys = {seed_, config.name, "partition_key"},
                                  .failures = {seed_, config.name, "record_failure"},
                                  .first_lane = static_cast<std::uint32_t>(lanes_.size()),
                                  .counts = {}});
  const std::uint32_t lanes = config.shards * config.parallelization_factor;
  for (std::uint32_t i = 0; i < lanes; ++i) {
    lanes_.emplace_back();
    lanes_.back().unit = unit;
  }
  functions_.fed_by(unit, *this);
}

StreamPoller::Record& StreamPoller::record_of(std::uint32_t index) {
  if (records_.size() <= index) records_.resize(clients_->requests().capacity());
  return records_[index];
}

/// L66: a partition key is of one shard, and of one of its lanes.
std::uint32_t StreamPoller::lane_of(const Unit& unit, std::uint64_t row) const {
  const StreamConfig& config = unit.config;
  std::uint64_t key = unit.keys.at(row)();
  if (config.partition_keys > 0) key %= config.partition_keys;
  const std::uint64_t lanes = std::uint64_t{config.shards} * config.parallelization_factor;
  return unit.first_lane + static_cast<std::uint32_t>(key % lanes);
}

workload::Admitted StreamPoller::admit(std::uint32_t unit_index, std::uint32_t index,
                                       workload::Request& request) {
  Unit& unit = *units_[unit_index];
  request.awaited = workload::Awaited::kBySource;
  request.attempts = 0;
  request.place = workload::Place::kNone;
  ++unit.counts.received;
  ++unit.waiting;
  const std::uint32_t lane = lane_of(unit, request.row);
  record_of(index) = {.since = loop_.now(), .lane = lane};
  lanes_[lane].records.push_back(index);
  recorder_.queue_enter(functions_.config(unit_index).service, loop_.now());
  go_on(lane);
  return {workload::Admission::kAccepted, loop_.now()};
}

// --- Batches

/// The first poll after it came: polls are at whole multiples of their interval.
TimePoint StreamPoller::read_at(std::uint32_t index) const {
  const Duration interval = units_[lanes_[records_[index].lane].unit]->config.polling_interval;
  const Duration arrival = clients_->request(index).arrival.time_since_epoch();
  return TimePoint{(arrival / interval + 1) * interval};
}

/// L60: of the batch to come; it begins when the one before has ended.
TimePoint StreamPoller::window_end(const Lane& lane) const {
  return std::max(read_at(lane.records.front()), lane.free_since) +
         units_[lane.unit]->config.maximum_batching_window;
}

/// L60: enough was read, or the window is over.
bool StreamPoller::is_ready(const Lane& lane) const {
  const StreamConfig& config = units_[lane.unit]->config;
  if (loop_.now() < read_at(lane.records.front())) return false;
  if (loop_.now() >= window_end(lane)) return true;
  return lane.records.size() >= config.batch_size &&
         loop_.now() >= read_at(lane.records[config.batch_size - 1]);
}

/// Of a lane with nothing at work: the next batch, or the next poll.
void StreamPoller::go_on(std::uint32_t number) {
  Lane& lane = lanes_[number];
  if (!lane.batches.empty() || lane.records.empty()) return;
  if (is_ready(lane)) return take_batch(number);
  const Duration interval = units_[lane.unit]->config.polling_interval;
  const Duration now = loop_.now().time_since_epoch();
  TimePoint next{(now / interval + 1) * interval};
  if (const TimePoint end = window_end(lane); end > loop_.now()) next = std::min(next, end);
  if (std::exchange(lane.look_at, next) == next) return;
  loop_.schedule(next, process_, kRead, number);
}

void StreamPoller::take_batch(std::uint32_t number) {
  Lane& lane = lanes_[number];
  const std::uint32_t most = units_[lane.unit]->config.batch_size;
  Batch batch;
  while (batch.records.size() < most && !lane.records.empty() &&
         loop_.now() >= read_at(lane.records.front())) {
    batch.records.push_back(lane.records.front());
    lane.records.pop_front();
  }
  units_[lane.unit]->waiting -= static_cast<std::uint32_t>(batch.records.size());
  lane.batches.push_back(std::move(batch));
  invoke(number);
}

/// What is too old is given up before it is tried (L66).
void StreamPoller::give_up_old(std::uint32_t number) {
  Lane& lane = lanes_[number];
  Unit& unit = *units_[lane.unit];
  if (!unit.config.maximum_record_age) return;
  std::vector<std::uint32_t>& records = lane.batches.back().records;
  const TimePoint oldest = loop_.now() - *unit.config.maximum_record_age;
  std::erase_if(records, [&](std::uint32_t index) {
    if (clients_->request(index).arrival >= oldest) return false;
    Record& record = records_[index];
    if (record.tries == 0) {  // it still waits
      record.held += loop_.now() - record.since;
      recorder_.queue_leave(functions_.config(lane.unit).service, loop_.now());
    }
    count_dropped(unit);
    clients_->give_up_event(index, record.last, record.held);
    return true;
  });
}

void StreamPoller::invoke(std::uint32_t number) {
  give_up_old(number);
  Lane& lane = lanes_[number];
  if (lane.batches.back().records.empty()) return end_of_batch(number);
  Batch& batch = lane.batches.back();
  Unit& unit = *units_[lane.unit];
  lane.invocation =
      workload::begin_batch(*clients_, batch.records, records_[batch.records[0]].tries + 1);
  record_of(lane.invocation).lane = number;
  workload::Request& request = clients_->request(lane.invocation);
  request.attempt = loop_.now();
  request.init = Duration{};
  functions_.end_what_is_due(lane.unit);
  const workload::Admitted admitted =
      functions_.admit_event(lane.unit, lane.invocation, request, Functions::Rates::kSynchronous);
  if (admitted.admission != workload::Admission::kAccepted) {
    clients_->end_batch(lane.invocation);
    return try_again(number, pause_after(++batch.throttles));
  }
  batch.throttles = 0;
  begin_attempts(lane, admitted);
  // IteratorAge is that of the last record.
  unit.counts.handed_over(loop_.now() - clients_->request(batch.records.back()).arrival);
}

void StreamPoller::begin_attempts(const Lane& lane, const workload::Admitted& admitted) {
  const workload::ServiceUnit here{this, lane.unit};
  for (const std::uint32_t index : lane.batches.back().records) {
    Record& record = records_[index];
    if (++record.tries == 1) {
      record.held += loop_.now() - record.since;
      recorder_.queue_leave(functions_.config(lane.unit).service, loop_.now());
    }
    const workload::Request& request = clients_->begin_attempt(index);
    if (!request.is_watched()) continue;
    clients_->watcher().attempting(index, request, here);
    clients_->watcher().attempted(request, here, admitted);
  }
}

void StreamPoller::try_again(std::uint32_t lane, Duration pause) {
  loop_.schedule(loop_.now() + pause, process_, kInvoke, lane);
}

// --- Answers

void StreamPoller::answered(std::uint32_t invocation, Outcome outcome) {
  const std::uint32_t number = records_[invocation].lane;
  Lane& lane = lanes_[number];
  std::vector<std::uint32_t>& records = lane.batches.back().records;
  for (const std::uint32_t index : records) workload::copy_times(*clients_, invocation, index);
  clients_->end_batch(invocation);
  const std::size_t done = first_failure(lane, outcome);
  const bool all_done = done == records.size();
  const std::size_t kept = all_done || units_[lane.unit]->config.reports_item_failures ? done : 0;
  for (std::size_t i = 0; i < kept; ++i) end_record(records[i], Outcome::kCompleted);
  records.erase(records.begin(), records.begin() + static_cast<std::ptrdiff_t>(kept));
  if (!all_done) return failed(number, outcome == Outcome::kCompleted ? Outcome::kError : outcome);
  end_of_batch(number);
}

/// The next half, or the next batch.
void StreamPoller::end_of_batch(std::uint32_t number) {
  Lane& lane = lanes_[number];
  lane.batches.pop_back();
  lane.free_since = loop_.now();
  lane.batches.empty() ? go_on(number) : invoke(number);
}

/// The place of the first record that failed; the size where none did.
std::size_t StreamPoller::first_failure(const Lane& lane, Outcome outcome) const {
  const std::vector<std::uint32_t>& records = lane.batches.back().records;
  if (outcome != Outcome::kCompleted) return 0;
  const Unit& unit = *units_[lane.unit];
  const auto found = std::find_if(records.begin(), records.end(),
                                  [&](std::uint32_t index) { return fails(unit, index); });
  return static_cast<std::size_t>(found - records.begin());
}

bool StreamPoller::fails(const Unit& unit, std::uint32_t index) const {
  if (unit.config.failure_probability == 0) return false;
  RandomEngine draw = unit.failures.at(clients_->request(index).row, records_[index].tries);
  return draw.uniform() < unit.config.failure_probability;
}

/// What is left of the batch failed (L66).
void StreamPoller::failed(std::uint32_t number, Outcome outcome) {
  Lane& lane = lanes_[number];
  Unit& unit = *units_[lane.unit];
  Batch& batch = lane.batches.back();
  const bool splits = unit.config.bisects && batch.records.size() > 1;
  const bool is_last = !splits && unit.config.maximum_retry_attempts &&
                       batch.failures >= *unit.config.maximum_retry_attempts;
  for (std::uint32_t& index : batch.records) {
    records_[index].last = outcome;
    if (is_last) {
      count_dropped(unit);
      end_record(index, outcome);
      continue;
    }
    const Record record = records_[index];
    index = clients_->keep_for_retry(index, outcome);
    record_of(index) = record;
    clients_->request(index).place = workload::Place::kNone;
  }
  if (is_last) return end_of_batch(number);
  if (splits) {
    bisect(lane);
    return invoke(number);
  }
  try_again(number, pause_after(++batch.failures));
}

/// Into two halves, the first of which comes first. It is no try (L66).
void StreamPoller::bisect(Lane& lane) {
  Batch& second = lane.batches.back();
  const auto half = static_cast<std::ptrdiff_t>(second.records.size() / 2);
  Batch first{.records = {second.records.begin(), second.records.begin() + half},
              .failures = second.failures};
  second.records.erase(second.records.begin(), second.records.begin() + half);
  lane.batches.push_back(std::move(first));
}

void StreamPoller::end_record(std::uint32_t index, Outcome outcome) {
  clients_->end_event(index, outcome, records_[index].held);
}

void StreamPoller::count_dropped(Unit& unit) {
  ++unit.counts.dropped;
  if (!unit.config.has_destination) return;
  ++unit.counts.dead_letters;
  ++unit.queue_requests;
}

void StreamPoller::fire(const kernel::Event& event) {
  if (event.kind == kInvoke) return invoke(event.payload);
  go_on(event.payload);
}

// --- What a run's result is told

workload::Place StreamPoller::place_of(std::uint32_t unit, const workload::Request& request) const {
  if (request.place == workload::Place::kNone) return {};
  return functions_.place_of(unit, request);
}

workload::Standing StreamPoller::standing(std::uint32_t unit) const {
  workload::Standing standing = functions_.standing(unit);
  standing.queued = units_[unit]->waiting;
  return standing;
}

void StreamPoller::complete(std::uint32_t unit, metrics::WindowRow& row) {
  row.events = std::exchange(units_[unit]->counts, {});
}

}  // namespace skyreplay::lambda
