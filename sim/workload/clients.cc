#include "workload/clients.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "core/check.h"
#include "workload/calls.h"

namespace skyreplay::workload {

using metrics::Outcome;

Clients::Clients(kernel::Loop& loop, metrics::Recorder& recorder, std::vector<Flow> flows,
                 const ClientPolicy& policy, std::uint64_t seed, TimePoint warm_up_end)
    : loop_(loop),
      recorder_(recorder),
      flows_(std::move(flows)),
      policy_(policy),
      backoff_draws_(seed, "workload.client", "backoff"),
      warm_up_end_(warm_up_end),
      process_(loop.add(*this)) {
  for (Flow& flow : flows_) flow.is_scaled = flow.work_share != 1 || flow.recorded_speed != 1;
  use_timeout();
}

void Clients::use_timeout() {
  if (!policy_.timeout) return;
  timeouts_.push_back(std::make_unique<kernel::TimerRing>(
      loop_, process_, kTimeouts, static_cast<std::uint32_t>(timeouts_.size()), *policy_.timeout));
}

void Clients::change(const ClientPolicy& policy) {
  const bool other_timeout = policy.timeout != policy_.timeout;
  policy_ = policy;
  if (other_timeout) use_timeout();
}

void Clients::reject(std::uint32_t index, Admission admission) {
  answer(index, admission == Admission::kThrottled ? Outcome::kThrottle : Outcome::kRefused);
}

[[gnu::noinline]] void Clients::answer_unusual(std::uint32_t index, Outcome outcome) {
  const Request& request = requests_[index];
  if (request.awaited != Awaited::kByClient) {
    answer_unawaited(index, outcome);
  } else if (outcome != Outcome::kCompleted && may_retry(request, outcome)) {
    retry_later(index, outcome);
  } else {
    end(index, outcome);
  }
}

void Clients::end(std::uint32_t index, Outcome outcome) {
  const Request& request = requests_[index];
  ++ended_[static_cast<std::size_t>(outcome)];
  if (request.marks != 0) return end_marked(index, outcome);
  record_counted_end(recorder_, request, loop_.now(), outcome, request.attempts);
  requests_.release(index);
}

void Clients::answer_unawaited(std::uint32_t index, Outcome outcome) {
  if (requests_[index].awaited == Awaited::kByService) {
    calls_->answer(index, outcome);
    return;
  }
  if (requests_[index].awaited == Awaited::kBySource) {
    flows_[requests_[index].flow].service->answered(index, outcome);
    return;
  }
  --abandoned_;
  requests_.release(index);
}

bool Clients::may_retry(const Request& request, Outcome outcome) const {
  // A function cut by its own limit is answered with 200 and an error in the body (L74): no SDK
  // tries that again.
  return outcome != Outcome::kServerTimeout && request.attempts < policy_.max_attempts;
}

Duration Clients::backoff(const Request& request) const {
  Duration longest = policy_.backoff_base;
  for (int n = 1; n < request.attempts && longest < policy_.backoff_cap; ++n) longest *= 2;
  longest = std::min(longest, policy_.backoff_cap);
  if (policy_.jitter == ClientPolicy::Jitter::kNone) return longest;
  RandomEngine draw = backoff_draws_.at(request.row, request.attempts);
  return Duration{static_cast<std::int64_t>(static_cast<double>(longest.count()) * draw.uniform())};
}

/// The end of a request that is watched or not counted, or both.
void Clients::end_marked(std::uint32_t index, Outcome outcome) {
  const Request& request = requests_[index];
  if (request.is_watched()) {
    watcher_->answered(request, unit_of(request), loop_.now(), outcome, Then::kEnded);
  }
  record_end(recorder_, request, loop_.now(), outcome, request.attempts);
  requests_.release(index);
}

void Clients::retry_later(std::uint32_t index, Outcome outcome) {
  if (requests_[index].is_watched()) {
    const Request& request = requests_[index];
    watcher_->answered(request, unit_of(request), loop_.now(), outcome, Then::kRetried);
  }
  // A record is one attempt: timers, and calls under way where an instance went, are of this one.
  const std::uint32_t next = copy(index);
  requests_.release(index);
  loop_.schedule(loop_.now() + backoff(requests_[next]), process_, kRetry, next);
}

void Clients::time_out(kernel::SlabId id) {
  if (!requests_.is_live(id) || requests_[id.index].awaited != Awaited::kByClient) return;
  const std::uint32_t index = leave(id.index);
  if (may_retry(requests_[index], Outcome::kClientTimeout)) {
    retry_later(index, Outcome::kClientTimeout);
  } else {
    end(index, Outcome::kClientTimeout);
  }
}

/// Nobody waits for that record's answer any more; whoever did goes on with the one returned.
std::uint32_t Clients::leave(std::uint32_t left_index) {
  const std::uint32_t index = copy(left_index);
  requests_[left_index].awaited = Awaited::kByNobody;
  requests_[left_index].marks &= static_cast<std::uint8_t>(~kWatched);
  ++abandoned_;
  return index;
}

/// Another record that says the same.
std::uint32_t Clients::copy(std::uint32_t from) {
  const kernel::SlabId to = requests_.acquire();
  requests_[to.index] = requests_[from];
  requests_[to.index].generation = to.generation;
  return to.index;
}

void Clients::give_up(std::uint32_t index, Outcome outcome) {
  SKY_CHECK(requests_[index].awaited != Awaited::kByNobody);
  answer(leave(index), outcome);
}

/// Every client whose time is up now leaves, in the order in which their attempts began: those of
/// an earlier policy first. `ring` is the one whose event it is; another's is still to come.
void Clients::time_out_all(std::uint32_t ring) {
  for (std::uint32_t i = 0; i < timeouts_.size(); ++i) {
    const auto leave = [this](kernel::SlabId id) { time_out(id); };
    i == ring ? timeouts_[i]->fire(leave) : timeouts_[i]->expire(leave);
  }
}

// --- Events

Request& Clients::begin_attempt(std::uint32_t index) {
  Request& request = requests_[index];
  request.attempt = loop_.now();
  request.init = Duration{};
  if (request.more) request.queue = request.downstream = Duration{};
  constexpr auto kMost = std::numeric_limits<std::uint8_t>::max();
  if (request.attempts < kMost) ++request.attempts;
  return request;
}

void Clients::tell(std::uint32_t index, Outcome outcome, Then then) {
  const Request& request = requests_[index];
  if (request.is_watched()) {
    watcher_->answered(request, unit_of(request), loop_.now(), outcome, then);
  }
}

std::uint32_t Clients::keep(std::uint32_t index) {
  const std::uint32_t next = copy(index);
  requests_.release(index);
  return next;
}

std::uint32_t Clients::keep_for_retry(std::uint32_t index, Outcome outcome) {
  tell(index, outcome, Then::kRetried);
  return keep(index);
}

void Clients::end_event(std::uint32_t index, Outcome outcome, Duration held) {
  if (held > Duration{}) requests_[index].second_line().queue = held;
  tell(index, outcome, Then::kEnded);
  ++ended_[static_cast<std::size_t>(outcome)];
  record_event_end(recorder_, requests_[index], loop_.now(), outcome);
  requests_.release(index);
}

void Clients::give_up_event(std::uint32_t index, Outcome outcome, Duration held) {
  Request& request = requests_[index];
  request.attempts = std::max<std::uint8_t>(request.attempts, 1);
  if (held > Duration{}) request.second_line().queue = held;
  if (request.is_watched()) {
    watcher_->given_up(request, unit_of(request), loop_.now(), outcome);
  }
  ++ended_[static_cast<std::size_t>(outcome)];
  record_event_end(recorder_, request, loop_.now(), outcome);
  requests_.release(index);
}

std::uint32_t Clients::begin_batch(std::uint32_t first) {
  const std::uint32_t index = copy(first);
  requests_[index].marks &= static_cast<std::uint8_t>(~kWatched);
  requests_[index].more = false;
  ++batches_;
  return index;
}

void Clients::end_batch(std::uint32_t index) {
  requests_.release(index);
  --batches_;
}

std::uint64_t Clients::in_flight() const {
  const std::uint64_t calls = calls_ == nullptr ? 0 : calls_->in_flight();
  return requests_.live() - abandoned_ - calls - batches_;
}

void Clients::fire(const kernel::Event& event) {
  if (event.kind == kTimeouts) {
    if (!loop_.put_off(event, kernel::Turn::kClientTimeout)) time_out_all(event.payload);
    return;
  }
  Request& request = requests_[event.payload];
  const Flow& flow = flows_[request.flow];
  flow.service->end_what_is_due(flow.unit);
  watcher_ == nullptr ? attempt<false>(event.payload, request)
                      : attempt<true>(event.payload, request);
}

}  // namespace skyreplay::workload
