// Asynchronous invocation of functions (docs/models.md, L54 to L57).
#include <algorithm>

#include "reference/model/world.h"

namespace skyreplay::reference {
using namespace std::chrono_literals;

Time after_throttle(std::uint64_t throttles) {
  Time pause = 1s;
  for (std::uint64_t n = 1; n < throttles; ++n) pause = std::min<Time>(pause * 2, 5min);
  return pause;
}

bool World::is_event(const Request& request) const {
  if (request.route >= scenario.kinds.size()) return false;
  const RouteKind kind = scenario.kinds[request.route];
  const Service& service = scenario.services[scenario.routes[request.route]];
  return (kind == RouteKind::kAsync || kind == RouteKind::kSchedule) &&
         service.platform == Service::Platform::kFunction && service.function.takes_events;
}

void World::take_event(Request& request) {
  journal.events.push_back({now(), scenario.routes[request.route], Journal::Event::kReceived});
  invoke(request);
}

void World::invoke(Request& request) {
  Attempt& attempt = new_attempt(request);
  attempt.awaited = Attempt::Awaited::kByQueue;
  if (stations[attempt.service]->admit_event(attempt) == Admission::kAccepted) {
    journal.events.push_back(
        {now(), attempt.service, Journal::Event::kInvoked, now() - request.arrival});
    return;
  }
  attempt.over = true;
  const bool never = scenario.services[attempt.service].function.reserved == 0U &&
                     request.attempts == 1 && !broken(Mutation::kReservedNothingIsRetried);
  if (never) return drop(attempt, Outcome::kThrottle);
  ++request.throttles;
  const bool doubles = !broken(Mutation::kThrottlesPauseOneSecond);
  put_back(attempt, after_throttle(doubles ? request.throttles : 1), Outcome::kThrottle);
}

void World::answer_event(Attempt& attempt, Outcome outcome) {
  Request& request = *attempt.request;
  if (outcome == Outcome::kCompleted) return end_event(attempt, outcome);
  request.throttles = 0;
  ++request.failures;
  if (request.failures > scenario.services[attempt.service].function.retries) {
    return drop(attempt, outcome);
  }
  const bool longer = request.failures == 2 && !broken(Mutation::kThirdAttemptLikeTheSecond);
  put_back(attempt, longer ? 2min : 1min, outcome);
}

/// It waits for its next attempt, or for the end of its time.
void World::put_back(Attempt& attempt, Time pause, Outcome outcome) {
  Request& request = *attempt.request;
  const bool ages = !broken(Mutation::kEventsNeverTooOld);
  const Time oldest = request.arrival + scenario.services[attempt.service].function.max_event_age;
  const bool expires = ages && now() + pause > oldest;
  if (expires && oldest <= now()) return drop(attempt, outcome);
  const Time since = now();
  const bool throttled = outcome == Outcome::kThrottle;
  if (throttled) journal.queue[attempt.service].change(now(), +1);
  calendar.plan(expires ? oldest : now() + pause, [=, this, &attempt, &request] {
    if (throttled) {
      journal.queue[attempt.service].change(now(), -1);
      request.held += now() - since;
    }
    expires ? drop(attempt, outcome) : invoke(request);
  });
}

void World::drop(Attempt& attempt, Outcome outcome) {
  journal.events.push_back({now(), attempt.service, Journal::Event::kDropped});
  if (scenario.services[attempt.service].function.destination) {
    journal.events.push_back({now(), attempt.service, Journal::Event::kDeadLetter});
  }
  end_event(attempt, outcome);
}

void World::end_event(Attempt& attempt, Outcome outcome) {
  attempt.queue = attempt.request->held;
  // What it was held back lies before its last attempt.
  const Time own_start = attempt.start;
  attempt.start -= attempt.queue;
  end(attempt, outcome, attempt.number, attempt.request->arrival);
  attempt.start = own_start;
}

}  // namespace skyreplay::reference
