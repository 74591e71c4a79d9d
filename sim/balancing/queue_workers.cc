#include "balancing/queue_workers.h"

#include <utility>

#include "balancing/fleet.h"
#include "core/check.h"
#include "workload/batch_record.h"

namespace skyreplay::balancing {
namespace {

using metrics::Outcome;

/// What SqsMessage::of says: whether an attempt is out of which nobody was told how it ended.
constexpr std::uint32_t kIdle = 0;
constexpr std::uint32_t kAtWork = 1;

}  // namespace

QueueWorkers::QueueWorkers(kernel::Loop& loop, metrics::Recorder& recorder, Fleet& fleet,
                           const QueueWorkersConfig& config, std::uint64_t seed,
                           const pricing::BilledSpan& span)
    : loop_(loop),
      fleet_(fleet),
      receive_time_(config.receive_time),
      span_(span),
      process_(loop.add(*this)),
      queue_(loop, recorder, messages_, config.queue, seed),
      visibility_(loop, process_, kVisibility, 0, config.queue.visibility_timeout) {
  SKY_CHECK(config.receive_time < config.queue.visibility_timeout);
}

// --- Servers

QueueWorkers::Server& QueueWorkers::server_of(std::uint32_t server) {
  if (servers_.size() <= server) servers_.resize(server + std::size_t{1});
  return servers_[server];
}

void QueueWorkers::begin(std::uint32_t server, std::uint32_t workers) {
  SKY_CHECK(!std::exchange(server_of(server).polls, true));
  poll(server, workers);
  hand_out();
}

void QueueWorkers::stop(std::uint32_t server) {
  SKY_CHECK(std::exchange(servers_[server].polls, false));
  std::erase_if(polling_, [&](const Polling& polling) {
    if (polling.server != server) return false;
    queue_.count_requests(empty_receives(polling, loop_.now()));
    return true;
  });
}

void QueueWorkers::gone(std::uint32_t server) { ++server_of(server).serial; }

void QueueWorkers::poll(std::uint32_t server, std::uint32_t workers) {
  const bool joins =
      !polling_.empty() && polling_.back().server == server && polling_.back().since == loop_.now();
  if (joins) {
    polling_.back().workers += workers;
  } else {
    polling_.push_back({server, workers, loop_.now()});
  }
}

std::uint64_t QueueWorkers::empty_receives(const Polling& polling, TimePoint until) const {
  return polling.workers * workload::empty_receives(span_.start, span_.end, polling.since, until);
}

std::uint64_t QueueWorkers::requests(TimePoint until) const {
  std::uint64_t sum = queue_.requests();
  for (const Polling& polling : polling_) sum += empty_receives(polling, until);
  return sum;
}

// --- Messages

workload::Admitted QueueWorkers::admit(std::uint32_t, std::uint32_t index,
                                       workload::Request& request) {
  queue_.send(index, request, kIdle);
  hand_out();
  return {workload::Admission::kAccepted, loop_.now()};
}

void QueueWorkers::hand_out() {
  while (queue_.visible() > 0 && !polling_.empty()) {
    const std::optional<std::uint32_t> message = queue_.receive();
    if (!message) return;
    Polling& next = polling_.front();
    const std::uint32_t server = next.server;
    queue_.count_requests(
        1 + workload::empty_receives(span_.start, span_.end, next.since, loop_.now()));
    if (--next.workers == 0) polling_.pop_front();
    take(server, *message);
  }
}

void QueueWorkers::take(std::uint32_t server, std::uint32_t message) {
  if (messages_[message].of == kAtWork) failed(message, Outcome::kServerTimeout);
  workload::Clients& clients = messages_.clients();
  const kernel::SlabId id = clients.requests().id_of(message);
  visibility_.start(id);
  message_.assign(1, message);
  const std::uint32_t receive = messages_[message].receives;
  const std::uint32_t attempt = workload::begin_batch(clients, message_, receive);
  clients.request(attempt).place = server;
  if (attempts_.size() <= attempt) attempts_.resize(clients.requests().capacity());
  attempts_[attempt] = {
      .message = id, .receive = receive, .server = server, .serial = servers_[server].serial};
  fleet_.reserve(server);
  if (receive_time_ == Duration{}) return start(attempt);
  loop_.schedule(loop_.now() + receive_time_, process_, kStart, attempt);
}

/// Of a server that is gone by then, the message is not heard of until its visibility timeout.
void QueueWorkers::start(std::uint32_t record) {
  const Attempt& attempt = attempts_[record];
  workload::Clients& clients = messages_.clients();
  if (!is_there(attempt)) {
    queue_.leave(attempt.message.index);
    return clients.end_batch(record);
  }
  clients.request(record).attempt = loop_.now();
  clients.request(attempt.message.index).place = attempt.server;
  const workload::Admitted admitted =
      fleet_.work_on(attempt.server, record, clients.request(record));
  messages_[attempt.message.index].of = kAtWork;
  queue_.begin_attempt(attempt.message.index, {this, 0}, admitted);
}

/// The worker's server has told the fleet already; it polls again unless it is on its way out.
void QueueWorkers::answered(std::uint32_t record, Outcome outcome) {
  const Attempt attempt = attempts_[record];
  settle(record, outcome);
  messages_.clients().end_batch(record);
  if (is_there(attempt) && servers_[attempt.server].polls) poll(attempt.server, 1);
  hand_out();
}

/// What becomes of the message.
void QueueWorkers::settle(std::uint32_t record, Outcome outcome) {
  const Attempt& attempt = attempts_[record];
  workload::Clients& clients = messages_.clients();
  const bool well = outcome == Outcome::kCompleted && !queue_.fails(record, attempt.receive);
  queue_.count_requests(well ? 1 : 0);  // it deletes, in vain or not
  const kernel::SlabId id = attempt.message;
  if (!clients.requests().is_live(id) || messages_[id.index].receives != attempt.receive) return;
  workload::copy_times(clients, record, id.index);
  if (well) return queue_.end(id.index);
  failed(id.index, outcome == Outcome::kCompleted ? Outcome::kError : outcome);
}

/// The attempt that is out has failed.
void QueueWorkers::failed(std::uint32_t message, Outcome outcome) {
  messages_[message].of = kIdle;
  messages_[message].last = outcome;
  messages_.clients().will_retry(message, outcome);
}

/// Its visibility timeout has ended.
void QueueWorkers::come_back(kernel::SlabId id) {
  if (!messages_.clients().requests().is_live(id)) return;
  const bool ends = queue_.is_used_up(id.index);
  if (ends && messages_[id.index].of == kAtWork) failed(id.index, Outcome::kServerTimeout);
  queue_.come_back(id.index);
}

void QueueWorkers::fire(const kernel::Event& event) {
  if (event.kind == kStart) return start(event.payload);
  if (loop_.put_off(event, kernel::Turn::kBalancerTimeout)) return;
  visibility_.fire([this](kernel::SlabId id) { come_back(id); });
  hand_out();
}

// --- For whoever watches

workload::Place QueueWorkers::place_of(std::uint32_t, const workload::Request& request) const {
  if (request.place == workload::Place::kNone) return {};
  return {.ordinal = fleet_.ordinal_of(request.place), .init = {}, .before_billing = {}};
}

workload::Standing QueueWorkers::standing(std::uint32_t unit) const {
  workload::Standing standing = fleet_.standing(unit);
  standing.queued = queue_.visible();
  standing.in_flight += standing.queued;
  return standing;
}

}  // namespace skyreplay::balancing
