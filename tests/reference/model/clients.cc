// Clients: arrivals, timeouts, retries (docs/models.md, Clients).
#include <algorithm>
#include <utility>

#include "reference/model/provisioned_scaling.h"
#include "reference/model/world.h"

namespace skyreplay::reference {

World::World(const Scenario& original, Mutation mutation)
    : scenario(original),
      rows(original.rows),
      calendar(original.start),
      fargate(calendar, original.account.fargate_burst, original.account.fargate_rate, mutation),
      fargate_spot(calendar, original.account.spot_burst, original.account.spot_rate, mutation),
      mutation_(mutation) {
  const std::size_t services = scenario.services.size();
  failing.resize(scenario.faults.size());
  journal.in_flight.resize(services);
  journal.queue.resize(services);
  journal.running.resize(services);
  queues.resize(services);
  for (std::size_t i = 0; i < services; ++i) start_reader(i);
  lambda = {api_rate(*this),
            shared_scaling(*this),
            account_rate(*this),
            std::vector<std::uint64_t>(services),
            std::vector<std::uint64_t>(services),
            {}};
  stations.resize(services);
  for (std::size_t i = 0; i < services; ++i) {  // clusters first: others have tasks on them
    if (scenario.services[i].fleet.is_cluster) stations[i] = make_fleet(*this, i);
  }
  for (std::size_t i = 0; i < services; ++i) {  // C36
    if (scenario.services[i].fleet.daemon) stations[i] = make_fleet(*this, i);
  }
  for (std::size_t i = 0; i < services; ++i) {
    if (stations[i] != nullptr) continue;
    switch (scenario.services[i].platform) {
      case Service::Platform::kFunction:
        stations[i] = make_function(*this, i);
        break;
      case Service::Platform::kFleet:
        stations[i] = make_fleet(*this, i);
        break;
      case Service::Platform::kExternal:
        stations[i] = make_external(*this, i);
        break;
      case Service::Platform::kJob:
        stations[i] = make_job(*this, i);
    }
  }
}

World::~World() = default;

bool World::has_bytes() const {
  return std::any_of(rows.begin(), rows.end(),
                     [](const Row& row) { return row.bytes_in + row.bytes_out > 0; });
}

bool World::is_busy() const {
  const bool serves = std::any_of(attempts.begin(), attempts.end(),
                                  [](const Attempt& attempt) { return !attempt.over; });
  return serves || journal.began.size() > journal.ended.size();  // or a client pauses
}

void World::arrive(std::uint64_t index) {
  const Row& row = rows[index];
  const bool one = scenario.one_duration;
  const Time work = one ? scaled(row.work, scenario.work_share) : row.work;
  requests.push_back({.row = index,
                      .route = row.route,
                      .arrival = now(),
                      .work = scaled(work, scenario.recorded_speed),
                      .wait = row.wait + (row.work - work),
                      .bytes_in = row.bytes_in,
                      .bytes_out = row.bytes_out,
                      .counted = now() >= scenario.start + scenario.warm_up});
  Request& request = requests.back();
  journal.began.push_back({now(), request.route, request.counted});
  journal.in_flight[scenario.routes[request.route]].change(now(), +1);
  Station& station = *stations[scenario.routes[request.route]];
  if (station.has_queue()) return station.take_message(request);
  if (is_message(request)) return take_message(request);
  if (is_record(request)) return take_record(request);
  is_event(request) ? take_event(request) : attempt(request);
}

Attempt& World::new_attempt(Request& request) {
  if (request.attempts < 255) ++request.attempts;  // no more are counted of one request
  attempts.push_back({.request = &request,
                      .service = scenario.routes[request.route],
                      .flow = request.route,
                      .row = request.row,
                      .number = request.attempts,
                      .start = now(),
                      .work = request.work,
                      .wait = request.wait,
                      .bytes_in = request.bytes_in,
                      .bytes_out = request.bytes_out,
                      .counted = request.counted});
  return attempts.back();
}

void World::attempt(Request& request) {
  Attempt& attempt = new_attempt(request);
  const Admission admission = stations[attempt.service]->admit(attempt);
  if (admission != Admission::kAccepted) {
    const bool throttled = admission == Admission::kThrottled;
    return answer(attempt, throttled ? Outcome::kThrottle : Outcome::kRefused);
  }
  if (!scenario.client.timeout) return;
  attempt.deadline = now() + *scenario.client.timeout;
  calendar.plan(
      *attempt.deadline, [this] { time_out(); },
      broken(Mutation::kDeadlineCutsTies) ? Turn::kFirst : Turn::kClientTimeout);
}

/// Every client whose deadline is now leaves, in the order in which their attempts began.
void World::time_out() {
  for (std::size_t i = 0; i < attempts.size(); ++i) {
    Attempt& left = attempts[i];
    const bool waits = !left.over && left.awaited == Attempt::Awaited::kByClient;
    if (!waits || left.deadline != now()) continue;
    left.awaited = Attempt::Awaited::kByNobody;
    if (may_retry(*left.request, Outcome::kClientTimeout)) {
      retry_later(*left.request);
    } else {
      end(left, Outcome::kClientTimeout, left.number, left.request->arrival);
    }
  }
}

void World::answer(Attempt& attempt, Outcome outcome) {
  attempt.over = true;
  tell(attempt, attempt.awaited, outcome);
}

void World::give_up(Attempt& attempt, Outcome outcome) {
  if (attempt.over) return;
  tell(attempt, std::exchange(attempt.awaited, Attempt::Awaited::kByNobody), outcome);
}

void World::tell(Attempt& attempt, Attempt::Awaited who, Outcome outcome) {
  if (who == Attempt::Awaited::kByNobody) return;
  if (who == Attempt::Awaited::kByService) return answer_call(attempt, outcome);
  if (who == Attempt::Awaited::kByLane) return answer_part(attempt, outcome);
  if (who == Attempt::Awaited::kByReader) return answer_batch(attempt, outcome);
  if (who == Attempt::Awaited::kByWorker)
    return stations[attempt.service]->worked(attempt, outcome);
  if (who == Attempt::Awaited::kByQueue) return answer_event(attempt, outcome);
  if (outcome != Outcome::kCompleted && may_retry(*attempt.request, outcome)) {
    retry_later(*attempt.request);
  } else {
    end(attempt, outcome, attempt.number, attempt.request->arrival);
  }
}

bool World::may_retry(const Request& request, Outcome outcome) const {
  const bool retryable =
      outcome != Outcome::kServerTimeout || broken(Mutation::kRetriesServerTimeouts);  // L74
  return retryable && request.attempts < scenario.client.max_attempts;
}

void World::retry_later(Request& request) {
  calendar.plan(now() + backoff(request), [this, &request] { attempt(request); });
}

Time World::backoff(const Request& request) const {
  const Time cap = broken(Mutation::kBackoffWithoutCap) ? Time::max() : scenario.client.cap;
  Wide pause = scenario.client.base.count();
  for (std::uint64_t n = 1; n < request.attempts; ++n) pause = std::min<Wide>(pause * 2, 1LL << 60);
  const Time longest = std::min(cap, Time{static_cast<std::int64_t>(pause)});
  if (!scenario.client.full_jitter) return longest;
  Bits draw = bits("workload.client", "backoff", request.row, request.attempts);
  return Time{
      static_cast<std::int64_t>(static_cast<double>(longest.count()) * draw.uniform())};  // down
}

void World::end(const Attempt& attempt, Outcome outcome, std::uint64_t tries, Time arrival) {
  const Time latency = now() - arrival;
  Parts parts{.queue = attempt.queue,
              .init = attempt.init,
              .work = attempt.work,
              .wait = attempt.wait,
              .downstream = attempt.downstream,
              .retry = attempt.start - arrival};
  parts.cpu_stretch =
      latency - parts.queue - parts.init - parts.work - parts.wait - parts.downstream - parts.retry;
  journal.ended.push_back({now(), attempt.flow, attempt.counted, outcome, tries, latency, parts});
  journal.in_flight[attempt.service].change(now(), -1);
}

void World::make_change(const Change& change) {
  using Field = Change::Field;
  Service& service = scenario.services[change.service];
  const auto set = [](auto& field, auto value) {
    const bool changes = field != value;
    field = value;
    return changes;
  };
  const auto number = static_cast<std::uint32_t>(change.value.value_or(0));
  const auto optional = change.value ? std::optional(number) : std::nullopt;
  const Time time{change.value.value_or(0)};
  bool changes = false;
  switch (change.field) {
    case Field::kDesired:
      service.fleet.desired = number;
      changes = true;  // policies may have moved it
      break;
    case Field::kMaxSize:
      service.fleet.max_size = number;
      changes = true;  // so may the clock
      break;
    case Field::kSuspended:
      changes = set(service.fleet.suspended, number);
      break;
    case Field::kMemory:
      changes = set(service.function.memory, number);
      break;
    case Field::kFunctionTimeout:
      changes = set(service.function.timeout, time);
      break;
    case Field::kReserved:
      changes = set(service.function.reserved, optional);
      break;
    case Field::kProvisioned:
      changes = set(service.function.provisioned, optional) || is_scaled(service);
      break;
    case Field::kMaxConnections:
      changes = set(service.external.max_connections, optional);
      break;
    case Field::kAccountConcurrency:
      changes = set(scenario.account.concurrency, number);
      break;
    case Field::kClientTimeout:
      scenario.client.timeout = change.value ? std::optional(time) : std::nullopt;
      break;
    case Field::kMaxAttempts:
      scenario.client.max_attempts = number;
  }
  if (!changes) return;
  if (change.field == Field::kAccountConcurrency) {
    lambda.rate = account_rate(*this);
  } else {
    stations[change.service]->change(change);
  }
}

}  // namespace skyreplay::reference
