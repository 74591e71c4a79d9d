// Queues of SQS and what reads them (docs/models.md, L60 to L65).
#include <algorithm>

#include "reference/model/world.h"

namespace skyreplay::reference {
namespace {

using namespace std::chrono_literals;

std::uint64_t tens(std::size_t messages) { return (messages + 9) / 10; }

std::uint32_t least(const Function& function) {
  return std::min(5U, function.max_concurrency.value_or(1250));
}

}  // namespace

const Function& World::reader(std::size_t service) const {
  return scenario.services[service].function;
}

bool World::is_message(const Request& request) const {
  const bool is_queued =
      request.route < scenario.kinds.size() && scenario.kinds[request.route] == RouteKind::kQueue;
  const Service& service = scenario.services[scenario.routes[request.route]];
  return is_queued && service.platform == Service::Platform::kFunction &&
         service.function.reads_queue;
}

void World::start_reader(std::size_t service) {
  const Function& function = reader(service);
  queues[service].idle_since = scenario.start;
  queues[service].concurrency = broken(Mutation::kAllConcurrencyAtOnce)
                                    ? function.max_concurrency.value_or(1250)
                                    : least(function);
}

void World::take_message(Request& request) {
  const std::size_t service = scenario.routes[request.route];
  QueueState& queue = queue_of(service);
  journal.events.push_back({now(), service, Journal::Event::kReceived});
  queue.requests.push_back({now(), 1});
  if (queue.present++ == 0) queue.idle.push_back({queue.idle_since, now()});
  become_visible(request);
  poll(service);
}

void World::become_visible(Request& request) {
  const std::size_t service = scenario.routes[request.route];
  request.visible_since = now();
  queue_of(service).visible.push_back(&request);
  journal.queue[service].change(now(), +1);
}

void World::leave_queue(Request& request) {
  request.held += now() - request.visible_since;
  journal.queue[scenario.routes[request.route]].change(now(), -1);
}

bool World::is_too_old(const Request& request) const {
  return now() - request.arrival >= reader(scenario.routes[request.route]).retention;
}

bool World::batch_is_ready(std::size_t service) {
  const Function& function = reader(service);
  const QueueState& queue = queue_of(service);
  if (queue.visible.empty() || is_full(queue)) return false;
  const Time window = broken(Mutation::kNoBatchingWindow) ? Time{} : function.batching_window;
  return queue.visible.size() >= function.batch_size ||
         now() >= queue.visible.front()->visible_since + window;
}

void World::poll(std::size_t service) {
  QueueState& queue = queue_of(service);
  while (queue.running < queue.concurrency && batch_is_ready(service)) receive(service);
  const bool moves = batch_is_ready(service) || queue.concurrency > least(reader(service));
  if (moves && !queue.scaling) {
    queue.scaling = true;
    calendar.plan(now() + 200ms, [this, service] { scale_reader(service); });
  }
  if (queue.visible.empty() || is_full(queue) || batch_is_ready(service)) return;
  const Time due = queue.visible.front()->visible_since + reader(service).batching_window;
  if (std::exchange(queue.window, due) == due) return;
  calendar.plan(due, [this, service] { poll(service); });
}

void World::scale_reader(std::size_t service) {
  QueueState& queue = queue_of(service);
  const Function& function = reader(service);
  queue.scaling = false;
  if (!batch_is_ready(service)) {
    queue.concurrency = std::max(queue.concurrency - 1, least(function));
  } else if (queue.throttled == 0) {
    queue.concurrency = std::min(queue.concurrency + 1, function.max_concurrency.value_or(1250));
  }
  poll(service);
}

void World::receive(std::size_t service) {
  QueueState& queue = queue_of(service);
  const std::size_t most = broken(Mutation::kBatchesOfOne) ? 1 : reader(service).batch_size;
  std::vector<Request*> messages;
  while (messages.size() < most && !queue.visible.empty() && !is_full(queue)) {
    Request* message = queue.visible.front();
    queue.visible.erase(queue.visible.begin());
    if (is_too_old(*message)) {
      leave_queue(*message);
      drop_message(*message, false);
    } else {
      ++message->receives;
      ++queue.in_flight;
      messages.push_back(message);
    }
  }
  if (messages.empty()) return;
  queue.requests.push_back({now(), tens(messages.size())});
  ++queue.running;
  queue.batches.push_back({.messages = messages, .received = now()});
  Batch& batch = queue.batches.back();
  const Request& first = *messages.front();
  attempts.push_back({.service = service,
                      .flow = first.route,
                      .row = first.row,
                      .number = std::min<std::uint64_t>(first.receives, 255),
                      .counted = first.counted,
                      .awaited = Attempt::Awaited::kByReader});
  batch.invocation = &attempts.back();
  for (const Request* message : messages) {
    batch.invocation->work += message->work;
    batch.invocation->wait += message->wait;
    batch.invocation->bytes_in += message->bytes_in;
    batch.invocation->bytes_out += message->bytes_out;
  }
  invoke_batch(batch);
}

void World::invoke_batch(Batch& batch) {
  const std::size_t service = batch.invocation->service;
  QueueState& queue = queue_of(service);
  batch.invocation->start = now();
  if (stations[service]->admit_batch(*batch.invocation) != Admission::kAccepted) {
    if (batch.throttles++ == 0) ++queue.throttled;
    const Time lapses = batch.received + reader(service).visibility;
    calendar.plan(std::min(now() + after_throttle(batch.throttles), lapses),
                  [this, &batch, lapses] { now() < lapses ? invoke_batch(batch) : lapse(batch); });
    return;
  }
  if (batch.throttles > 0) --queue.throttled;
  for (Request* message : batch.messages) {
    leave_queue(*message);
    batch.attempts.push_back(&new_attempt(*message));
    batch.attempts.back()->awaited = Attempt::Awaited::kByReader;
    journal.events.push_back({now(), service, Journal::Event::kInvoked, now() - message->arrival});
  }
}

/// Its messages are visible again before it could run.
void World::lapse(Batch& batch) {
  for (Request* message : batch.messages) {
    leave_queue(*message);
    new_attempt(*message).over = true;
    message->last = Outcome::kThrottle;
    calendar.plan(now(), [this, message] { come_back(*message); });
  }
  batch.invocation->over = true;
  QueueState& queue = queue_of(batch.invocation->service);
  --queue.throttled;
  --queue.running;
  poll(batch.invocation->service);
}

void World::answer_batch(Attempt& invocation, Outcome outcome) {
  const std::size_t service = invocation.service;
  QueueState& queue = queue_of(service);
  const Function& function = reader(service);
  Batch& batch = *std::find_if(queue.batches.begin(), queue.batches.end(),
                               [&](const Batch& each) { return each.invocation == &invocation; });
  const auto fails = [&](const Request& message) {
    Bits draw = bits(entity(service), "message_failure", message.row, message.receives);
    return function.failure_probability > 0 && draw.uniform() < function.failure_probability;
  };
  const bool apart = function.reports_failures && !broken(Mutation::kBatchesFailAsAWhole);
  const bool any = std::any_of(batch.messages.begin(), batch.messages.end(),
                               [&](const Request* message) { return fails(*message); });
  if (outcome == Outcome::kCompleted && any && !apart) outcome = Outcome::kError;
  std::size_t deleted = 0;
  for (std::size_t i = 0; i < batch.messages.size(); ++i) {
    Request& message = *batch.messages[i];
    Attempt& attempt = *batch.attempts[i];
    attempt.over = true;
    attempt.init = invocation.init;
    attempt.downstream = invocation.downstream;
    if (outcome == Outcome::kCompleted && !(apart && fails(message))) {
      ++deleted;
      --queue.in_flight;
      end_event(attempt, outcome);
      left_queue(service);
      continue;
    }
    message.last = outcome == Outcome::kCompleted ? Outcome::kError : outcome;
    const Time hidden = broken(Mutation::kFailedAreVisibleAtOnce) ? Time{} : function.visibility;
    calendar.plan(std::max(now(), batch.received + hidden),
                  [this, &message] { come_back(message); });
  }
  queue.requests.push_back({now(), tens(deleted)});
  --queue.running;
  poll(service);
}

void World::come_back(Request& message) {
  const std::size_t service = scenario.routes[message.route];
  const std::optional<std::uint32_t> most = reader(service).max_receives;
  const bool was_full = is_full(queue_of(service));
  --queue_of(service).in_flight;
  const bool is_dead = most && message.receives >= *most && !broken(Mutation::kNoDeadLetterQueue);
  const bool ends = is_dead || is_too_old(message);
  ends ? drop_message(message, is_dead) : become_visible(message);
  if (!ends || was_full) poll(service);
}

bool World::is_full(const QueueState& queue) const {
  return queue.in_flight >= scenario.account.in_flight_messages &&
         !broken(Mutation::kAnyNumberInFlight);
}

void World::drop_message(Request& message, bool kept) {
  const std::size_t service = scenario.routes[message.route];
  journal.events.push_back({now(), service, Journal::Event::kDropped});
  if (kept) journal.events.push_back({now(), service, Journal::Event::kDeadLetter});
  const std::uint64_t tries = std::max<std::uint64_t>(1, message.attempts);
  journal.ended.push_back({now(), message.route, message.counted, message.last, tries, Time{}, {}});
  journal.in_flight[service].change(now(), -1);
  left_queue(service);
}

void World::left_queue(std::size_t service) {
  QueueState& queue = queue_of(service);
  if (--queue.present == 0) queue.idle_since = now();
}

bool World::is_fed_by_queue(std::size_t service) const {
  for (std::size_t i = 0; i < scenario.kinds.size(); ++i) {
    if (scenario.routes[i] == service && scenario.kinds[i] == RouteKind::kQueue &&
        reader(service).reads_queue) {
      return true;
    }
  }
  return false;
}

bool World::pays_queue_requests(std::size_t service) const {
  bool sends_on = false;
  for (std::size_t i = 0; i < scenario.kinds.size(); ++i) {
    const bool is_event =
        scenario.kinds[i] == RouteKind::kAsync || scenario.kinds[i] == RouteKind::kSchedule;
    const bool is_taken =
        is_event ? reader(service).takes_events
                 : scenario.kinds[i] == RouteKind::kStream && reader(service).reads_stream;
    sends_on |= scenario.routes[i] == service && is_taken && reader(service).destination;
  }
  return sends_on || is_fed_by_queue(service);
}

/// Where nothing is in a queue, five pollers ask every 20 s; none outside the span.
std::uint64_t World::queue_requests(std::size_t service, Time until) {
  QueueState& queue = queue_of(service);
  std::uint64_t sum = 0;
  if (!is_fed_by_queue(service)) {  // what a destination gets
    for (const Journal::Event& event : journal.events) {
      const bool is_own = event.service == service && event.what == Journal::Event::kDeadLetter;
      sum += is_own && event.at < until ? 1 : 0;
    }
    return sum;
  }
  for (const auto& [at, count] : queue.requests) sum += at < until ? count : 0;
  if (broken(Mutation::kEmptyReceivesAreFree)) return sum;
  std::vector<std::pair<Time, Time>> idle = queue.idle;
  if (queue.present == 0) idle.emplace_back(queue.idle_since, Time::max());
  for (const auto& [from, to] : idle) {
    const Time begin = std::max(from, scenario.start);
    const Time end = std::min({to, until, scenario.end});
    if (end > begin)
      sum += least(reader(service)) * static_cast<std::uint64_t>((end - begin) / 20s);
  }
  return sum;
}

}  // namespace skyreplay::reference
