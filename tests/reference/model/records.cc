// Streams and what reads them (docs/models.md, L66).
#include <algorithm>
#include <utility>

#include "reference/model/world.h"

namespace skyreplay::reference {

bool World::is_record(const Request& request) const {
  const bool is_streamed =
      request.route < scenario.kinds.size() && scenario.kinds[request.route] == RouteKind::kStream;
  const Service& service = scenario.services[scenario.routes[request.route]];
  return is_streamed && service.platform == Service::Platform::kFunction &&
         service.function.reads_stream;
}

void World::take_record(Request& request) {
  const std::size_t service = scenario.routes[request.route];
  const Function& function = reader(service);
  journal.events.push_back({now(), service, Journal::Event::kReceived});
  journal.queue[service].change(now(), +1);
  std::uint64_t key = bits(entity(service), "partition_key", request.row)();
  if (function.partition_keys > 0) key %= function.partition_keys;
  const bool several = !broken(Mutation::kStreamsHaveOneLane);
  const std::size_t lane =
      several ? key % (std::uint64_t{function.shards} * function.parallelization) : 0;
  request.visible_since = now();
  lanes[{service, lane}].records.push_back(&request);
  go_on_reading({service, lane});
}

Time World::read_at(const Request& request) const {
  const Time interval = reader(scenario.routes[request.route]).dynamodb
                            ? std::chrono::milliseconds{250}
                            : std::chrono::milliseconds{1000};
  return (request.arrival / interval + 1) * interval;
}

void World::go_on_reading(LaneId id) {
  Lane& lane = lanes[id];
  const Function& function = reader(id.first);
  if (!lane.parts.empty() || lane.records.empty()) return;
  const Time first = read_at(*lane.records.front());
  const Time end = std::max(first, lane.free_since) + function.batching_window;
  const std::size_t size = function.batch_size;
  const bool is_full = lane.records.size() >= size && now() >= read_at(*lane.records[size - 1]);
  if (now() >= first && (now() >= end || is_full)) {
    lane.parts.emplace_back();
    while (lane.parts.back().records.size() < size && !lane.records.empty() &&
           now() >= read_at(*lane.records.front())) {
      lane.parts.back().records.push_back(lane.records.front());
      lane.records.erase(lane.records.begin());
    }
    return invoke_part(id);
  }
  const Time interval =
      function.dynamodb ? std::chrono::milliseconds{250} : std::chrono::milliseconds{1000};
  Time next = (now() / interval + 1) * interval;
  if (end > now()) next = std::min(next, end);
  if (std::exchange(lane.look_at, next) == next) return;
  calendar.plan(next, [this, id] { go_on_reading(id); });
}

void World::invoke_part(LaneId id) {
  Lane& lane = lanes[id];
  const Function& function = reader(id.first);
  Part& part = lane.parts.back();
  const bool ages = function.max_record_age && !broken(Mutation::kRecordsNeverTooOld);
  std::vector<Request*> young;
  for (Request* record : part.records) {
    if (!ages || now() - record->arrival <= *function.max_record_age) {
      young.push_back(record);
      continue;
    }
    if (record->receives == 0) leave_queue(*record);
    give_up_record(id.first);
    journal.ended.push_back({now(),
                             record->route,
                             record->counted,
                             record->last,
                             std::max<std::uint64_t>(1, record->attempts),
                             Time{},
                             {}});
    journal.in_flight[id.first].change(now(), -1);
  }
  part.records = young;
  if (young.empty()) return end_of_part(id);
  const Request& first = *young.front();
  attempts.push_back({.service = id.first,
                      .flow = first.route,
                      .row = first.row,
                      .number = std::min<std::uint64_t>(first.receives + 1, 255),
                      .start = now(),
                      .counted = first.counted,
                      .awaited = Attempt::Awaited::kByLane});
  Attempt& invocation = attempts.back();
  for (const Request* record : young) {
    invocation.work += record->work;
    invocation.wait += record->wait;
    invocation.bytes_in += record->bytes_in;
    invocation.bytes_out += record->bytes_out;
  }
  if (stations[id.first]->admit_batch(invocation) != Admission::kAccepted) {
    invocation.over = true;
    calendar.plan(now() + after_throttle(++part.throttles), [this, id] { invoke_part(id); });
    return;
  }
  part.throttles = 0;
  lane.invocation = &invocation;
  part.attempts.clear();
  for (Request* record : young) {
    if (++record->receives == 1) leave_queue(*record);
    part.attempts.push_back(&new_attempt(*record));
  }
  journal.events.push_back(
      {now(), id.first, Journal::Event::kInvoked, now() - young.back()->arrival});
}

void World::answer_part(Attempt& invocation, Outcome outcome) {
  const auto found = std::find_if(lanes.begin(), lanes.end(), [&](const auto& each) {
    return each.second.invocation == &invocation;
  });
  const LaneId id = found->first;
  Lane& lane = found->second;
  const Function& function = reader(id.first);
  Part& part = lane.parts.back();
  std::size_t good = outcome == Outcome::kCompleted ? part.records.size() : 0;
  for (std::size_t i = 0; i < part.records.size(); ++i) {
    part.attempts[i]->over = true;
    part.attempts[i]->init = invocation.init;
    part.attempts[i]->downstream = invocation.downstream;
    const Request& record = *part.records[i];
    Bits draw = bits(entity(id.first), "record_failure", record.row, record.receives);
    if (function.failure_probability > 0 && draw.uniform() < function.failure_probability) {
      good = std::min(good, i);
    }
  }
  const bool all = good == part.records.size();
  if (!all && !function.reports_failures) good = 0;
  for (std::size_t i = 0; i < good; ++i) end_event(*part.attempts[i], Outcome::kCompleted);
  if (all) return end_of_part(id);
  const auto bad = static_cast<std::ptrdiff_t>(good);
  part.records.erase(part.records.begin(), part.records.begin() + bad);
  part.attempts.erase(part.attempts.begin(), part.attempts.begin() + bad);
  fail_part(id, outcome == Outcome::kCompleted ? Outcome::kError : outcome);
}

void World::fail_part(LaneId id, Outcome outcome) {
  Lane& lane = lanes[id];
  const Function& function = reader(id.first);
  Part& part = lane.parts.back();
  for (Request* record : part.records) record->last = outcome;
  const std::size_t size = part.records.size();
  if (size > 1 && function.bisects && !broken(Mutation::kBatchesStayWhole)) {
    Part first = part;
    const auto half = static_cast<std::ptrdiff_t>(size / 2);
    first.records.resize(size / 2);
    part.records.erase(part.records.begin(), part.records.begin() + half);
    lane.parts.push_back(first);
    return invoke_part(id);
  }
  if (function.record_retries && part.failures >= *function.record_retries) {
    for (std::size_t i = 0; i < size; ++i) {
      give_up_record(id.first);
      end_event(*part.attempts[i], outcome);
    }
    return end_of_part(id);
  }
  calendar.plan(now() + after_throttle(++part.failures), [this, id] { invoke_part(id); });
}

void World::end_of_part(LaneId id) {
  Lane& lane = lanes[id];
  lane.parts.pop_back();
  lane.free_since = now();
  lane.parts.empty() ? go_on_reading(id) : invoke_part(id);
}

void World::give_up_record(std::size_t service) {
  journal.events.push_back({now(), service, Journal::Event::kDropped});
  if (reader(service).destination) {
    journal.events.push_back({now(), service, Journal::Event::kDeadLetter});
  }
}

}  // namespace skyreplay::reference
